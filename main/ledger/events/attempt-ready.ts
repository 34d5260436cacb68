import { z } from 'zod';
import { moveAttempt } from './attempt-states.ts';
import { defineEvent } from './event.ts';
import { at_ms, card } from './shapes.ts';

/** Square's fields gave a token, and the exact request is sealed beside the journal. The token itself is not a fact. */
const version1 = z.strictObject({
  attempt_id: z.string(),
  idempotency_key: z.string(),
  body_hash: z.string(),
  token_minted_at_ms: at_ms,
  card: card.nullable(),
});

export const attemptReady = defineEvent({
  type: 'attempt.ready',
  versions: [version1],
  subjects: body => [body.attempt_id],
  project(body, { database }) {
    moveAttempt(database, body.attempt_id, 'ready', {
      token_minted_at_ms: body.token_minted_at_ms,
      card_brand: body.card?.brand ?? null,
      card_last4: body.card?.last4 ?? null,
    });
  },
});
