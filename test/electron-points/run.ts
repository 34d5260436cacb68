/** Runs the starts, judges the points, and shows each point a bad configuration that it must notice. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInChildren, type Outcome } from '../verify/children.ts';
import { DANGEROUS_SWITCHES, DANGEROUS_VARIABLES, REFUSED_ALWAYS, SECRET } from './dangerous-starts.ts';
import type { Evidence, Job, Planted, Probed } from './evidence.ts';
import type { Facts, Point, Refusal, StartName } from './facts.ts';
import { BAITS, LINKS } from './hostile-paths.ts';
import { LOOSE_FILES, readPacked, scatter } from './packed.ts';
import { plant } from './plant.ts';
import type { Plant } from './plant-kit.ts';
import { readBridge } from './preloads.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = new URL('./probe-child.ts', import.meta.url);
const ORDINARY: Job = {
  ...{ play: 'training', isPackaged: true, isFirstInstance: true, switches: [], variables: {}, planted: [] },
};

/** A start is a whole first day; on a busy machine it may take its time. */
const SLOW_MS = 25_000;

/** A packaged app has to ignore what is meant for development, so the start with real money is given all of it. */
const FOR_DEVELOPERS = [
  ...['--quick-passwords', '--square-base-url=http://127.0.0.1:9', '--square-production-url=http://127.0.0.1:9'],
];

const STARTS: Readonly<Record<StartName, Job>> = {
  training: { ...ORDINARY, isThorough: true },
  sandbox: { ...ORDINARY, play: 'sandbox', isThorough: true },
  production: { ...ORDINARY, play: 'production', switches: FOR_DEVELOPERS, isThorough: true },
  second: { ...ORDINARY, play: 'start', isFirstInstance: false },
  unpackaged: { ...ORDINARY, isPackaged: false },
};

type Named = { readonly name: string; readonly job: Job };

/** Every start that must be refused: by a packaged app, and what even a developer's start refuses. */
function refusedStarts(planted: readonly Planted[] = []): readonly (Named & { readonly secret: string })[] {
  const start: Job = { ...ORDINARY, play: 'start', planted };
  const unpackaged: Job = { ...start, isPackaged: false };
  const bySwitch = (job: Job) => (one: string) => ({
    ...{
      name: `${job.isPackaged ? '' : 'unpackaged '}${one.trim()}`,
      secret: SECRET,
      job: { ...job, switches: [one] },
    },
  });
  const byVariable = (job: Job) => (name: string) => ({
    ...{ name: `${job.isPackaged ? '' : 'unpackaged '}${name}`, secret: SECRET },
    job: { ...job, variables: { [name]: SECRET } },
  });
  return [
    ...DANGEROUS_SWITCHES.map(bySwitch(start)),
    ...DANGEROUS_VARIABLES.map(byVariable(start)),
    ...REFUSED_ALWAYS.switches.map(bySwitch(unpackaged)),
    ...REFUSED_ALWAYS.variables.map(byVariable(unpackaged)),
    { name: 'a package under another name', secret: '', job: { ...unpackaged, inArchive: true } },
  ];
}

/** For a plant one of each kind is enough. */
const FEW = ['--inspect', '--no-sandbox', '--a-switch-of-next-year', 'SSLKEYLOGFILE', 'unpackaged SSLKEYLOGFILE'];
const isFew = ({ name }: Named): boolean =>
  FEW.some(one => name === one || name.startsWith(`${one}=`)) || name === 'a package under another name';

export type Workshop = { readonly dist: string; readonly packed: string; readonly texts: Texts };
type Texts = Readonly<Record<Plant['in'], string>>;

