import type { z } from 'zod';
import { calls, type CallName } from '../../common/contract/index.ts';
import { OWNER_PASSWORD } from '../support/temp-office.ts';

/** What an input may refer to: things that this office really has, so that a right input really runs. */
export type Known = {
  readonly customer_id: string;
  readonly invoice_id: string;
  readonly attempt_id: string;
  readonly person_id: string;
  /** An attempt that has been begun and not taken. */
  readonly next_id: string;
};

type Definition = { type: string; [name: string]: unknown };
const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition;

/**
 * Right inputs of a call, made from its own schema: each branch of a union is one. Throws for a schema with a condition
 * that no value below meets; then the field's name wants a line in `BY_NAME`.
 */
export function rightInputs(name: CallName, known: Known): unknown[] {
  const schema: z.ZodType = calls[name].input;
  const subject = name === 'payments.take' ? { ...known, attempt_id: known.next_id } : known;
  const made = CHOSEN[name]?.(known) ?? valuesOf(schema, '', subject).slice(0, 6);
  for (const input of made) {
    const { error } = schema.safeParse(input);
    if (error) throw new Error(`no right input for ${name} is known: ${JSON.stringify(error.issues).slice(0, 300)}`);
  }
  return made;
}

/** Where what the schema allows would not be understood, or would lead away from what the suite is about. */
const CHOSEN: Partial<Record<CallName, (known: Known) => unknown[]>> = {
  'session.switch_mode': () => [{ mode: 'training' }],
  'setup.finish': () => [{ typed_groups: null }, { typed_groups: ['AAAA', 'BBBB'] }],
};

/** Values of fields whose schema has a condition of its own, or that refer to something. */
const BY_NAME: Record<string, (known: Known) => unknown> = {
  customer_id: known => known.customer_id,
  attempt_id: known => known.attempt_id,
  invoice_id: known => known.invoice_id,
  person_id: known => known.person_id,
  refund_id: known => known.next_id,
  promise_id: known => known.next_id,
  password: () => OWNER_PASSWORD,
  time_zone: () => 'UTC',
  desk_code: () => 'D2',
  phone: () => '(510) 555-0101',
  email: () => 'ines@example.com',
  from: () => '2026-01-01',
  to: () => '2026-12-31',
  day: () => '2026-06-01',
  report_id: () => 'payments',
  parameters: () => ({ from: '2026-01-01', to: '2026-12-31' }),
  format: () => 'csv',
  happened_at_ms: () => 1_800_000_000_000,
};

function valuesOf(schema: z.ZodType, field: string, known: Known): unknown[] {
  const named = BY_NAME[field]?.(known);
  if (named !== undefined && schema.safeParse(named).success) return [named];
  const definition = definitionOf(schema);
  const inner = (definition['in'] ?? definition['innerType']) as z.ZodType | undefined;
  if (definition.type === 'nullable' || definition.type === 'optional')
    return [...valuesOf(inner!, field, known), definition.type === 'nullable' ? null : undefined];
  if (inner) return valuesOf(inner, field, known);
  switch (definition.type) {
    case 'object':
      return objectsOf(definition['shape'] as Record<string, z.ZodType>, known);
    case 'union':
      return (definition['options'] as z.ZodType[]).flatMap(branch => valuesOf(branch, field, known));
    case 'array':
      return listsOf(schema, valuesOf(definition['element'] as z.ZodType, field, known)[0]);
    case 'enum':
      return Object.values(definition['entries'] as Record<string, string>).slice(0, 2);
    case 'literal':
      return definition['values'] as unknown[];
    case 'boolean':
      return [true, false];
    default:
      return [plainValue(schema, definition)];
  }
}

/** As long as the schema lets a list be. */
function listsOf(schema: z.ZodType, element: unknown): unknown[] {
  const lists = [0, 1, 2, 3, 8].map(length => Array.from({ length }, () => element));
  return lists.filter(list => schema.safeParse(list).success).slice(0, 2);
}

/** The first value of every field, and for each further value of a field one more object. */
function objectsOf(shape: Record<string, z.ZodType>, known: Known): unknown[] {
  const fields = Object.entries(shape).map(([key, schema]) => [key, valuesOf(schema, key, known)] as const);
  const first = Object.fromEntries(fields.map(([key, values]) => [key, values[0]]));
  const others = fields.flatMap(([key, values]) => values.slice(1).map(value => ({ ...first, [key]: value })));
  return [first, ...others];
}

const PLAIN = ['1042', 'A plain text', 1, 100, 0, '2026-06-01', 'aaaaaaaaaaaa', 'AAAA', {}];

function plainValue(schema: z.ZodType, definition: Definition): unknown {
  const found = PLAIN.find(value => schema.safeParse(value).success);
  if (found === undefined) throw new Error(`no value for a ${definition.type} is known`);
  return found;
}
