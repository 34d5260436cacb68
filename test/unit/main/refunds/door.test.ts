import { beforeAll, describe, expect, test } from 'vitest';
import type { RefundView } from '../../../../common/contract/refunds.ts';
import { cardOf, dollars } from '../../../support/builders.ts';
import { useDoor } from '../../../support/door-bench.ts';
import { OWNER_PASSWORD } from '../../../support/temp-office.ts';

const bench = useDoor();
const FIRST_PASSWORD = 'a first password for her';
let attempt_id = '';
let manager = '';

beforeAll(async () => {
  bench.visitor = bench.as('owner');
  const added = await bench.door('people.add', {
    ...{ name: 'Bea Manager', role: 'manager', first_password: FIRST_PASSWORD, proof: OWNER_PASSWORD },
  });
  if (!added.ok) throw new Error(JSON.stringify(added.error));
  const people = bench.office.ledger.database.prepare("SELECT person_id FROM person WHERE name = 'Bea Manager'");
  manager = people.pluck().get() as string;
  const taken = await bench.door('payments.take', cardOf(bench, { amount: dollars(50_000) }));
  if (!taken.ok) throw new Error(JSON.stringify(taken.error));
  ({ attempt_id } = taken.value as { attempt_id: string });
  if (bench.office.attempts.view(attempt_id as never).word !== 'paid') throw new Error('the card was not charged');
});

const input = (change: object = {}) => ({
  ...{ refund_id: bench.newId(), attempt_id, amount: dollars(20_000), kind: 'square', reason: 'Wrong visit' },
  approval: null,
  ...change,
});

describe('giving back through the door', () => {
  test.each(['clerk', 'accountant', 'auditor'] as const)('is not for a %s', async role => {
    bench.visitor = bench.as(role);
    for (const name of ['refunds.new', 'refunds.offer', 'refunds.make', 'refunds.set_limit']) {
      expect(await bench.codeOf(name, input()), name).toBe('not_allowed');
    }
  });

  test('asks the second person for their own password, and counts wrong ones', async () => {
    const before = bench.everything();
    expect(await bench.codeOf('refunds.make', input())).toBe('refund_needs_approval');
    const wrong = input({ approval: { person_id: manager, password: OWNER_PASSWORD } });
    expect(await bench.codeOf('refunds.make', wrong)).toBe('wrong_password');
    expect(bench.everything()).toEqual(before);
    const right = input({ approval: { person_id: manager, password: FIRST_PASSWORD } });
    const made = await bench.door('refunds.make', right);
    expect(made).toMatchObject({
      ok: true,
      value: { state: 'pending', approved_by: 'Bea Manager', asked_by: 'Owner' },
    });
    expect(await bench.door('refunds.make', right)).toEqual(made);
    const { refund_id } = (made as { value: RefundView }).value;
    expect(await bench.door('refunds.get', { refund_id })).toEqual(made);
    expect(await bench.codeOf('refunds.get', { refund_id: bench.newId() })).toBe('refund_not_found');
    expect(bench.logged.join('\n')).not.toContain('Wrong visit');
  });

  test('the limit is set by who may approve, in the currency of the office, and never below nothing', async () => {
    bench.visitor = bench.as('lead');
    expect(await bench.codeOf('refunds.set_limit', { limit: dollars(5000) })).toBe('not_allowed');
    bench.visitor = bench.as('manager');
    expect(await bench.codeOf('refunds.set_limit', { limit: { minor: 5000, currency: 'EUR' } })).toBe('invalid_input');
    expect(await bench.codeOf('refunds.set_limit', { limit: dollars(-1) })).toBe('invalid_input');
    expect(await bench.codeOf('refunds.set_limit', { limit: dollars(5000) })).toBe('ok');
    const offer = await bench.door('refunds.offer', { attempt_id });
    expect(offer).toMatchObject({ ok: true, value: { needs_approval: { always: true, above: dollars(5000) } } });
  });

  test('an amount in another currency, or of nothing, is no refund', async () => {
    expect(await bench.codeOf('refunds.make', input({ amount: { minor: 100, currency: 'EUR' } }))).toBe(
      'invalid_input',
    );
    expect(await bench.codeOf('refunds.make', input({ amount: dollars(0) }))).toBe('invalid_input');
    expect(await bench.codeOf('refunds.make', input({ reason: 'x' }))).toBe('invalid_input');
  });
});
