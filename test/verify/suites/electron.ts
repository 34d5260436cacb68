import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { appPoints } from '../../electron-points/points-app.ts';
import { hostileAddresses, pagePoints } from '../../electron-points/points-pages.ts';
import { hostilePaths } from '../../electron-points/hostile-paths.ts';
import { appPlants } from '../../electron-points/plants-app.ts';
import { pagePlants } from '../../electron-points/plants-pages.ts';
import { factsOf, judge, openWorkshop, showPlants } from '../../electron-points/run.ts';
import { workFolder } from '../../torture/work-folder.ts';
import type { Control, Failure, Suite } from '../suite.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const POINTS = [...pagePoints, ...appPoints].sort((one, other) => Number(one.id) - Number(other.id));
/** Needs the network, so it is said by name that nobody looked. */
const NOT_LOOKED_AT = 'NOT RUN: 16, how old the pinned Electron is, and what only its program file shows';

/** What the built app asks of Electron and of its packager, by value; each point is shown faults that it must notice. */
export const electron: Suite = {
  name: 'electron',
  about: 'what the built app asks of Electron, starts to refuse, the package; each point is shown bad configurations',
  cores: 1,
  async run({ only, progress }) {
    execFileSync(process.execPath, ['scripts/build.mjs', '--if-changed'], { cwd: ROOT, stdio: 'pipe' });
    const { folder, dispose } = workFolder('electron');
    try {
      const shop = openWorkshop(folder);
      const failures: Failure[] = [];
      const controls: Control[] = [];
      const { facts, silent, starts } = await factsOf(shop);
      for (const what of silent) failures.push({ only: null, what });
      for (const [id, problems] of judge(POINTS, facts)) {
        for (const problem of problems.slice(0, 10)) failures.push({ only: null, what: `point ${id}: ${problem}` });
      }
      const plants = [...pagePlants, ...appPlants].filter((_, index) => only === null || index + 1 === only);
      await showPlants(shop, plants, ({ plant, facts: shown }) => {
        const found = typeof shown === 'string' ? null : judge(POINTS, shown);
        const own = found?.get(plant.point);
        const elsewhere = found && [...found.keys()].join(', ');
        const detail = own?.[0] ?? (typeof shown === 'string' ? shown : `noticed by ${elsewhere || 'no point'}`);
        controls.push({ name: `${plant.point} ${plant.name}`, caught: own !== undefined, detail });
        progress(`electron ${controls.length} of ${plants.length} plants`);
      });
      const figures = {
        ...{ points: POINTS.length, not_looked_at: NOT_LOOKED_AT, refused_starts: facts.refusals.length },
        ...{ hostile_addresses: hostileAddresses, hostile_paths: hostilePaths().length, plants: plants.length },
        plants_caught: controls.filter(control => control.caught).length,
      };
      return { runs: starts, faults: plants.length, failures, controls, figures };
    } finally {
      dispose();
    }
  },
};
