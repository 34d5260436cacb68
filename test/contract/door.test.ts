import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { calls, type CallName, type Handlers } from '../../common/contract/index.ts';
import { AppError, ERROR_CODES } from '../../common/errors.ts';
import { ROLE_PERMISSIONS, ROLES, type May, type Role } from '../../common/permissions.ts';
import { customerHandlers } from '../../main/customers/handlers.ts';
import { openDoor, type Visitor } from '../../main/door.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import { openOffice, type OpenOffice } from '../../main/open-office.ts';
import { paymentHandlers } from '../../main/payments/handlers.ts';
import type { DeskConfig } from '../../main/platform/config.ts';
import { makeIds, systemRandom } from '../../main/platform/ids.ts';
import type { Log } from '../../main/platform/log.ts';
import { reportHandlers } from '../../main/reports/handlers.ts';
import { settingsHandlers } from '../../main/settings/handlers.ts';
import { cardFieldHandlers } from '../../main/shell/card-field-handlers.ts';
import type { PaymentView } from '../../main/shell/payment-view.ts';
import { staffHandlers } from '../../main/staff/handlers.ts';
import { Session } from '../../main/staff/session.ts';
import { Setup } from '../../main/staff/setup.ts';
import { fakeDeviceSecrets, tempFolder } from '../support/builders.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { OWNER_PASSWORD, QUICK_COST } from '../support/temp-office.ts';

/** The whole main process behind its door, without windows: real handlers, real session, real training office. */
const temporary = tempFolder();
const clock = createFakeClock();
const newId = makeIds(clock, systemRandom);
const logged: string[] = [];
const log: Log = {
  info: (event, details) => void logged.push(JSON.stringify({ event, ...details })),
  bug: (event, error) => `REFERENCE-${logged.push(JSON.stringify({ event, error: String(error) }))}`,
};
const NAMES = Object.keys(calls) as CallName[];
const mayOf = (name: CallName): May => calls[name].may;

let session: Session;
let handlers: Handlers;
let office: OpenOffice;
let door: (name: unknown, input: unknown) => ReturnType<ReturnType<typeof openDoor>>;
let visitor: Visitor;
let customer_id: string;

beforeAll(async () => {
  let config: DeskConfig = { mode: null, theme: 'system', contrast: 'system', bounds: null };
  const paymentView = fakePaymentView();
  const announce = (): void => {};
  session = new Session({
    ...{ clock, random: systemRandom, announce, log, preview: true, version: '0', dataFolder: temporary.folder },
    config: { get: name => config[name], set: (name, value) => (config = { ...config, [name]: value }) },
    deviceSecrets: fakeDeviceSecrets(),
    onAnchorFailure: () => {},
    start: async (ledger, folder) => {
      office = await openOffice(ledger, folder, {
        ...{ clock, random: systemRandom, newId, announce, log, paymentView, timeout_ms: 2000, simulated: true },
        baseUrl: () => 'http://127.0.0.1:1',
        browserDirectory: fileURLToPath(new URL('../../main/gateway/simulator/browser', import.meta.url)),
      });
      return office;
    },
  });
  const setup = new Setup(session, newId, QUICK_COST);
  const paper = {
    toPdf: () => Promise.resolve(new Uint8Array([37, 80, 68, 70])),
    print: () => Promise.resolve({ printed: true }),
    save: () => Promise.resolve(null),
  };
  handlers = {
    ...staffHandlers({ session, setup, log, print: paper.print, onAppearance: () => {} }),
    ...customerHandlers({ ledger: () => session.ledger, newId, clock, announce }),
    ...paymentHandlers({ office: () => office, cardFields: paymentView, paper }),
    ...cardFieldHandlers(paymentView, announce),
    ...reportHandlers({ ledger: () => session.ledger, save: paper.save }),
    ...settingsHandlers({
      ...{ office: () => office, announce, dataFolder: temporary.folder, preview: true, connect: createSquareGateway },
      baseUrl: () => 'http://127.0.0.1:1',
    }),
  };
  door = openDoor({ handlers, clock, log, checkAnswers: true, visitor: () => visitor });
  setup.begin({
    ...{ mode: 'training', office_name: 'Door', desk_code: 'D1', time_zone: 'UTC', currency: 'USD' },
    ...{ owner_name: 'Owner', password: OWNER_PASSWORD },
  });
  await setup.finish(null);
  visitor = as('owner');
  const { value } = (await door('customers.search', { text: '', limit: 1 })) as { value: { found: { customer_id: string }[] } };
  customer_id = value.found[0]!.customer_id;
}, 30_000);
afterAll(async () => {
  await session.close();
  temporary.dispose();
});
beforeEach(() => {
  visitor = as('owner');
});

