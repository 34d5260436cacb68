import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findChromium } from '../../../scripts/find-chromium.mjs';
import { attackApp } from '../../hostile/attacked-app.ts';
import { GROUNDS, openBrowser, openGround, type Ground } from '../../hostile/attacked-page.ts';
import { ATTACKS } from '../../hostile/attacks.ts';
import { placeApp } from '../../hostile/built-app.ts';
import type { Control, Failure, Suite } from '../suite.ts';

/**
 * A bank's challenge comes from hosts that no list can name, so with Square the payment page may show frames of, and
 * send forms to, any https host. That page holds nothing but Square's fields, whose digits it cannot read.
 */
const OPEN_BY_DESIGN: Readonly<Record<Ground['name'], readonly string[]>> = {
  desk: [],
  'pay, training': [],
  'pay, production': ['frame from away', 'form', 'form by a button'],
};

type Found = { readonly number: number; readonly ground: Ground; readonly marks: readonly string[] };

/** Markup and script that got into our pages: each against our policy, and what that cannot hold against the whole app. */
export const csp: Suite = {
  name: 'csp',
  about: 'attacks from inside our own pages, in Chromium, with our policies and in the running app',
  async run({ only, progress }) {
    if (!findChromium()) return { not_run: 'no Chrome, Edge or Chromium is on this computer' };
    const folder = mkdtempSync(join(tmpdir(), 'tillside-csp-'));
    const browser = await openBrowser();
    try {
      const entry = await placeApp(folder);
      const bundleOf = (ground: Ground): string => join(dirname(entry), '..', 'renderer', ground.pages);
      const numbers = ATTACKS.map((_, index) => index + 1).filter(number => only === null || number === only);
      const work = new Map<string, Found>();
      const works = async (ground: Ground, bare: boolean, among: readonly number[]): Promise<Found[]> => {
        const found: Found[] = [];
        const waiting = [...among];
        const lane = async (): Promise<void> => {
          const place = await openGround(browser, ground, bundleOf(ground), bare);
          for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
            const { marks } = await place.attack(ATTACKS[number - 1]!, number);
            if (marks.length > 0) found.push({ number, ground, marks });
            progress(`csp ${ground.name}${bare ? ' without a policy' : ''}: ${number} of ${ATTACKS.length}`);
          }
          await place.close();
        };
        await Promise.all([lane(), lane()]);
        return found;
      };
      // Only what works on a page without a policy is an attack at all.
      const bare = await Promise.all(GROUNDS.slice(0, 2).map(ground => works(ground, true, numbers)));
      const real = (ground: Ground): number[] => bare[ground.pages === 'desk' ? 0 : 1]!.map(({ number }) => number);
      const past = (await Promise.all(GROUNDS.map(ground => works(ground, false, real(ground))))).flat();
      for (const found of past) {
        if (OPEN_BY_DESIGN[found.ground.name].includes(ATTACKS[found.number - 1]!.name)) continue;
        work.set(`${found.ground.pages} ${found.number}`, found);
      }
      const failures = await inTheApp(entry, [...work.values()], progress);
      const seen = await attackApp(
        entry,
        'desk',
        { name: 'control', kind: 'script', code: 'MARK' },
        ATTACKS.length + 1,
      );
      const names = (found: readonly Found[]): string =>
        [...new Set(found.map(({ number }) => ATTACKS[number - 1]!.name))].join(', ');
      const idle = numbers.filter(number => !bare.flat().some(found => found.number === number));
      return {
        runs: GROUNDS.reduce((sum, ground) => sum + real(ground).length, 0) + work.size,
        faults: bare.flat().length,
        failures,
        controls: controlsOf(
          bare.map(found => found.length),
          seen,
          only !== null,
        ),
        figures: {
          attacks: numbers.length,
          working_without_policy_on_desk: bare[0]!.length,
          working_without_policy_on_pay: bare[1]!.length,
          never_working_and_not_counted: idle.map(number => ATTACKS[number - 1]!.name).join(', '),
          past_the_policy_alone: names(past),
          held_by_the_running_app: work.size - failures.length,
          open_by_design: OPEN_BY_DESIGN['pay, production'].join(', '),
        },
      };
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** What our policy alone let through, once more where the rules of navigation, windows and requests hold as well. */
async function inTheApp(entry: string, past: readonly Found[], progress: (text: string) => void): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const { number, ground } of past) {
    progress(`csp in the running app: ${ground.pages} ${number}`);
    const attack = ATTACKS[number - 1]!;
    const marks = await attackApp(entry, ground.pages, attack, number);
    if (marks.length > 0)
      failures.push({ only: number, what: `${attack.name} on ${ground.pages}: ${marks.join(', ')}` });
  }
  return failures;
}

/** One attack alone cannot show that many work, so then only the other control says something. */
function controlsOf(working: readonly number[], seen: readonly string[], alone: boolean): Control[] {
  return [
    {
      name: 'without our policy at least eighty attacks work on each page',
      caught: alone || working.every(count => count >= 80),
      detail: working.join(' and '),
    },
    {
      name: 'a script that may run in the running app is seen to run',
      caught: seen.includes('ran'),
      detail: seen.join(', '),
    },
  ];
}
