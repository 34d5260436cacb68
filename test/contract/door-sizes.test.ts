import { describe, expect, test } from 'vitest';
import { calls, type CallName } from '../../common/contract/index.ts';
import { useDoor } from '../support/door-bench.ts';

const bench = useDoor();
const NAMES = Object.keys(calls) as CallName[];
const many = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'x']));

describe('an input too large or too strange to look at', () => {
  const STRANGE: readonly (readonly [string, unknown])[] = [
    ['ten megabytes of bytes', new Uint8Array(10_000_000)],
    ['a list that only says that it is long', Object.assign([], { length: 4_000_000_000 })],
    ['a text of ten megabytes', 'x'.repeat(10_000_000)],
    ['ten thousand keys', many(10_000)],
    [
      'an object that holds itself',
      (() => {
        const one: Record<string, unknown> = {};
        return Object.assign(one, { one });
      })(),
    ],
    ['a date, which is no data', new Date(0)],
    ['a map, which is no data', new Map([['a', 1]])],
  ];
  test.each(STRANGE)('is refused by every call, whole and inside: %s', async (_what, value) => {
    const before = bench.everything();
    for (const name of NAMES) {
      for (const input of [value, { typed_groups: value, parameters: value, text: value, report_id: 'x', limit: 1 }]) {
        expect(await bench.codeOf(name, input), name).toBe('invalid_input');
      }
    }
    expect(bench.everything()).toEqual(before);
    expect(bench.logged.join('\n')).not.toContain('REFERENCE');
  });

  test('is looked at for a few thousand values, and no more, however large it is', async () => {
    let looks = 0;
    const watched = (value: object): unknown =>
      new Proxy(value, {
        get(target, key) {
          looks += 1;
          const found: unknown = Reflect.get(target, key);
          return typeof found === 'object' && found !== null ? watched(found) : found;
        },
      });
    const looksAt = async (value: object): Promise<number> => {
      looks = 0;
      await bench.codeOf('log.renderer_error', watched(value));
      return looks;
    };
    // The control: what is small is looked at whole.
    expect(await looksAt(many(500))).toBeGreaterThanOrEqual(500);
    for (const large of [many(100_000), Array.from({ length: 100_000 }, () => 'x'), { inside: many(100_000) }])
      expect(await looksAt(large)).toBeLessThan(5000);
  });

  test('as a key is not repeated in the answer: only names of fields are', async () => {
    const parameters = { '4111111111111111': 'x', 'A typed Name': 'y' };
    const result = await bench.door('reports.run', { report_id: 'payments', parameters });
    expect(result).toEqual({ ok: false, error: { code: 'invalid_input', details: { field: 'parameters' } } });
  });

  test('is what the largest right input is not', async () => {
    const error = { message: 'm'.repeat(2000), stack: 's'.repeat(8000) };
    expect(await bench.codeOf('log.renderer_error', error)).toBe('ok');
  });
});

test('a payment from elsewhere in training is refused when no Square could have taken it', async () => {
  for (const amount of [
    { minor: -5, currency: 'USD' },
    { minor: 0, currency: 'USD' },
    { minor: 9_007_199_254_740_990, currency: 'USD' },
    { minor: 500, currency: 'AUD' },
  ]) {
    expect(await bench.codeOf('training.foreign_payment', { amount }), JSON.stringify(amount)).toBe('invalid_input');
  }
});

test('an input that trips the schema itself is refused, and not quoted in the log', async () => {
  const text = { length: { toString: 'A Typed Name', valueOf: 1 } };
  expect(await bench.codeOf('customers.search', { text, limit: 5 })).toBe('invalid_input');
  expect(await bench.codeOf('customers.add', { name: text, phone: text, email: text, note: text })).toBe(
    'invalid_input',
  );
  expect(bench.logged.join('\n')).not.toMatch(/A Typed Name|REFERENCE/);
});

test('a card number pasted among Square’s credentials goes no further than the door', async () => {
  const right = { application_id: 'sandbox-sq0idb-1', access_token: 'EAAAtoken', location_id: 'L1' };
  for (const name of ['square.test', 'square.connect'] as const)
    for (const field of Object.keys(right))
      expect(await bench.codeOf(name, { ...right, [field]: '4111 1111 1111 1111' })).toBe('card_number_in_text');
});
