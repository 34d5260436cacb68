import { describe, expect, test } from 'vitest';
import { calls, type CallName, type Handlers } from '../../common/contract/index.ts';
import { AppError, ERROR_CODES } from '../../common/errors.ts';
import { ROLE_PERMISSIONS, ROLES, type May } from '../../common/permissions.ts';
import type { Visitor } from '../../main/door.ts';
import { useDoor } from '../support/door-bench.ts';

const bench = useDoor();
const NAMES = Object.keys(calls) as CallName[];
const mayOf = (name: CallName): May => calls[name].may;
const nobody: Visitor = { person_id: null, locked: false, permissions: [] };

describe('a name that is not in the contract', () => {
  test.each([
    ...[
      '',
      'nothing',
      'payments',
      'payments.take ',
      'PAYMENTS.TAKE',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
    ],
    ...[null, undefined, 42, {}, [], ['payments.take'], true, Symbol.iterator, { toString: () => 'payments.take' }],
  ])('%s is unknown', async name => {
    expect(await bench.codeOf(name, {})).toBe('unknown_call');
  });

  test('is not written into the log, because it could be anything', async () => {
    await bench.door('evil\nname 4111 1111 1111 1111', {});
    expect(bench.logged.at(-1)).toContain('"name":"unknown"');
    expect(bench.logged.join('\n')).not.toContain('evil');
  });
});

/** By value, apart from the contract: whoever changes who may do what changes it here as well. */
const MAY: Record<string, readonly CallName[]> = {
  anyone: [
    ...(['session.state', 'session.sign_in', 'setup.begin', 'setup.print_key'] as const),
    ...(['setup.finish', 'log.renderer_error', 'appearance.set', 'recovery.open', 'recovery.finish'] as const),
  ],
  not_locked: [
    ...(['session.switch_mode', 'copies.find', 'copies.restore_begin', 'copies.restore_finish'] as const),
    'copies.restore_cancel',
  ],
  signed_in: ['session.lock', 'session.unlock', 'session.sign_out', 'people.choose_password'],
  desk_open: ['card_fields.theme', 'people.change_own_password'],
  'people.manage': [
    ...(['people.list', 'people.add', 'people.change_role', 'people.set_password', 'people.remove'] as const),
    'people.set_idle_lock',
  ],
  'keys.manage': ['keys.new_recovery', 'keys.print_recovery', 'keys.accept_recovery'],
  'copies.manage': [
    ...(['copies.state', 'copies.list', 'copies.choose_folder', 'copies.forget_folder', 'copies.make'] as const),
    ...(['copies.test', 'copies.cancel', 'copies.without_square'] as const),
  ],
  'payments.resolve': ['payments.close_doubt', 'payments.settle_found'],
  'refunds.make': ['refunds.new', 'refunds.offer', 'refunds.make', 'refunds.ask_now', 'refunds.take_back'],
  'refunds.approve': ['refunds.set_limit', 'refunds.close'],
  'settings.manage': ['settings.get', 'settings.set_two_phase', 'square.test', 'square.connect', 'square.disconnect'],
  'training.steer': ['training.set_network', 'training.next_fault', 'training.foreign_payment'],
  'ledger.verify': ['ledger.verify'],
  'sync.see': ['sync.state', 'sync.now', 'sync.proof', 'refunds.open'],
  'customers.see': ['customers.search', 'customers.get', 'invoices.list', 'invoices.get', 'promises.of'],
  'customers.edit': [
    ...(['customers.add', 'customers.change', 'customers.archive'] as const),
    ...(['promises.new', 'promises.make', 'promises.withdraw'] as const),
  ],
  'invoices.edit': ['invoices.new', 'invoices.add', 'invoices.change', 'invoices.void'],
  'payments.allocate': ['allocations.set', 'allocations.use_credit'],
  'payments.take': [
    ...(['payments.new', 'payments.ways', 'payments.take', 'payments.ask_now', 'payments.cancel_queued'] as const),
    ...([
      'card_fields.place',
      'card_fields.state',
      'card_fields.focus',
      'card_fields.clear',
      'card_fields.reload',
    ] as const),
  ],
  'payments.see': [
    ...(['payments.get', 'payments.save_evidence', 'activity.list', 'refunds.get'] as const),
    ...(['refunds.receipt', 'refunds.save_pdf', 'refunds.print'] as const),
    ...(['allocations.of', 'unallocated.list'] as const),
    ...(['receipts.get', 'receipts.save_pdf', 'receipts.print'] as const),
  ],
  'reports.see': ['reports.list', 'reports.run'],
  'reports.export': ['reports.export'],
};

