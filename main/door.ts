import type { z } from 'zod';
import { calls, type CallName, type Handlers } from '../common/contract/index.ts';
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
 * main frame. In order: the name is known, the person may, the input parses, the handler runs. Inputs are never logged.
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
    const parsed = call.input.safeParse(input);
    if (!parsed.success) return inputRefusal(parsed.error);
    const handler = ports.handlers[name] as (input: unknown, who: { person_id: string }) => unknown;
    const value = await handler(parsed.data, { person_id: visitor.person_id ?? '' });
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
  if (visitor.person_id === null) return 'not_signed_in';
  if (may === 'signed_in') return undefined;
  if (visitor.locked) return 'desk_locked';
  if (may === 'desk_open') return undefined;
  return visitor.permissions.includes(may) ? undefined : 'not_allowed';
}

/** Names the field, never its content: what was typed may be just what must not be repeated. */
function inputRefusal(error: z.ZodError): Result<never> {
  const issue = error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  if (error.issues.some(one => one.message === CARD_NUMBER_MESSAGE)) return refusal('card_number_in_text', { field });
  return refusal('invalid_input', { field });
}

function refusal(code: ErrorCode, details: ErrorDetails = {}): Result<never> {
  return { ok: false, error: { code, details } };
}
