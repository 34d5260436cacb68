import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { DeskDriver } from '../support/desk-driver.ts';

/** What the demo was asked for and what it has found so far: steps with their times, problems, pictures. */
export const { values: given } = parseArgs({
  options: {
    headless: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    shots: { type: 'string' },
    data: { type: 'string' },
  },
});

export type Attempt = {
  attempt_id: string;
  reference: string;
  word: string;
  tender: string;
  channel: string;
  sync: string;
  receipt_number: string | null;
  amount: { minor: number };
};
export type ProofDay = {
  day: string;
  created: Sum;
  confirmed: Sum;
  waiting: Sum;
  foreign: Sum;
  differences: unknown[];
};
export type Sum = { count: number; sum: { minor: number } };

export const steps: { name: string; took_ms: number }[] = [];
export const problems: string[] = [];
export const queued: { reference: string; queued_at_ms: number; synced_at_ms: number | null }[] = [];
export const shots: string[] = [];

export async function step<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
  const started_ms = performance.now();
  if (!given.json) process.stderr.write(`${name} ... `);
  const value = await work();
  const took_ms = Math.round(performance.now() - started_ms);
  steps.push({ name, took_ms });
  if (!given.json) process.stderr.write(`${took_ms} ms\n`);
  return value;
}

export function expect(truth: unknown, sentence: string): void {
  if (!truth) problems.push(sentence);
}

/** A picture of the page as it is, in both themes. */
export async function picture(desk: DeskDriver, name: string): Promise<void> {
  if (!given.shots) return;
  for (const theme of ['light', 'dark'] as const) {
    await desk.setTheme(theme);
    await desk.page.waitForTimeout(250);
    const file = join(resolve(given.shots), `${name}-${theme}.png`);
    await desk.page.screenshot({ path: file });
    shots.push(file);
  }
}

export async function everything(desk: DeskDriver): Promise<Attempt[]> {
  const day = await desk.today();
  const filter = { from: day, to: day, word: null, text: '', after: null, limit: 200 };
  return (await desk.ask<{ rows: Attempt[] }>('activity.list', filter)).rows;
}
