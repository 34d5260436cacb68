import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalJson,
  GENESIS_HASH,
  recordHash,
  type JournalRecord,
  type Json,
} from '../../../../main/ledger/canonical.ts';

const text = fc.string({ unit: 'grapheme' });
const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
})).value;

/** The same value with the keys of every object put in another order. */
function shuffled(value: Json, turn: number): Json {
  if (Array.isArray(value)) return value.map(inner => shuffled(inner as Json, turn));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as Record<string, Json>).map(
    ([key, inner]) => [key, shuffled(inner, turn)] as const,
  );
  const at = entries.length === 0 ? 0 : turn % entries.length;
  return Object.fromEntries([...entries.slice(at), ...entries.slice(0, at)].reverse());
}

describe('canonical JSON', () => {
  test('the order in which keys were set makes no difference', () => {
    fc.assert(
      fc.property(anyJson, fc.nat(), (value, turn) => {
        expect(canonicalJson(shuffled(value, turn))).toBe(canonicalJson(value));
      }),
    );
  });

  test('reading and writing again gives the same bytes', () => {
    fc.assert(
      fc.property(anyJson, value => {
        const once = canonicalJson(value);
        expect(canonicalJson(JSON.parse(once) as Json)).toBe(once);
        expect(JSON.parse(once)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('two different values have two different texts', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (left, right) => {
        const same = JSON.stringify(shuffled(left, 0)) === JSON.stringify(shuffled(right, 0));
        if (!same)
          expect(canonicalJson(left) === canonicalJson(right)).toBe(JSON.stringify(left) === JSON.stringify(right));
      }),
    );
  });

  test('keys are in the order of their code units, without white space', () => {
    expect(canonicalJson({ b: 1, a: [true, null, 'x'], é: 2, Z: {}, '\u{1f600}': 3, '\uffff': 4 })).toBe(
      '{"Z":{},"a":[true,null,"x"],"b":1,"é":2,"\u{1f600}":3,"\uffff":4}',
    );
    expect(canonicalJson(-0)).toBe('0');
  });

  test.each([
    [0.5],
    [Number.NaN],
    [Infinity],
    [2 ** 53],
    [-(2 ** 53)],
    ['\ud800'],
    ['a\udc00b'],
    [{ a: [1.5] }],
    [{ '\ud800': 1 }],
  ])('what two computers could write differently is refused: %j', value => {
    expect(() => canonicalJson(value as Json)).toThrow(RangeError);
  });

  test('undefined, dates, functions and big integers are refused', () => {
    for (const value of [undefined, { a: undefined }, [undefined], () => 1, 1n, Symbol('a'), new Date(0), new Map()]) {
      expect(() => canonicalJson(value as unknown as Json), String(value)).toThrow();
    }
  });
});

const record: JournalRecord = {
  ...{ desk: 'D1', incarnation: 1, seq: 7, type: 'setting.changed', version: 1, actor: 'person' },
  ...{
    happened_at_ms: 1_700_000_000_000,
    recorded_at_ms: 1_700_000_000_001,
    body: '{"name":"locale","value":"en-US"}',
  },
};

describe('the hash of a record', () => {
  test('is the published one: it never changes for a published journal', () => {
    expect(recordHash(GENESIS_HASH, record).toString('hex')).toMatchInlineSnapshot(
      `"dd2031602119ab522bc0cfa999c97f9ed3df6fbbd3bbade829ddb5f5c8f12d7a"`,
    );
  });

  test('changes with every field, and with the hash before', () => {
    const first = recordHash(GENESIS_HASH, record).toString('hex');
    for (const key of Object.keys(record) as (keyof JournalRecord)[]) {
      const value = record[key];
      const changed = { ...record, [key]: typeof value === 'number' ? value + 1 : `${value}x` };
      expect(recordHash(GENESIS_HASH, changed).toString('hex'), key).not.toBe(first);
    }
    expect(recordHash(Buffer.alloc(32, 1), record).toString('hex')).not.toBe(first);
  });
});
