import type { z } from 'zod';
import type { Dice } from '../torture/dice.ts';

/** A card number of Square's sandbox: never in an answer, an event or a log, wherever it was put. */
export const CANARY_CARD = '4111111111111111';
/** A word that no answer may repeat. */
export const CANARY_WORD = 'zqCanaryzq';

const TEXTS = [
  ...['', ' ', '\u0000', 'a\u0000b', '\ud800', 'x\udfffy', '\u202egnp.exe', '\ufeff', '\u2028\u2029', '\r\nevil: 1'],
  ...['../../../../etc/passwd', '..\\..\\windows\\win.ini', '/dev/zero', 'file:///etc/passwd', '%2e%2e%2f', 'C:\\con'],
  ...["' OR 1=1 --", "'; DROP TABLE journal; --", "\"; ATTACH DATABASE '/tmp/x' AS y; --", "x' UNION SELECT body --"],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'then',
    'toJSON',
    '$where',
    '$'.concat('{7*7}'),
  ],
  ...['null', 'undefined', 'NaN', 'true', '-0', '1e400', '0x10', '١٢٣', '１００', '9'.repeat(400), '2026-02-30'],
  ...['<script>alert(1)</script>', '{{7*7}}', '%s%n%x', '$(id)', '`id`', '|calc', '=1+1', '\u0007\u001b[2J'],
  ...[
    'a'.repeat(5000),
    '(('.repeat(3000),
    `${'a.'.repeat(126)}@`,
    `${'1 '.repeat(200)}`,
    '😀'.repeat(700),
    CANARY_WORD,
  ],
  ...[CANARY_CARD, '4111 1111 1111 1111', '４１１１１１１１１１１１１１１１', `x${CANARY_WORD}${CANARY_CARD}`],
  ...[
    '0190b3a4-7c1d-4e2f-8a3b-4c5d6e7f8a9b',
    '0190B3A4-7C1D-7E2F-8A3B-4C5D6E7F8A9B',
    'paid ',
    'PAID',
    'usd',
    'UTC/../x',
  ],
];

const NUMBERS = [
  ...[0, -0, -1, 0.1, 1.5, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 1e308, 5e-324],
  ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 20_001, 501, 51],
];

/** Also of values among which `undefined` is one. */
const pick = <Value>(dice: Dice, values: readonly Value[]): Value => values[dice.below(values.length)] as Value;

/** A value that no schema of ours asks for, or that is only just beside what one asks for. Made anew at each throw. */
export function strangeValue(dice: Dice): unknown {
  return pick(dice, STRANGE)(dice);
}

const STRANGE: readonly ((dice: Dice) => unknown)[] = [
  dice => pick(dice, TEXTS),
  dice => pick(dice, TEXTS),
  dice => pick(dice, NUMBERS),
  dice => pick(dice, [null, undefined, true, false]),
  dice => pick(dice, [0n, -1n, 2n ** 64n, BigInt(Number.MAX_SAFE_INTEGER)]),
  () => new Date(0),
  () => new Date(NaN),
  () => /x/g,
  () => new Map([['text', 'a']]),
  () => new Set([1, 2]),
  () => new Error(`at /home/${CANARY_WORD}`),
  dice => pick(dice, [new Uint8Array(8), new Float64Array([NaN]), new BigInt64Array(2), new ArrayBuffer(16)]),
  () => new DataView(new ArrayBuffer(8)),
  () => Object(1) as unknown,
  () => Object('text') as unknown,
  () => [],
  () => [[]],
  () => ({}),
  () => Object.create(null) as unknown,
  () => JSON.parse('{"__proto__":{"minor":1,"currency":"USD"}}') as unknown,
  () => JSON.parse('{"constructor":{"prototype":{"ok":true}}}') as unknown,
  () => ({ length: 2, 0: 'AAAA', 1: 'BBBB' }),
  () => ({ toString: 'x', valueOf: 1, then: 1, toJSON: 'x' }),
  dice => nested(pick(dice, [10, 100, 2000])),
  () => cycle(),
  // As many, and as wide, as a call can be without taking long to make.
  dice => Array.from({ length: pick(dice, [3, 100, 2000]) }, (_, index) => index),
  dice => Object.fromEntries(Array.from({ length: pick(dice, [20, 500]) }, (_, index) => [`k${index}`, CANARY_WORD])),
  // What structured clone does not let through reaches the door only in tests; it must hold all the same.
  () => () => CANARY_WORD,
  () => Symbol(CANARY_WORD),
  () => throwing(),
  () => new Proxy({}, { get: () => CANARY_WORD, ownKeys: () => ['minor', 'currency'] }),
  () => ({ toString: () => 'paid', valueOf: () => 1 }),
];

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = level % 2 ? [value] : { value };
  return value;
}

function cycle(): unknown {
  const value: Record<string, unknown> = { minor: 1, currency: 'USD' };
  value['self'] = value;
  return value;
}

function throwing(): unknown {
  return Object.defineProperty({}, 'text', {
    enumerable: true,
    get: () => {
      throw new Error('SELECT * FROM secret, at /var/lib/ledger.db');
    },
  });
}

/** What is slow to look at. Made once, because making it takes long as well. */
export const LARGE: readonly unknown[] = [
  'x'.repeat(10_000_000),
  '4111 1111 '.repeat(1_000_000),
  'e\u0301'.repeat(2_000_000),
  Array.from({ length: 500_000 }, () => 'AAAA'),
  Array.from({ length: 500_000 }, () => null),
  // Crosses as a length and nothing else.
  Object.assign([], { length: 4_000_000_000 }) as unknown,
  Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, 'x'])),
  Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, '2026-02-30'])),
  nested(10_000),
  new Uint8Array(10_000_000),
  new Float64Array(1_000_000),
];