function fakePaymentView(): PaymentView {
  const off = (): (() => void) => () => {};
  const state = { phase: 'live', complete: true, brand: null, focused: false, height_px: 100, failure: null } as const;
  const nothing = (): void => {};
  const tokenize = () => {
    const made = { kind: 'token', token: 'cnon:card-nonce-ok', brand: 'VISA', last4: '5858', minted_at_ms: clock.now() } as const;
    return Promise.resolve(made);
  };
  return {
    ...{ tokenize, setup: nothing, place: nothing, setTheme: nothing, clear: nothing, focus: nothing, reload: nothing },
    ...{ state: () => state, onState: off, onKey: off },
  };
}

const as = (role: Role, locked = false): Visitor => ({
  person_id: session.person?.person_id ?? 'somebody',
  locked,
  permissions: ROLE_PERMISSIONS[role],
});
const nobody: Visitor = { person_id: null, locked: false, permissions: [] };
async function codeOf(name: unknown, input: unknown): Promise<string> {
  const result = await door(name, input);
  return result.ok ? 'ok' : result.error.code;
}
/** What may have changed: the journal, the tables beside it, Square's books, and who is at the desk. */
function everything(): unknown {
  const { ledger, training } = office;
  const counts = ['secret', 'subject_key', 'pending_request'].map(table =>
    ledger.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
  );
  const { person, locked, mode } = session;
  return [ledger.head.seq, ledger.head.hash.toString('hex'), counts, training?.network, training?.next_fault, person, locked, mode];
}

describe('a name that is not in the contract', () => {
  test.each([
    ...['', 'nothing', 'payments', 'payments.take ', 'PAYMENTS.TAKE', '__proto__', 'constructor', 'toString', 'hasOwnProperty'],
    ...[null, undefined, 42, {}, [], ['payments.take'], true, Symbol.iterator, { toString: () => 'payments.take' }],
  ])('%s is unknown', async name => {
    expect(await codeOf(name, {})).toBe('unknown_call');
  });

  test('is not written into the log, because it could be anything', async () => {
    await door('evil\nname 4111 1111 1111 1111', {});
    expect(logged.at(-1)).toContain('"name":"unknown"');
    expect(logged.join('\n')).not.toContain('evil');
  });
});

