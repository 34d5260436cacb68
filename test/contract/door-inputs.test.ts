import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calls, type CallName } from '../../common/contract/index.ts';
import { useDoor } from '../support/door-bench.ts';
import { OWNER_PASSWORD } from '../support/temp-office.ts';

const bench = useDoor();
const NAMES = Object.keys(calls) as CallName[];

const takeInput = (details: object) => ({
  ...{ attempt_id: bench.newId(), channel: 'desk', amount: { minor: 100, currency: 'USD' }, customer_id: null },
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
      'refunds.make',
      'reason',
      text => ({
        ...{ refund_id: bench.newId(), attempt_id: bench.newId(), amount: { minor: 100, currency: 'USD' } },
        ...{ kind: 'square', reason: text, approval: null },
      }),
    ],
    [
      'activity.list',
      'text',
      text => ({ from: '2026-01-01', to: '2026-01-31', word: null, text, after: null, limit: 10 }),
    ],
    ['setup.begin', 'office_name', text => setupOf({ office_name: text })],
    ['setup.begin', 'owner_name', text => setupOf({ owner_name: text })],
  ];

  test.each(FIELDS)(
    'in %s, field %s, is refused with its code before anything is stored',
    async (name, field, inputOf) => {
      const before = bench.everything();
      for (const text of [
        CARD,
        CARD.replaceAll(' ', ''),
        CARD.replaceAll(' ', '-'),
        '４１１１１１１１１１１１１１１１',
        '\u06f4111111111111111',
      ]) {
        const result = await bench.door(name, inputOf(text));
        expect(result, `${name} ${text}`).toEqual({
          ok: false,
          error: { code: 'card_number_in_text', details: { field } },
        });
        expect(JSON.stringify(result)).not.toMatch(/4111/);
      }
      expect(bench.everything()).toEqual(before);
      expect(bench.logged.join('\n')).not.toMatch(/4111[ -]?1111/);
    },
  );

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
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
    }),
    fc.constantFrom<unknown>(
      null,
      undefined,
      '',
      0,
      [],
      {},
      '__proto__',
      Number.NaN,
      { __proto__: null },
      JSON.parse('{"__proto__":{"a":1}}'),
    ),
    fc.record({
      attempt_id: fc.anything(),
      customer_id: fc.anything(),
      amount: fc.anything(),
      details: fc.anything(),
      channel: fc.anything(),
    }),
    fc.record({ text: fc.anything(), limit: fc.anything() }),
    fc.record({ from: fc.string(), to: fc.string(), person_id: fc.string(), password: fc.string() }),
  );

  test.each(NAMES)('to %s changes nothing, two hundred times', async name => {
    const before = bench.everything();
    const bugs = bench.logged.filter(line => line.includes('REFERENCE')).length;
    await fc.assert(
      fc.asyncProperty(
        hostile.filter(input => !calls[name].input.safeParse(input).success),
        async input => {
          const result = await bench.door(name, input);
          expect(result.ok).toBe(false);
          if (!result.ok) expect(result.error.code).toMatch(/^(invalid_input|card_number_in_text)$/);
        },
      ),
      { numRuns: 200 },
    );
    expect(bench.everything()).toEqual(before);
    expect(bench.logged.filter(line => line.includes('REFERENCE'))).toHaveLength(bugs);
  });

  test('with one field too many is refused, also with one called __proto__', async () => {
    expect(await bench.codeOf('customers.search', { text: '', limit: 1, extra: 1 })).toBe('invalid_input');
    expect(await bench.codeOf('session.state', { extra: 1 })).toBe('invalid_input');
    expect(await bench.codeOf('customers.search', JSON.parse('{"text":"","limit":1,"__proto__":{}}'))).toMatch(
      /^(invalid_input|ok)$/,
    );
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
    expect(await bench.codeOf('payments.take', input)).toBe('invalid_input');
  });

  test.each(['', 'x', '0190b3a4-7c1d-4e2f-8a3b-4c5d6e7f8a9b', '../../etc/passwd', "' OR 1=1 --", 'x'.repeat(100_000)])(
    'an id that is none (%#) is refused',
    async id => {
      expect(await bench.codeOf('payments.get', { attempt_id: id })).toBe('invalid_input');
      expect(await bench.codeOf('customers.get', { customer_id: id })).toBe('invalid_input');
    },
  );
});

describe('a right input', () => {
  test('is answered as the contract says, and everything is stored with who asked', async () => {
    const listed = (await bench.door('customers.search', { text: '', limit: 1 })) as {
      value: { found: { customer_id: string }[] };
    };
    const { customer_id } = listed.value.found[0]!;
    const added = await bench.door(
      'customers.add',
      person({ name: '  Inés\u0000Ibarra ', phone: '(510) 555-0101', email: 'ines@example.com' }),
    );
    expect(added).toMatchObject({ ok: true, value: { name: 'Inés Ibarra' } });
    const taken = await bench.door('payments.take', {
      ...takeInput({ tender: 'card', read_back: false }),
      customer_id,
    });
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
      expect(await bench.codeOf(name, input), name).toBe('ok');
    }
  });

  test('of a live office only is refused in training', async () => {
    const credentials = { application_id: 'sandbox-sq0idb-x', access_token: 'EAAA', location_id: 'L1' };
    expect(await bench.codeOf('square.connect', credentials)).toBe('live_only');
    expect(await bench.codeOf('square.disconnect', {})).toBe('live_only');
  });
});
