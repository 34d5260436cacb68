import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFakeClock } from '../../support/fake-clock.ts';
import { makeDice } from '../../torture/dice.ts';
import { asLines, exportJournal } from '../../torture/export-journal.ts';
import { foundOffice, makeKeys, startDesk, takeAny } from '../../torture/practice-desk.ts';
import { pretendSquare } from '../../torture/pretend-square.ts';
import { rehash, TAMPERINGS, type Exported } from '../../torture/tampering.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { tally, type Control, type Failure, type Suite } from '../suite.ts';

const script = fileURLToPath(new URL('../../../scripts/verify-journal.mjs', import.meta.url));
const TAMPERED = { quick: 500, full: 20_000 };
const FILES_AT_ONCE = 100;
const PAYMENTS = 60;

type Verdict = { file: string; ok: boolean; records: number; problem: string | null };

/** An outsider's script, which shares no code with the app, names the first bad record of every tampered export. */
export const journal: Suite = {
  name: 'journal',
  cores: 1,
  about: 'exported journals, changed in every way, checked by the stand-alone script',
  async run({ budget, runs, seed, only, progress }) {
    const { folder, dispose } = workFolder('journal');
    try {
      const honest = await makeExport(join(folder, 'office'), seed);
      const head = honest.header.heads[0]!.hash;
      const numbers = only === null ? upTo(runs ?? TAMPERED[budget]) : [only];
      const failures: Failure[] = [];
      const kinds: string[] = [];
      for (let at = 0; at < numbers.length; at += FILES_AT_ONCE) {
        const batch = numbers.slice(at, at + FILES_AT_ONCE).map(number => tampered(honest, seed, number, folder));
        const verdicts = check(
          batch.map(({ file }) => file),
          ['--head', head],
        );
        for (const [index, { number, name, line }] of batch.entries()) {
          const verdict = verdicts[index];
          kinds.push(name);
          const named = line === 'end' ? /^The (end|witness)/ : new RegExp(`^Line ${line}\\b`);
          if (verdict?.problem && named.test(verdict.problem)) continue;
          failures.push({ only: number, what: `${name}: must name ${line}, says ${verdict?.problem ?? 'whole'}` });
        }
        for (const { file } of batch) rmSync(file);
        progress(`journal ${kinds.length} of ${numbers.length} exports, ${failures.length} failures`);
      }
      return {
        runs: kinds.length,
        faults: kinds.length,
        failures,
        controls: controlsOf(honest, folder, head),
        figures: { records: honest.records.length, kinds: Object.keys(tally(kinds)).length },
      };
    } finally {
      dispose();
    }
  },
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

async function makeExport(folder: string, seed: number): Promise<Exported> {
  const dice = makeDice(seed, 'journal');
  const clock = createFakeClock();
  mkdirSync(folder);
  const { ledger, release } = await foundOffice(folder, makeKeys(dice), clock, dice);
  const desk = startDesk(ledger, pretendSquare(dice, clock), clock, dice, 'L1');
  for (let index = 0; index < PAYMENTS; index += 1) {
    await takeAny(desk, dice);
    await clock.advance(20_000);
  }
  for (let step = 0; step < 20; step += 1) await clock.advance(60_000);
  const exported = exportJournal(ledger.database);
  await Promise.all([desk.outbox.stop(), desk.sync.stop()]);
  ledger.close();
  release();
  return exported;
}

function tampered(honest: Exported, seed: number, number: number, folder: string) {
  const dice = makeDice(seed, number);
  const tampering = TAMPERINGS[number % TAMPERINGS.length]!;
  const exported = structuredClone(honest);
  const line = tampering.apply(exported, dice);
  return { number, name: tampering.name, line, file: written(exported, folder, String(number)) };
}

function written(exported: Exported, folder: string, name: string): string {
  const file = join(folder, `${name}.jsonl`);
  writeFileSync(file, asLines(exported));
  return file;
}

/** Runs the script as an outsider would, in a process of its own and without the project's modules. */
function check(files: readonly string[], given: readonly string[]): Verdict[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, '--json', ...given, ...files], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0 && status !== 1) throw new Error(`the script broke: ${stderr}`);
  const verdicts = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Verdict);
  if ((status === 0) !== verdicts.every(({ ok }) => ok))
    throw new Error('the exit code says something else than the output');
  return verdicts;
}

function controlsOf(honest: Exported, folder: string, head: string): Control[] {
  const witness = honest.records
    .flatMap(({ body }) => (JSON.parse(body) as { reference?: string | null }).reference ?? [])
    .filter(reference => reference.startsWith('D1-'))
    .at(-1)!;
  const whole = check([written(honest, folder, 'honest')], ['--head', head, '--reference', witness])[0];
  const rewritten = structuredClone(honest);
  rewritten.records[3]!.actor = 'somebody else';
  rehash(rewritten, 3);
  const file = written(rewritten, folder, 'rewritten');
  const alone = check([file], [])[0];
  const seen = check([file], ['--reference', witness])[0];
  return [
    { name: 'an honest export is whole', caught: whole?.ok === true, detail: whole?.problem ?? 'whole' },
    {
      name: 'without a witness a rewritten past passes, so the witness is what finds it',
      caught: alone?.ok === true,
      detail: alone?.problem ?? 'passes',
    },
    {
      name: "Square's reference of a payment finds the rewritten past",
      caught: seen?.ok === false,
      detail: seen?.problem ?? 'passes',
    },
  ];
}