/** By value, apart from the contract: whoever changes who may do what changes it here as well. */
const MAY: Record<string, readonly CallName[]> = {
  anyone: [
    ...(['session.state', 'session.sign_in', 'session.switch_mode', 'setup.begin', 'setup.print_key'] as const),
    ...(['setup.finish', 'log.renderer_error', 'appearance.set'] as const),
  ],
  signed_in: ['session.lock', 'session.unlock', 'session.sign_out'],
  desk_open: ['card_fields.theme'],
  'settings.manage': ['settings.get', 'settings.set_two_phase', 'square.test', 'square.connect', 'square.disconnect'],
  'training.steer': ['training.set_network', 'training.next_fault', 'training.foreign_payment'],
  'ledger.verify': ['ledger.verify'],
  'sync.see': ['sync.state', 'sync.now', 'sync.proof'],
  'customers.see': ['customers.search', 'customers.get'],
  'customers.edit': ['customers.add'],
  'payments.take': [
    ...(['payments.new', 'payments.ways', 'payments.take', 'payments.ask_now', 'payments.cancel_queued'] as const),
    ...(['card_fields.place', 'card_fields.state', 'card_fields.focus', 'card_fields.clear', 'card_fields.reload'] as const),
  ],
  'payments.see': ['payments.get', 'activity.list', 'receipts.get', 'receipts.save_pdf', 'receipts.print'],
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
    visitor = who;
    return codeOf(name, NOT_AN_INPUT);
  };

  test.each(ROLES.flatMap(role => NAMES.map(name => [role, name] as const)))('%s: %s', async (role, name) => {
    const may = mayOf(name);
    const free = may === 'anyone' || may === 'signed_in' || may === 'desk_open';
    const allowed = free || ROLE_PERMISSIONS[role].includes(may);
    expect(await refusalOf(name, as(role))).toBe(allowed ? 'invalid_input' : 'not_allowed');
    expect(await refusalOf(name, as(role, true))).toBe(
      may === 'anyone' || may === 'signed_in' ? 'invalid_input' : 'desk_locked',
    );
  });

  test.each(NAMES)('nobody: %s', async name => {
    expect(await refusalOf(name, nobody)).toBe(mayOf(name) === 'anyone' ? 'invalid_input' : 'not_signed_in');
  });

  test('who may not is told so before the input is looked at', async () => {
    visitor = as('auditor');
    expect(await codeOf('payments.take', { bank: '4111111111111111' })).toBe('not_allowed');
  });
});

const takeInput = (details: object) => ({
  ...{ attempt_id: newId(), channel: 'desk', amount: { minor: 100, currency: 'USD' }, customer_id: null },
  details,
});
const person = (change: object) => ({ name: 'A Person', phone: '', email: '', note: '', ...change });
const setupOf = (change: object) => ({
  ...{ mode: 'live', office_name: 'Office', desk_code: 'D1', time_zone: 'UTC', currency: 'USD', owner_name: 'Owner' },
  ...{ password: OWNER_PASSWORD, ...change },
});

describe('a card number', () => {
  const CARD = '4111 1111 1111 1111';
  const FIELDS: readonly (readonly [CallName, string, (text: string) => unknown])[] = [
    ['customers.search', 'text', text => ({ text, limit: 10 })],
    ['customers.add', 'name', text => person({ name: text })],
    ['customers.add', 'phone', text => person({ phone: text })],
    ['customers.add', 'email', text => person({ email: text })],
    ['customers.add', 'note', text => person({ note: text })],
    ['payments.take', 'details.number', text => takeInput({ tender: 'check', number: text, bank: '' })],
    ['payments.take', 'details.bank', text => takeInput({ tender: 'check', number: '1', bank: text })],
    [
      'activity.list',
      'text',
      text => ({ from: '2026-01-01', to: '2026-01-31', word: null, text, after: null, limit: 10 }),
    ],
    ['setup.begin', 'office_name', text => setupOf({ office_name: text })],
    ['setup.begin', 'owner_name', text => setupOf({ owner_name: text })],
  ];

  test.each(FIELDS)('in %s, field %s, is refused with its code before anything is stored', async (name, field, inputOf) => {
    const before = everything();
    for (const text of [CARD, CARD.replaceAll(' ', ''), CARD.replaceAll(' ', '-'), '４１１１１１１１１１１１１１１１', '\u06f4111111111111111']) {
      const result = await door(name, inputOf(text));
      expect(result, `${name} ${text}`).toEqual({ ok: false, error: { code: 'card_number_in_text', details: { field } } });
      expect(JSON.stringify(result)).not.toMatch(/4111/);
    }
    expect(everything()).toEqual(before);
    expect(logged.join('\n')).not.toMatch(/4111[ -]?1111/);
  });

  test('every field that takes free text is in this test', () => {
    const found: string[] = [];
    for (const name of NAMES) {
      for (const [called, field] of FIELDS) if (called === name) found.push(`${name} ${field}`);
    }
    expect(found).toHaveLength(FIELDS.length);
    const probes: [CallName, unknown][] = FIELDS.map(([name, , inputOf]) => [name, inputOf('plain text')]);
    for (const [name, input] of probes) {
      const parsed = calls[name].input.safeParse(input);
      if (!parsed.success) expect(parsed.error.issues[0]!.path.join('.')).toMatch(/phone|email/);
    }
  });
});

