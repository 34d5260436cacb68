import { z } from 'zod';
import { assert } from '../../../common/errors.ts';
import { doubtSince, moveAttempt, setColumns, stateOf } from './attempt-states.ts';
import { defineEvent } from './event.ts';
import { at_ms } from './shapes.ts';

const steps = z.enum(['create', 'complete', 'record']);

/** Written before the first byte leaves: a crash from here on is "maybe sent", never "not sent". */
export const attemptSending = defineEvent({
  type: 'attempt.sending',
  versions: [z.strictObject({ attempt_id: z.string(), count: z.int(), step: steps })],
  subjects: body => [body.attempt_id],
  project(body, { database }) {
    const columns = { sends: body.count, next_try_at_ms: null, last_probe: 'send' };
    if (body.step === 'record') setColumns(database, body.attempt_id, columns);
    else moveAttempt(database, body.attempt_id, body.step === 'create' ? 'sending' : 'capturing', columns);
  },
});

/** The definite word that nothing left this desk (no connection was made) or that Square refused to look at it. */
export const attemptNotSent = defineEvent({
  type: 'attempt.not_sent',
  versions: [z.strictObject({ attempt_id: z.string(), step: steps, reason: z.string(), next_try_at_ms: at_ms })],
  subjects: body => [body.attempt_id],
  project(body, { database }) {
    const columns = { next_try_at_ms: body.next_try_at_ms };
    if (body.step === 'record') setColumns(database, body.attempt_id, columns);
    else moveAttempt(database, body.attempt_id, body.step === 'create' ? 'ready' : 'approved', columns);
  },
});

/** No definite answer: time-out, reset, 5xx, nonsense. The money may have moved; only Square's word can end it. */
export const attemptUnknown = defineEvent({
  type: 'attempt.unknown',
  versions: [z.strictObject({ attempt_id: z.string(), step: steps, reason: z.string(), next_try_at_ms: at_ms })],
  subjects: body => [body.attempt_id],
  project(body, { database, record }) {
    const columns = {
      next_try_at_ms: body.next_try_at_ms,
      maybe_sent: 1,
      doubt_reason: body.reason,
      ...doubtSince(database, body.attempt_id, record.recorded_at_ms),
    };
    if (body.step === 'record') {
      assert(stateOf(database, body.attempt_id) === 'recorded', 'only a recorded tender is sent as a record');
      setColumns(database, body.attempt_id, columns);
    } else {
      moveAttempt(database, body.attempt_id, body.step === 'create' ? 'unknown' : 'capture_unknown', columns);
    }
  },
});
