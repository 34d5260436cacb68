import type { z } from 'zod';
import { calls, type Caller, type CallName, type Handlers } from '../common/contract/index.ts';
import { CARD_NUMBER_MESSAGE } from '../common/contract/shapes.ts';
import { AppError, type ErrorCode, type ErrorDetails, type Result } from '../common/errors.ts';
import type { May, Permission } from '../common/permissions.ts';
import type { Clock } from './platform/clock.ts';
import type { Log } from './platform/log.ts';

/** Who is at the desk at this moment, as the door needs it. */
export type Visitor = {
  readonly person_id: string | null;
  readonly locked: boolean;
  readonly permissions: readonly Permission[];
};

export type DoorPorts = {
  readonly handlers: Handlers;
  readonly visitor: () => Visitor;
  readonly clock: Clock;
  readonly log: Log;
  /** Checks what goes out as well. On in tests and in development; a wrong answer is a bug, not a refusal. */
  readonly checkAnswers: boolean;
};

/**
 * The one door between the renderer and everything else. The shell has already refused every sender but the desk page's
 * main frame. In order: the name is known, the person may, the input is small and plain and parses, the handler runs.
 * Inputs are never logged.
 */
export function openDoor(ports: DoorPorts): (name: unknown, input: unknown) => Promise<Result<unknown>> {
  return async (name, input) => {
    const started_ms = performance.now();
    const result = await answer(ports, name, input);
    ports.log.info('call', {
      name: isCall(name) ? name : 'unknown',
      took_ms: Math.round((performance.now() - started_ms) * 10) / 10,
      result: result.ok ? 'ok' : result.error.code,
    });
    return result;
  };
}

async function answer(ports: DoorPorts, name: unknown, input: unknown): Promise<Result<unknown>> {
  try {
    if (!isCall(name)) return refusal('unknown_call');
    const call = calls[name];
    const visitor = ports.visitor();
    const stopped = stops(call.may, visitor);
    if (stopped) return refusal(stopped);
    if (!isSmallAndPlain(input)) return refusal('invalid_input', { field: '' });
    const parsed = parse(call.input, input);
    if (!parsed) return refusal('invalid_input', { field: '' });
    if (!parsed.success) return inputRefusal(parsed.error);
    const handler = ports.handlers[name] as (input: unknown, who: Caller) => unknown;
    const value = await handler(parsed.data, {
      person_id: visitor.person_id ?? '',
      permissions: visitor.permissions,
    });
    if (ports.checkAnswers) call.output.parse(value);
    return { ok: true, value };
  } catch (error) {
    if (error instanceof AppError) return refusal(error.code, error.details);
    return refusal('internal', { reference: ports.log.bug(isCall(name) ? name : 'door', error) });
  }
}

const isCall = (name: unknown): name is CallName => typeof name === 'string' && Object.hasOwn(calls, name);

function stops(may: May, visitor: Visitor): ErrorCode | undefined {
  if (may === 'anyone') return undefined;
  if (may === 'not_locked') return visitor.locked ? 'desk_locked' : undefined;
  if (visitor.person_id === null) return 'not_signed_in';
  if (may === 'signed_in') return undefined;
  if (visitor.locked) return 'desk_locked';
  if (may === 'desk_open') return undefined;
  return visitor.permissions.includes(may) ? undefined : 'not_allowed';
}

/** Many times what any call needs. */
const MOST_VALUES = 1000;
const MOST_LETTERS = 100_000;

/**
 * Before a schema looks at an input, because a schema looks at all of it: ten megabytes of bytes, or a list that only
 * says that it is long, would keep every payment waiting for seconds or for ever. Objects of a class are no data.
 */
function isSmallAndPlain(input: unknown): boolean {
  const waiting: unknown[] = [input];
  let letters = 0;
  for (let seen = 0; waiting.length > 0; seen += 1) {
    const value = waiting.pop();
    if (typeof value === 'string') letters += value.length;
    if (seen > MOST_VALUES || letters > MOST_LETTERS) return false;
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value) ? value.length > MOST_VALUES : !isPlainObject(value)) return false;
    for (const key in value) {
      letters += key.length;
      if (waiting.push((value as Record<string, unknown>)[key]) > MOST_VALUES) return false;
    }
  }
  return true;
}

/** A schema that trips over an input refuses it as well. Its error may quote the input, so nobody is to see it. */
function parse(schema: z.ZodType, input: unknown): z.ZodSafeParseResult<unknown> | undefined {
  try {
    return schema.safeParse(input);
  } catch {
    return undefined;
  }
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Names the field, never its content: what was typed may be just what must not be repeated. A key may be typed too. */
function inputRefusal(error: z.ZodError): Result<never> {
  const path = error.issues[0]?.path ?? [];
  const field = path.filter(part => typeof part === 'number' || /^[a-z][a-z_]{0,39}$/.test(String(part))).join('.');
  if (error.issues.some(one => one.message === CARD_NUMBER_MESSAGE)) return refusal('card_number_in_text', { field });
  return refusal('invalid_input', { field });
}

function refusal(code: ErrorCode, details: ErrorDetails = {}): Result<never> {
  return { ok: false, error: { code, details } };
}
