import { assert } from '../../common/errors.ts';
import { canonicalJson, type Json } from '../ledger/canonical.ts';
import type { Gateway, PaymentRequest } from '../gateway/gateway.ts';
import { sha256Hex } from '../ledger/keys.ts';
import type { Ledger, Write } from '../ledger/ledger.ts';
import { sql, type Database } from '../ledger/open.ts';

/**
 * The exact bytes of what was not answered yet, sealed beside the journal: they hold the token, which must be
 * forgettable. The journal holds their hash, so that nothing else can ever be sent in their place. Those of a refund are
 * kept in the same way, under the refund's id.
 */
export type KeptRequest = {
  readonly attempt_id: string;
  readonly idempotency_key: string;
  readonly body: string;
};

/** The bytes, or what they will be made of when the desk is connected: cash is taken without Square too. */
export async function prepareOrLater(gateway: Gateway | null, request: PaymentRequest): Promise<string> {
  return (await gateway?.prepare(request)) ?? canonicalJson({ later: request as unknown as Json });
}

export function keepRequest(write: Write, ledger: Ledger, { attempt_id, idempotency_key, body }: KeptRequest): void {
  sql(
    write.database,
    'INSERT INTO pending_request (attempt_id, idempotency_key, sealed, body_hash) VALUES (?, ?, ?, ?)',
  ).run(attempt_id, idempotency_key, ledger.sealSecret(`request ${attempt_id}`, body), sha256Hex(body));
}

/** Makes the bytes of what was kept before the desk was connected. */
type Preparer<Request> = { prepare(later: Request): Promise<string> };

/** The stored bytes of an attempt or a refund, proven to be the ones the journal names. */
export async function requestBytes<Request = PaymentRequest>(
  ledger: Ledger,
  gateway: Preparer<Request>,
  attempt_id: string,
): Promise<string> {
  const kept = sql(ledger.database, 'SELECT sealed, body_hash FROM pending_request WHERE attempt_id = ?').get(
    attempt_id,
  ) as { sealed: Buffer; body_hash: string } | undefined;
  assert(kept, 'an open attempt has its request');
  const body = ledger.openSecret(`request ${attempt_id}`, kept.sealed);
  assert(sha256Hex(body) === kept.body_hash, 'the request is the one that was written down');
  const { later } = JSON.parse(body) as { later?: Request };
  if (!later) return body;
  // Kept before the desk was connected: the bytes are made now, and stored before they leave.
  const made = await gateway.prepare(later);
  ledger.write('desk', ({ database }) =>
    sql(database, 'UPDATE pending_request SET sealed = ?, body_hash = ? WHERE attempt_id = ?').run(
      ledger.sealSecret(`request ${attempt_id}`, made),
      sha256Hex(made),
      attempt_id,
    ),
  );
  return made;
}

export function requestKey(database: Database, attempt_id: string): string {
  const key = sql(database, 'SELECT idempotency_key FROM pending_request WHERE attempt_id = ?').pluck().get(attempt_id);
  assert(typeof key === 'string', 'an open attempt has its key');
  return key;
}

/** A token is kept no longer than it can be needed: it goes in the same commit that ends its attempt. */
export function forgetRequest(write: Write, { attempt_id }: { readonly attempt_id: string }): void {
  sql(write.database, 'DELETE FROM pending_request WHERE attempt_id = ?').run(attempt_id);
}