type Path = readonly string[];

/** No right input is deeper or wider; a strange value that was put in before may be, or may hold itself. */
const DEEPEST = 4;
const WIDEST = 20;

/** Every place of a value, the value itself first. */
export function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || path.length === DEEPEST) return [path];
  const keys = Object.keys(value).slice(0, WIDEST);
  const places = keys.flatMap(key => {
    const described = Object.getOwnPropertyDescriptor(value, key);
    return described && 'value' in described ? placesOf(described.value, [...path, key]) : [];
  });
  return [path, ...places];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((one, key) => (one as Record<string, unknown> | null)?.[key], value);
}

function withValue(value: unknown, path: Path, put: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return put;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = withValue(copy[key], rest, put);
  return copy;
}

const EXTRA_KEYS = ['extra', '__proto__', 'constructor', 'person_id', 'role', 'actor', 'toJSON', 'then', '', '0', '$'];

/** A right input with one to three changes at places of its own schema, or something else altogether. */
export function mutate(dice: Dice, example: unknown, schema: z.ZodType): unknown {
  if (dice.chance(0.12)) return strangeValue(dice);
  let value = example;
  const changes = 1 + dice.below(3);
  try {
    for (let change = 0; change < changes; change += 1) value = changeOnce(dice, value, schema);
    return value;
  } catch {
    // What was put in by the change before cannot be copied: its getters throw.
    return value;
  }
}

function changeOnce(dice: Dice, value: unknown, schema: z.ZodType): unknown {
  const path = pick(dice, placesOf(value));
  const there = valueAt(value, path);
  const kind = dice.below(6);
  if (kind === 0 && path.length > 0) return without(value, path);
  if (kind === 1 && typeof there === 'object' && there !== null) {
    // Defined, because an assignment to __proto__ would set the prototype instead of adding the key.
    const key = pick(dice, EXTRA_KEYS);
    const described = { value: strangeValue(dice), enumerable: true, configurable: true, writable: true };
    return withValue(value, path, Object.defineProperty(Object.assign({}, there), key, described));
  }
  if (kind === 2) return withValue(value, path, pick(dice, [[there], { value: there }, new Map([['value', there]])]));
  if (kind === 3) return withValue(value, path, beside(dice, there));
  if (kind === 4) return withValue(value, path, boundary(dice, schemaAt(schema, path)));
  return withValue(value, path, strangeValue(dice));
}

function without(value: unknown, path: Path): unknown {
  const above = path.slice(0, -1);
  const { [String(path.at(-1))]: _gone, ...rest } = valueAt(value, above) as Record<string, unknown>;
  return withValue(value, above, rest);
}

/** Almost the value that is there. */
function beside(dice: Dice, there: unknown): unknown {
  if (typeof there === 'string') {
    const changes = [
      `${there} `,
      `${there}\u0000`,
      there.toUpperCase(),
      [...there].reverse().join(''),
      `${there}${there}`,
    ];
    return pick(dice, [...changes, there.slice(1), Object(there) as unknown, [...there], `${there}${CANARY_CARD}`]);
  }
  if (typeof there === 'number')
    return pick(dice, [-there, there + 0.5, String(there), BigInt(there | 0), there * 1e300]);
  if (typeof there === 'boolean') return pick(dice, [Number(there), String(there), Object(there) as unknown]);
  return pick(dice, [undefined, null, [], {}]);
}

type Definition = { type: string; [name: string]: unknown };

const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition;

/** The schema of a place, through pipes and nullables; of a union the first branch that has the place. */
function schemaAt(schema: z.ZodType | undefined, path: Path): z.ZodType | undefined {
  if (!schema?._zod) return undefined;
  const definition = definitionOf(schema);
  const inner = (definition['in'] ?? definition['innerType']) as z.ZodType | undefined;
  if (inner) return schemaAt(inner, path);
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  if (definition.type === 'object') return schemaAt((definition['shape'] as Record<string, z.ZodType>)[key], rest);
  if (definition.type === 'array') return schemaAt(definition['element'] as z.ZodType, rest);
  if (definition.type === 'record') return schemaAt(definition['valueType'] as z.ZodType, rest);
  const branches = (definition['options'] ?? []) as z.ZodType[];
  return branches.map(branch => schemaAt(branch, path)).find(found => found !== undefined);
}

/** One step past what the schema's own checks allow. */
function boundary(dice: Dice, schema: z.ZodType | undefined): unknown {
  if (!schema) return strangeValue(dice);
  const definition = definitionOf(schema);
  const checks = ((definition['checks'] ?? []) as z.ZodType[]).map(check => definitionOf(check));
  const past = checks.flatMap((check): unknown[] => {
    const { maximum, minimum, value } = check as { maximum?: number; minimum?: number; value?: number };
    if (maximum !== undefined) return ['x'.repeat(maximum + 1), '9'.repeat(maximum + 1), '\u0301'.repeat(maximum * 2)];
    if (minimum !== undefined)
      return ['x'.repeat(Math.max(0, minimum - 1)), '\u200b'.repeat(minimum), ' '.repeat(minimum)];
    return typeof value === 'number' ? [value - 1, value + 1, value + 0.5] : [];
  });
  if (definition.type === 'enum') {
    const names = Object.values(definition['entries'] as Record<string, string>);
    past.push(...names.flatMap(name => [`${name} `, name.toUpperCase(), `${name}\u0000`, [name]]));
  }
  return past.length > 0 ? pick(dice, past) : strangeValue(dice);
}