/** Two copies of the built app: one with baits beside its pages, one with loose files beside its bundles. */
export function openWorkshop(folder: string): Workshop {
  const dist = join(folder, 'served', 'dist');
  cpSync(join(ROOT, 'dist'), dist, { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'served', 'node_modules'));
  symlinkSync(dist, join(dist, 'app.asar'));
  writeFileSync(join(dist, 'secret.json'), '"not for pages"');
  for (const page of ['desk', 'pay']) {
    const pages = join(dist, 'renderer', page);
    scatter(pages, BAITS);
    for (const link of LINKS) symlinkSync(join(dist, 'secret.json'), join(pages, link));
  }
  const packed = join(folder, 'packed');
  mkdirSync(packed);
  cpSync(join(ROOT, 'dist'), join(packed, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(packed, 'package.json'));
  scatter(packed, LOOSE_FILES);
  const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');
  return {
    ...{ dist, packed },
    texts: {
      main: read('dist', 'main', 'index.js'),
      'desk preload': read('dist', 'preload', 'desk.cjs'),
      'pay preload': read('dist', 'preload', 'pay.cjs'),
      config: read('electron-builder.yml'),
      entitlements: read('scripts', 'packaging', 'entitlements.mac.plist'),
    },
  };
}

const NOTHING: Facts = { starts: {}, refusals: [], bridges: {}, packed: null };

/** What the start showed, or why it showed nothing. */
function seen(outcome: Outcome<Probed>): Evidence | string {
  if (outcome.kind !== 'answer') return outcome.kind === 'hung' ? 'it hung' : `it died: ${outcome.how}`;
  return 'evidence' in outcome.answer ? outcome.answer.evidence : `it broke: ${outcome.answer.broke.split('\n')[0]}`;
}

/** The facts of the app as it is. Starts that showed nothing are named, since nothing can be said about them. */
export async function factsOf(shop: Workshop): Promise<{ facts: Facts; silent: string[]; starts: number }> {
  const starts: Partial<Record<StartName, Evidence>> = {};
  const refusals: Refusal[] = [];
  const silent: string[] = [];
  const jobs = [...Object.entries(STARTS).map(([name, job]) => ({ name, job, secret: null })), ...refusedStarts()];
  const given = new Map(jobs.map(one => [one.job, one] as const));
  await runInChildren<Job, Probed>({
    ...{ program: PROGRAM, slow_ms: SLOW_MS, setup: { dist: shop.dist }, jobs: jobs.map(({ job }) => job) },
    done: (job, outcome) => {
      const { name, secret } = given.get(job)!;
      const evidence = seen(outcome);
      if (typeof evidence === 'string') silent.push(`${name}: ${evidence}`);
      else if (secret === null) starts[name as StartName] = evidence;
      else refusals.push({ what: name, secret, evidence });
    },
  });
  const { texts, packed } = shop;
  const bridges = { desk: readBridge(texts['desk preload']), pay: readBridge(texts['pay preload']) };
  const facts = { starts, refusals, bridges, packed: readPacked(packed, texts.config, texts.entitlements) };
  return { facts, silent, starts: jobs.length };
}

/** What a plant showed to the points, or why it could show nothing. */
export type Shown = { readonly plant: Plant; readonly facts: Facts | string };

/** Shows every plant what it can change, and nothing else. */
export async function showPlants(
  shop: Workshop,
  plants: readonly Plant[],
  done: (shown: Shown) => void,
): Promise<void> {
  const inMain = plants.filter(one => one.in === 'main');
  for (const one of plants.filter(each => each.in !== 'main')) done({ plant: one, facts: standing(shop, one) });
  await probePlants(
    shop,
    inMain.filter(one => !one.fresh),
    2,
    done,
  );
  for (const one of inMain.filter(each => each.fresh)) await probePlants(shop, [one], 1, done);
}

function standing({ packed, texts }: Workshop, one: Plant): Facts | string {
  try {
    const text = plant(texts[one.in], [one]);
    if (one.in === 'config') return { ...NOTHING, packed: readPacked(packed, text, texts.entitlements) };
    if (one.in === 'entitlements') return { ...NOTHING, packed: readPacked(packed, texts.config, text) };
    const bridge = readBridge(text);
    if (bridge.broke !== null) return `it broke: ${bridge.broke}`;
    return { ...NOTHING, bridges: one.in === 'desk preload' ? { desk: bridge } : { pay: bridge } };
  } catch (error) {
    return String(error);
  }
}

async function probePlants(shop: Workshop, plants: readonly Plant[], children: number, done: (shown: Shown) => void) {
  const owners = new Map<Job, { plant: Plant; name: string; secret: string }>();
  const gathered = new Map<Plant, Refusal[]>();
  for (const one of plants) {
    const planted = [{ find: one.find, replace: one.replace }];
    const name = one.start ?? 'training';
    if (name !== 'refusals')
      owners.set(
        { ...STARTS[name], planted, isThorough: ['18', '27'].includes(one.point) },
        { plant: one, name, secret: '' },
      );
    else {
      gathered.set(one, []);
      for (const start of refusedStarts(planted).filter(isFew)) owners.set(start.job, { plant: one, ...start });
    }
  }
  const broken = new Map<Plant, string>();
  await runInChildren<Job, Probed>({
    ...{ program: PROGRAM, slow_ms: SLOW_MS, setup: { dist: shop.dist }, jobs: [...owners.keys()], children },
    done: (job, outcome) => {
      const { plant: one, name, secret } = owners.get(job)!;
      const evidence = seen(outcome);
      const refusals = gathered.get(one);
      if (typeof evidence === 'string') broken.set(one, evidence);
      else if (refusals) refusals.push({ what: name, secret, evidence });
      else done({ plant: one, facts: { ...NOTHING, starts: { [name]: evidence } } });
    },
  });
  for (const [one, refusals] of gathered) {
    if (!broken.has(one)) done({ plant: one, facts: { ...NOTHING, refusals } });
  }
  for (const [one, why] of broken) done({ plant: one, facts: why });
}

/** Which points have something to say, by id, with what they say. */
export function judge(points: readonly Point[], facts: Facts): Map<string, readonly string[]> {
  const found = points.map(point => [point.id, point.judge(facts)] as const);
  return new Map(found.filter(([, problems]) => problems.length > 0));
}