describe('a wrong input', () => {
  const hostile = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true }),
    fc.constantFrom<unknown>(null, undefined, '', 0, [], {}, '__proto__', Number.NaN, { __proto__: null }, JSON.parse('{"__proto__":{"a":1}}')),
    fc.record({ attempt_id: fc.anything(), customer_id: fc.anything(), amount: fc.anything(), details: fc.anything(), channel: fc.anything() }),
    fc.record({ text: fc.anything(), limit: fc.anything() }),
    fc.record({ from: fc.string(), to: fc.string(), person_id: fc.string(), password: fc.string() }),
  );

  test.each(NAMES)('to %s changes nothing, two hundred times', async name => {
    const before = everything();
    const bugs = logged.filter(line => line.includes('REFERENCE')).length;
    await fc.assert(
      fc.asyncProperty(hostile.filter(input => !calls[name].input.safeParse(input).success), async input => {
        const result = await door(name, input);
        expect(result.ok).toBe(false);
        if (!result.ok) expect(result.error.code).toMatch(/^(invalid_input|card_number_in_text)$/);
      }),
      { numRuns: 200 },
    );
    expect(everything()).toEqual(before);
    expect(logged.filter(line => line.includes('REFERENCE'))).toHaveLength(bugs);
  });

  test('with one field too many is refused, also with one called __proto__', async () => {
    expect(await codeOf('customers.search', { text: '', limit: 1, extra: 1 })).toBe('invalid_input');
    expect(await codeOf('session.state', { extra: 1 })).toBe('invalid_input');
    expect(await codeOf('customers.search', JSON.parse('{"text":"","limit":1,"__proto__":{}}'))).toMatch(/^(invalid_input|ok)$/);
  });

  test.each([
    ['a fraction', { minor: 1.5, currency: 'USD' }],
    ['nothing', { minor: 0, currency: 'USD' }],
    ['less than nothing', { minor: -5, currency: 'USD' }],
    ['a text', { minor: '100', currency: 'USD' }],
    ['too much to count', { minor: 2 ** 53, currency: 'USD' }],
    ['not a number', { minor: Number.NaN, currency: 'USD' }],
    ['infinity', { minor: Infinity, currency: 'USD' }],
    ['a big integer', { minor: 100n, currency: 'USD' }],
    ['no currency', { minor: 100 }],
    ['a currency that is none', { minor: 100, currency: 'ABC' }],
  ])('an amount of %s is refused', async (_what, amount) => {
    const input = { ...takeInput({ tender: 'cash', tendered: { minor: 100, currency: 'USD' } }), amount };
    expect(await codeOf('payments.take', input)).toBe('invalid_input');
  });

  test.each(['', 'x', '0190b3a4-7c1d-4e2f-8a3b-4c5d6e7f8a9b', '../../etc/passwd', "' OR 1=1 --", 'x'.repeat(100_000)])(
    'an id that is none (%#) is refused',
    async id => {
      expect(await codeOf('payments.get', { attempt_id: id })).toBe('invalid_input');
      expect(await codeOf('customers.get', { customer_id: id })).toBe('invalid_input');
    },
  );
});

