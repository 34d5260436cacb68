import type { Control } from '../verify/suite.ts';
import { allOf, invariants } from './invariants.ts';
import type { Invariant } from './invariant.ts';
import { runSeed } from './run.ts';
import type { Template } from './template.ts';

/** How many worlds are tried until one has something that can be broken so. */
const WORLDS = 60;

/** Every invariant is shown a world that breaks it, and has to say so; before that it must have been content. */
export async function controlsOf(template: Template, seed: number): Promise<Control[]> {
  const controls: Control[] = [];
  for (const invariant of invariants) controls.push(await controlOf(invariant, template, seed));
  return controls;
}

async function controlOf(invariant: Invariant, template: Template, seed: number): Promise<Control> {
  const name = `${invariant.number} is broken: ${invariant.name}`;
  for (let world = 0; world < WORLDS; world += 1) {
    const verdict = await brokenIn(invariant, template, (seed + world) * 20);
    if (verdict) return { name, ...verdict };
  }
  return { name, caught: false, detail: 'no world could be broken so' };
}

type Verdict = { caught: boolean; detail: string };

async function brokenIn(invariant: Invariant, template: Template, seed: number): Promise<Verdict | undefined> {
  let verdict: Verdict | undefined;
  const atEnd = async (world: Parameters<NonNullable<Parameters<typeof runSeed>[2]['atEnd']>>[0]): Promise<void> => {
    if (world.findings.length > 0 || !world.life) return;
    const before = await allOf(invariant, world, world.evidence.everything());
    if (before.length > 0) {
      verdict = { caught: false, detail: `it complains of a world in which all is well: ${before[0]}` };
      return;
    }
    if (!invariant.damage(world)) return;
    const after = await allOf(invariant, world, world.evidence.everything());
    verdict = { caught: after.length > 0, detail: after[0] ?? 'not noticed' };
  };
  await runSeed(seed, template, { events: 150, keepTrace: false, atEnd });
  return verdict;
}
