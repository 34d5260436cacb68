/**
 * One key, one effect. The first answer is stored in the same commit as its effect, so a crash can never keep one
 * without the other; a repeat with the same body gets that answer again, another body is refused.
 */
import { createHash } from 'node:crypto';
import { DECLINE_IS_REPLAYED, REFUSAL_KEEPS_KEY_FREE } from './assumptions.ts';
import { canonical } from './checks.ts';
import { ApiError, refuse } from './errors.ts';
import type { Answer, Request, Route } from './http.ts';
import type { KeyRecord } from './records.ts';
import type { World } from './world.ts';

/** Runs the route's handler at most once per key. */
export function answerOnce(world: World, route: Route, request: Request): Answer {
  const key = request.body['idempotency_key'];
  if (!route.idempotent || typeof key !== 'string' || key === '' || Buffer.byteLength(key) > route.idempotent.max) {
    // Missing and malformed keys are refused by the handler's own checks, together with its other faults.
    return route.handle(request);
  }
  const { operation } = route.idempotent;
  const id = `${operation} ${key}`;
  const body_hash = createHash('sha256')
    .update(`${request.path} ${canonical(request.body)}`)
    .digest('hex');
  const known = world.books.get('keys', id);
  if (known && remembered(world, known)) return repeat(known, body_hash);
  const base = { operation, body_hash, at_ms: world.now() };
  try {
    const answer = route.handle(request);
    const value = { ...base, status: answer.status, body: answer.body, payment_id: answer.payment_id ?? null };
    return { ...answer, changes: [...(answer.changes ?? []), { table: 'keys', id, value }] };
  } catch (error) {
    if (REFUSAL_KEEPS_KEY_FREE || !(error instanceof ApiError)) throw error;
    const body = { errors: error.errors };
    const value = { ...base, status: error.status, body, payment_id: null };
    return { status: error.status, body, changes: [{ table: 'keys', id, value }] };
  }
}

function remembered(world: World, record: KeyRecord): boolean {
  const retention = world.settings.key_retention_ms;
  return retention === null || world.now() - record.at_ms < retention;
}

function repeat(record: KeyRecord, body_hash: string): Answer {
  const replays = record.status < 400 || DECLINE_IS_REPLAYED;
  if (record.body_hash !== body_hash || !replays) {
    const detail = 'Different request parameters used for the same idempotency_key.';
    throw refuse('IDEMPOTENCY_KEY_REUSED', detail, 'idempotency_key');
  }
  return { status: record.status, body: record.body };
}
