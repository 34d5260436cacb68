import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FaultKind } from '../../../../main/gateway/simulator/faults.ts';
import { balances, cardOf, dollars } from '../../../support/builders.ts';
import { outsidersProblem } from '../../../support/stand-alone-check.ts';
import { TempOffice } from '../../../support/temp-office.ts';
import { makeDice } from '../../../torture/dice.ts';
import { giveBack, refundElsewhere } from './giving-back.ts';

const SEED = Number(process.env['TILLSIDE_SEED'] ?? 20_260_101);
let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ two_phase: false, timeout_ms: 300 });
});
afterEach(() => {
  expect(outsidersProblem(office)).toBeNull();
  return office.close();
});

const FAULTS: readonly (FaultKind | null)[] = [
  ...([null, 'drop_before_commit', 'drop_after_commit', 'status', 'html_502', 'garbage_200'] as const),
  ...(['drop_after_commit', 'truncated'] as const),
];
const OUTCOMES = ['COMPLETED', 'COMPLETED', 'COMPLETED', 'REJECTED', 'FAILED'] as const;

test('through faults of the line, forgotten keys and restarts each refund is made once and booked once', async () => {
  const dice = makeDice(SEED, 'refunds');
  const { control } = office.simulator;
  const { settings } = control;
  // Longer than lists lag and than it takes from a search to a send, and shorter than most doubts.
  settings.key_retention_ms = 60_000;
  const asked: string[] = [];
  for (let round = 1; round <= 24; round += 1) {
    control.clearFaults();
    await office.connection.check();
    const { attempt_id } = await office.take(cardOf(office, { amount: dollars(10_000 + round) }));
    await office.sync.now();
    settings.refund_outcome = dice.pick(OUTCOMES);
    settings.list_lag_ms = dice.pick([0, 0, 4000]);
    for (let strikes = dice.below(3); strikes > 0; strikes -= 1) {
      const fault = dice.pick(FAULTS);
      const path = dice.chance(0.8) ? '/v2/refunds' : '*';
      if (fault) control.addFault({ fault, path, ...(fault === 'status' ? { status: 503 as const } : {}) });
    }
    if (dice.chance(0.2)) await office.setNetwork('down');
    const refund_id = office.newId();
    asked.push(refund_id);
    const made = giveBack(office, attempt_id, 100 + dice.below(5000), { refund_id }).catch(() => {});
    if (dice.chance(0.3)) {
      await new Promise(resolve => setTimeout(resolve, dice.below(12)));
      office.restart();
    } else await made;
    await office.setNetwork('up');
    if (dice.chance(0.5)) control.advance(30_000);
  }
  control.clearFaults();
  settings.list_lag_ms = 0;
  const { database } = office.ledger;
  const open = database.prepare("SELECT count(*) FROM refund WHERE state NOT IN ('completed', 'refused')").pluck();
  await office.settle();
  await office.passTimeUntil(() => open.get() === 0, 10_000);
  expect(problemsOf(office, asked), `seed ${SEED}`).toEqual([]);
  expect(database.prepare('SELECT count(*) FROM pending_request').pluck().get()).toBe(0);
  expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  // Control: a second refund under a reference of ours, and one that the books do not know, are noticed.
  settings.refund_outcome = 'COMPLETED';
  const [first] = control.refunds();
  const reason = first!.reason!;
  await refundElsewhere(office, office.charges().at(-1)!.id, 1, reason);
  control.advance(30_000);
  expect(problemsOf(office, asked)).toEqual([`${reason} was made 2 times`, expect.stringContaining('the books say')]);
}, 120_000);

/** Sentences for what Square's books and ours do not agree on. */
function problemsOf({ ledger, simulator }: TempOffice, asked: readonly string[]): string[] {
  const { database } = ledger;
  const refunds = simulator.control.refunds();
  const rows = asked.flatMap(refund_id => {
    const row = database.prepare('SELECT reference, state FROM refund WHERE refund_id = ?').get(refund_id);
    return row ? [row as { reference: string; state: string }] : [];
  });
  const found = rows.flatMap(({ reference, state }) => {
    const held = refunds.filter(({ reason }) => reason === reference);
    if (held.length > 1) return [`${reference} was made ${held.length} times`];
    const same = (state === 'completed') === (held[0]?.status === 'COMPLETED');
    return same ? [] : [`${reference} is ${state}, and Square says ${held[0]?.status}`];
  });
  const sum = (list: readonly { amount_money: { amount: number } }[]): number =>
    list.reduce((total, { amount_money }) => total + amount_money.amount, 0);
  const given = sum(refunds.filter(({ status }) => status === 'COMPLETED'));
  const expected = given - sum(simulator.control.payments());
  const booked = balances(database)['unallocated_receipts'];
  return booked === expected ? found : [...found, `the books say ${booked}, and Square ${expected}`];
}
