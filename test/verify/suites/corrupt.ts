import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DamageAnswer, DamageJob, Fate, Plan } from '../../torture/damage-child.ts';
import { makeDice } from '../../torture/dice.ts';
import { makeKeys } from '../../torture/practice-desk.ts';
import type { SnapshotOrder } from '../../torture/snapshot-writer.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { runInChildren, type Outcome } from '../children.ts';
import { percentile, tally, type Control, type Failure, type Suite } from '../suite.ts';

const program = (name: string): URL => new URL(`../../torture/${name}`, import.meta.url);
const COPIES = { quick: 20_000, full: 400_000 };
const CONTROL_COPIES = 50;
/** Every damaged copy opens with all its payments or is refused by name; none is taken for whole. */
export const corrupt: Suite = {
  name: 'corrupt',
  about: 'damaged, shortened, rolled back and mixed copies of an office, opened with the real engine',
  async run({ budget, runs, seed, only, progress }) {
    const { folder, dispose } = workFolder('corrupt');
    try {
      const keys = makeKeys(makeDice(seed, 'keys'));
      const order: SnapshotOrder = { folder, keys, seed };
      execFileSync(process.execPath, [fileURLToPath(program('snapshot-writer.ts')), JSON.stringify(order)]);
      const failures: Failure[] = [];
      const fates: string[] = [];
      const took_ms: number[] = [];
      const open = (
        plan: Plan,
        numbers: readonly number[],
        done: (only: number, outcome: Outcome<DamageAnswer>) => void,
      ) =>
        runInChildren<DamageJob, DamageAnswer>({
          program: program('damage-child.ts'),
          setup: { folder, recoveryKey: keys.recoveryKey },
          jobs: numbers.map(number => ({ only: number, seed, plan })),
          done: (job, outcome) => done(job.only, outcome),
          // A control shows what is found, not how soon, and every one of its copies counts.
          ...(plan === 'damage' ? {} : { slow_ms: 30_000 }),
        });
      const numbers = only === null ? upTo(runs ?? COPIES[budget]) : [only];
      await open('damage', numbers, (number, outcome) => {
        const what = complaintAbout(outcome);
        if (what) failures.push({ only: number, what });
        if (outcome.kind === 'answer') took_ms.push(outcome.took_ms);
        fates.push(outcome.kind === 'answer' ? fateOf(outcome.answer) : outcome.kind);
        progress(`corrupt ${fates.length} of ${numbers.length} copies, ${failures.length} failures`);
      });
      const answersOf = async (plan: Plan): Promise<DamageAnswer[]> => {
        const answers: DamageAnswer[] = [];
        await open(plan, upTo(CONTROL_COPIES), (_, outcome) => {
          if (outcome.kind === 'answer') answers.push(outcome.answer);
        });
        return answers;
      };
      const controls = only === null ? await controlsOf(answersOf) : [];
      return {
        runs: fates.length,
        faults: fates.length,
        failures,
        controls: only === null ? controls : [{ name: 'not run for a single case', caught: true, detail: '' }],
        figures: { ...tally(fates.sort()), 'opening p99_ms': Math.round(percentile(took_ms, 0.99)) },
      };
    } finally {
      dispose();
    }
  },
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const fateOf = ({ fate, detail }: DamageAnswer): string => (fate === 'refused' ? `refused ${detail}` : fate);

/** Everything is there, or was before the first word; or nothing that money depends on was wrong for a minute. */
const GOOD: ReadonlySet<Fate> = new Set(['all there', 'mended at opening', 'mended while open']);

function complaintAbout(outcome: Outcome<DamageAnswer>): string | undefined {
  if (outcome.kind === 'hung') return 'opening took more than two seconds';
  if (outcome.kind === 'died') return `the process died: ${outcome.how}`;
  const { damage, fate, detail, mustOpen } = outcome.answer;
  if (GOOD.has(fate) || (fate === 'refused' && !mustOpen)) return undefined;
  return `${damage}: ${fate} (${detail})`;
}

async function controlsOf(answersOf: (plan: Plan) => Promise<DamageAnswer[]>): Promise<Control[]> {
  const count = (answers: readonly DamageAnswer[], fits: (one: DamageAnswer) => boolean): number =>
    answers.filter(fits).length;
  const whole = count(await answersOf('untouched'), one => one.fate === 'all there');
  const without = await answersOf('wal removed');
  const refused = count(without, one => one.detail === 'ledger_behind_anchor');
  const accepted = count(await answersOf('wal and anchors removed'), one => one.fate === 'accepted with a loss');
  const isBelieved = ({ fate }: DamageAnswer): boolean =>
    fate === 'money wrong while open' || fate === 'accepted with a loss';
  const found = count(await answersOf('older row'), one => !isBelieved(one) && one.fate !== 'bug');
  const believed = count(await answersOf('older row, sums put right'), isBelieved);
  return [
    {
      name: 'with sums that agree with everything an older row is believed, so the sums are what finds it',
      caught: found === CONTROL_COPIES && believed === CONTROL_COPIES,
      detail: `${believed} of ${CONTROL_COPIES} believed; with the real sums ${found} of ${CONTROL_COPIES} found`,
    },
    {
      name: 'untouched copies give no alarm',
      caught: whole === CONTROL_COPIES,
      detail: `${whole} of ${CONTROL_COPIES} open with everything`,
    },
    {
      name: 'a removed WAL is refused by the anchors',
      caught: refused === CONTROL_COPIES,
      detail: `${refused} of ${CONTROL_COPIES} refused`,
    },
    {
      name: 'without anchors a removed WAL is accepted, so the anchors are what finds it',
      caught: accepted === CONTROL_COPIES,
      detail: `${accepted} of ${CONTROL_COPIES} accepted with a loss`,
    },
  ];
}
