import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium } from '../../../scripts/find-chromium.mjs';
import { attackApp } from '../../hostile/attacked-app.ts';
import { GROUNDS, openBrowser, openGround, type Ground } from '../../hostile/attacked-page.ts';
import { ATTACKS } from '../../hostile/attacks.ts';
import { placeApp } from '../../hostile/built-app.ts';
import { lookAtTexts, type Looked } from '../../hostile/stored-and-spoofed.ts';
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

/** A page waits for others of its machine; what a page without a policy needed is the measure for one that has it. */
const BARE_PATIENCE_MS = 2500;
const LEAST_PATIENCE_MS = 150;
const LANES = 3;

type Bench = {
  readonly browser: Browser;
  readonly bundle: (ground: Ground) => string;
  readonly took_ms: Map<string, number>;
  readonly progress: (text: string) => void;
};

/** Markup and script that got into our pages: each against our policy, and what that cannot hold against the whole app. */
export const csp: Suite = {
  name: 'csp',
  about: 'attacks from inside our own pages, in Chromium, with our policies and in the running app',
  cores: 1,
  async run({ only, progress }) {
    if (!findChromium()) return { not_run: 'no Chrome, Edge or Chromium is on this computer' };
    const folder = mkdtempSync(join(tmpdir(), 'tillside-csp-'));
    const browser = await openBrowser();
    try {
      const entry = await placeApp(folder);
      const bundle = (ground: Ground): string => join(dirname(entry), '..', 'renderer', ground.pages);
      const bench: Bench = { browser, bundle, took_ms: new Map(), progress };
      const numbers = ATTACKS.map((_, index) => index + 1).filter(number => only === null || number === only);
      // Only what works on a page without a policy is an attack at all.
      const bare = await Promise.all(GROUNDS.slice(0, 2).map(ground => tryAll(bench, ground, true, numbers)));
      const real = (ground: Ground): number[] => bare[ground.pages === 'desk' ? 0 : 1]!.map(({ number }) => number);
      const past = (await Promise.all(GROUNDS.map(ground => tryAll(bench, ground, false, real(ground))))).flat();
      const open = past.filter(one => !OPEN_BY_DESIGN[one.ground.name].includes(ATTACKS[one.number - 1]!.name));
      const work = new Map(open.map(found => [`${found.ground.pages} ${found.number}`, found]));
      const looking = only === null ? lookAtTexts(await placeApp(join(folder, 'texts')), browser) : null;
      // Awaited below; until then a failure of it must not end what runs beside it.
      looking?.catch(() => {});
      const app = await inTheApp(entry, await placeApp(join(folder, 'second')), [...work.values()], progress);
      const texts = await looking;
      const names = (found: readonly Found[]): string =>
        [...new Set(found.map(({ number }) => ATTACKS[number - 1]!.name))].join(', ');
      const idle = numbers.filter(number => !bare.flat().some(found => found.number === number));
      const textFailures = (texts?.problems ?? []).map(what => ({ only: null, what }));
      return {
        runs: GROUNDS.reduce((sum, ground) => sum + real(ground).length, 0) + work.size + (texts?.places ?? 0),
        faults: bare.flat().length + (texts?.texts ?? 0) + (texts?.said ?? 0),
        failures: [...app.failures, ...textFailures],
        controls: controlsOf(
          bare.map(found => found.length),
          app.seen,
          texts,
        ),
        figures: {
          attacks: numbers.length,
          working_without_policy_on_desk: bare[0]!.length,
          working_without_policy_on_pay: bare[1]!.length,
          never_working_and_not_counted: idle.map(number => ATTACKS[number - 1]!.name).join(', '),
          past_the_policy_alone: names(past),
          tried_in_the_running_app: work.size,
          held_by_the_running_app: work.size - app.failures.length,
          open_by_design: OPEN_BY_DESIGN['pay, production'].join(', '),
          ...(texts && { texts_stored: texts.texts, texts_seen_as_text: texts.texts_seen, places: texts.places }),
          ...(texts && { papers: texts.papers, messages_spoofed: texts.said }),
        },
      };
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function tryAll(bench: Bench, ground: Ground, bare: boolean, among: readonly number[]): Promise<Found[]> {
  const { browser, bundle, took_ms, progress } = bench;
  const found: Found[] = [];
  const waiting = [...among];
  const lane = async (): Promise<void> => {
    const place = await openGround(browser, ground, bundle(ground), bare);
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const name = `${ground.pages} ${number}`;
      const patience_ms = bare ? BARE_PATIENCE_MS : LEAST_PATIENCE_MS + 2 * (took_ms.get(name) ?? BARE_PATIENCE_MS);
      const tried = await place.attack(ATTACKS[number - 1]!, number, patience_ms);
      if (tried.marks.length > 0) {
        found.push({ number, ground, marks: tried.marks });
        if (bare) took_ms.set(name, tried.took_ms);
      }
      progress(`csp ${ground.name}${bare ? ' without a policy' : ''}: ${number} of ${ATTACKS.length}`);
    }
    await place.close();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return found;
}

const CONTROL = { name: 'control', kind: 'script', code: 'MARK' } as const;

/**
 * What our policy alone let through, once more where the rules of navigation, windows and requests hold as well; at the
 * same time, in the second copy of the app, a script that may run and must be seen.
 */
async function inTheApp(
  entry: string,
  second: string,
  past: readonly Found[],
  progress: (text: string) => void,
): Promise<{ failures: Failure[]; seen: readonly string[] }> {
  const failures: Failure[] = [];
  const waiting = [...past];
  const lane = async (place: string): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { number, ground } = next;
      progress(`csp in the running app: ${ground.pages} ${number}`);
      const attack = ATTACKS[number - 1]!;
      const marks = await attackApp(place, ground.pages, attack, number);
      if (marks.length > 0)
        failures.push({ only: number, what: `${attack.name} on ${ground.pages}: ${marks.join(', ')}` });
    }
  };
  const control = attackApp(second, 'desk', CONTROL, ATTACKS.length + 1);
  const [seen] = await Promise.all([control, control.then(() => lane(second)), lane(entry)]);
  return { failures, seen };
}

/** One attack alone cannot show that many work, so then only the control of the app says something. */
function controlsOf(working: readonly number[], seen: readonly string[], texts: Looked | null): Control[] {
  const alone = texts === null;
  const ours = [
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
  if (alone) return ours;
  const { noticed, texts_seen } = texts;
  return [
    ...ours,
    { name: 'a page that obeys a spoofed message', caught: noticed.message, detail: 'its desk was locked' },
    { name: 'a text that was put into a page as markup', caught: noticed.text, detail: 'an element with a handler' },
    { name: 'papers made of texts that nobody escaped', caught: noticed.paper, detail: 'their markup came to life' },
    { name: 'stored texts are on the pages that are looked at', caught: texts_seen >= 100, detail: `${texts_seen}` },
  ];
}