describe('who may', () => {
  test('every call stands in the table once, under its right', () => {
    const named = Object.entries(MAY).flatMap(([may, names]) => names.map(name => [name, may]));
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(NAMES.map(name => [name, mayOf(name)])));
    expect(named).toHaveLength(NAMES.length);
  });

  /** An input that no call accepts: whoever may pass is stopped by the input, and nothing happens. */
  const NOT_AN_INPUT = { not: 'an input' };
  const refusalOf = async (name: CallName, who: Visitor): Promise<string> => {
    bench.visitor = who;
    return bench.codeOf(name, NOT_AN_INPUT);
  };

  test.each(ROLES.flatMap(role => NAMES.map(name => [role, name] as const)))('%s: %s', async (role, name) => {
    const may = mayOf(name);
    const free = may === 'anyone' || may === 'not_locked' || may === 'signed_in' || may === 'desk_open';
    const allowed = free || ROLE_PERMISSIONS[role].includes(may);
    expect(await refusalOf(name, bench.as(role))).toBe(allowed ? 'invalid_input' : 'not_allowed');
    expect(await refusalOf(name, bench.as(role, true))).toBe(
      may === 'anyone' || may === 'signed_in' ? 'invalid_input' : 'desk_locked',
    );
  });

  test.each(NAMES)('nobody: %s', async name => {
    const free = mayOf(name) === 'anyone' || mayOf(name) === 'not_locked';
    expect(await refusalOf(name, nobody)).toBe(free ? 'invalid_input' : 'not_signed_in');
  });

  test('who may not is told so before the input is looked at', async () => {
    bench.visitor = bench.as('auditor');
    expect(await bench.codeOf('payments.take', { bank: '4111111111111111' })).toBe('not_allowed');
  });
});

describe('a fault inside', () => {
  test('leaks no text: the answer is a code and a reference into the log', async () => {
    const secret = 'SQLITE_CONSTRAINT at file ledger.db, token EAAAsecret';
    for (const thrown of [new Error(secret), secret, { message: secret }, null, undefined]) {
      const broken = bench.doorWith({
        'session.state': () => {
          throw thrown;
        },
      } as Partial<Handlers>);
      const result = await broken('session.state', {});
      expect(result).toEqual({
        ok: false,
        error: { code: 'internal', details: { reference: expect.stringMatching(/^REFERENCE-/) as string } },
      });
    }
  });

  test('an answer that breaks the contract is a fault too, not an answer', async () => {
    const broken = bench.doorWith({ 'payments.new': () => ({ attempt_id: 'none', token: 'EAAA' }) as never });
    expect(await broken('payments.new', {})).toMatchObject({ ok: false, error: { code: 'internal' } });
  });

  test.each(ERROR_CODES)('a refusal crosses as it is: %s', async code => {
    const broken = bench.doorWith({ 'session.state': () => Promise.reject(new AppError(code, { wait_ms: 5 })) });
    expect(await broken('session.state', {})).toEqual({ ok: false, error: { code, details: { wait_ms: 5 } } });
  });

  test('inputs are never logged', async () => {
    await bench.door('session.sign_in', { person_id: 'p', password: 'my secret password' });
    await bench.door('customers.search', { text: 'Secretname', limit: 5 });
    expect(bench.logged.join('\n')).not.toMatch(/secret password|Secretname/);
  });
});