describe('a right input', () => {
  test('is answered as the contract says, and everything is stored with who asked', async () => {
    const added = await door('customers.add', person({ name: '  Inés\u0000 Ibarra ', phone: '(510) 555-0101', email: 'ines@example.com' }));
    expect(added).toMatchObject({ ok: true, value: { name: 'Inés Ibarra' } });
    const taken = await door('payments.take', { ...takeInput({ tender: 'card', read_back: false }), customer_id });
    expect(taken).toMatchObject({ ok: true, value: { word: 'paid', taken_by: 'Owner', customer: { customer_id } } });
    const { attempt_id } = (taken as { value: { attempt_id: string } }).value;
    for (const [name, input] of [
      ['payments.get', { attempt_id }],
      ['receipts.get', { attempt_id }],
      ['receipts.save_pdf', { attempt_id }],
      ['receipts.print', { attempt_id }],
      ['payments.new', {}],
      ['payments.ways', { channel: 'desk', amount: null }],
      ['customers.get', { customer_id }],
      ['activity.list', { from: '2026-01-01', to: '2026-01-31', word: 'paid', text: 'D1', after: null, limit: 10 }],
      ['reports.list', {}],
      ['reports.run', { report_id: 'payments', parameters: { from: '2026-01-01', to: '2026-01-31' } }],
      ['sync.state', {}],
      ['sync.now', {}],
      ['sync.proof', { from: '2026-01-01', to: '2026-01-31' }],
      ['settings.get', {}],
      ['ledger.verify', {}],
      ['session.state', {}],
      ['training.foreign_payment', { amount: { minor: 500, currency: 'USD' } }],
      ['card_fields.state', {}],
    ] as const) {
      expect(await codeOf(name, input), name).toBe('ok');
    }
  });

  test('of a live office only is refused in training', async () => {
    const credentials = { application_id: 'sandbox-sq0idb-x', access_token: 'EAAA', location_id: 'L1' };
    expect(await codeOf('square.connect', credentials)).toBe('live_only');
    expect(await codeOf('square.disconnect', {})).toBe('live_only');
  });
});

describe('a fault inside', () => {
  test('leaks no text: the answer is a code and a reference into the log', async () => {
    const secret = 'SQLITE_CONSTRAINT at /home/somebody/ledger.db, token EAAAsecret';
    for (const thrown of [new Error(secret), secret, { message: secret }, null, undefined]) {
      const broken = openDoor({
        ...{ clock, log, checkAnswers: true, visitor: () => visitor },
        handlers: { ...handlers, 'session.state': () => { throw thrown; } } as Handlers,
      });
      const result = await broken('session.state', {});
      expect(result).toEqual({ ok: false, error: { code: 'internal', details: { reference: expect.stringMatching(/^REFERENCE-/) as string } } });
    }
  });

  test('an answer that breaks the contract is a fault too, not an answer', async () => {
    const broken = openDoor({
      ...{ clock, log, checkAnswers: true, visitor: () => visitor },
      handlers: { ...handlers, 'payments.new': () => ({ attempt_id: 'none', token: 'EAAA' }) as never },
    });
    expect(await broken('payments.new', {})).toMatchObject({ ok: false, error: { code: 'internal' } });
  });

  test.each(ERROR_CODES)('a refusal crosses as it is: %s', async code => {
    const broken = openDoor({
      ...{ clock, log, checkAnswers: true, visitor: () => visitor },
      handlers: { ...handlers, 'session.state': () => Promise.reject(new AppError(code, { wait_ms: 5 })) },
    });
    expect(await broken('session.state', {})).toEqual({ ok: false, error: { code, details: { wait_ms: 5 } } });
  });

  test('inputs are never logged', async () => {
    await door('session.sign_in', { person_id: 'p', password: 'my secret password' });
    await door('customers.search', { text: 'Secretname', limit: 5 });
    expect(logged.join('\n')).not.toMatch(/secret password|Secretname/);
  });
});
