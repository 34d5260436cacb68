import type { AttemptState } from '../../common/contract/payments.ts';
import { DOUBTED_STATES } from './events/incarnation.ts';
import { sha256Hex } from './keys.ts';
import type { Ledger, LedgerIdentity, Write } from './ledger.ts';
import { sql } from './open.ts';

/**
 * An incarnation is one unbroken life of a desk's ledger. A restore begins the next one: what the lost one wrote after
 * the copy is unknown, so its numbers are never given again, and nothing that was open in the copy is ever sent again.
 */

/** `D1` in the first incarnation, `D1.2` in the second. A desk code has no point in it, so no other desk prints this. */
export function printedDesk({ desk, incarnation }: Pick<LedgerIdentity, 'desk' | 'incarnation'>): string {
  return incarnation === 1 ? desk : `${desk}.${incarnation}`;
}

/** Which incarnation and number a reference of this desk names; null for everybody else's. */
export function readReference(desk: string, reference: string): { incarnation: number; number: number } | null {
  const found = /^([A-Z][A-Z0-9]{0,3})(?:\.([1-9]\d{0,5}))?-(\d{6,12})-[0-9a-f]{8}$/.exec(reference);
  if (!found || found[1] !== desk || found[2] === '1') return null;
  return { incarnation: Number(found[2] ?? 1), number: Number(found[3]) };
}

export type RestoredCopy = { readonly copy_id: string; readonly made_at_ms: number; readonly sha256: string };

/**
 * Makes the opened copy the ledger of the next incarnation: one commit that says so and puts every open attempt of the
 * copy into doubt. `incarnation` is above every one that anybody knows of. Answers how many attempts came into doubt.
 */
export function beginRestoredIncarnation(
  ledger: Ledger,
  restored: { incarnation: number; actor: string; copy: RestoredCopy; now_ms: number },
): number {
  const after = headOf(ledger);
  const { copy, now_ms } = restored;
  let doubted = 0;
  ledger.startIncarnation(restored.incarnation, restored.actor, write => {
    write.fact('incarnation.started', { after, because: 'restore', copy: { ...copy } });
    doubted = doubtOpenAttempts(ledger, write, now_ms) + doubtOpenRefunds(ledger, write, now_ms);
  });
  return doubted;
}

/** Skips to an incarnation whose number nobody used, because Square shows payments of the one that was begun. */
export function skipToIncarnation(ledger: Ledger, incarnation: number, actor: string): void {
  const after = headOf(ledger);
  ledger.startIncarnation(incarnation, actor, write =>
    write.fact('incarnation.started', { after, because: 'number_in_use', copy: null }),
  );
}

function headOf({ identity, head }: Ledger) {
  return { incarnation: identity.incarnation, seq: head.seq, hash: head.hash.toString('hex') };
}

/**
 * The heart of a restore. A card that waits in the copy may have been charged since, or cancelled and paid in cash. Its
 * attempt comes into doubt and its bytes are destroyed, in the same commit: there is nothing left that could be sent.
 * The key stays, for asking Square to cancel what it may have made.
 */
function doubtOpenAttempts(ledger: Ledger, write: Write, now_ms: number): number {
  const wanted = DOUBTED_STATES.map(() => '?').join(', ');
  const open = sql(
    write.database,
    `SELECT attempt_id, state FROM payment WHERE foreign_payment = 0 AND state IN (${wanted}) ORDER BY attempt_id`,
  ).all(...DOUBTED_STATES) as { attempt_id: string; state: AttemptState }[];
  for (const { attempt_id, state } of open) {
    write.fact('attempt.doubted', { attempt_id, state, next_try_at_ms: now_ms });
    destroyBytes(ledger, write, attempt_id);
  }
  return open.length;
}

function destroyBytes(ledger: Ledger, { database }: Write, id: string): void {
  sql(database, 'UPDATE pending_request SET sealed = ?, body_hash = ? WHERE attempt_id = ?').run(
    ledger.sealSecret(`request ${id}`, ''),
    sha256Hex('destroyed by a restore'),
    id,
  );
}

/**
 * The same for money on its way back: the lost desk may have sent it, or may have been refused and given cash instead.
 * What Square does not have is closed as not made. A record of what was handed out may be told again, after a search.
 */
function doubtOpenRefunds(ledger: Ledger, write: Write, now_ms: number): number {
  const open = sql(
    write.database,
    `SELECT refund_id, attempt_id, state FROM refund
     WHERE state IN ('requested', 'sending', 'unknown') OR (state = 'recorded' AND sync = 'queued') ORDER BY refund_id`,
  ).all() as { refund_id: string; attempt_id: string; state: string }[];
  for (const { refund_id, attempt_id, state } of open) {
    const reason = state === 'recorded' ? 'restore' : RESTORED_REFUND;
    write.fact('refund.unknown', { refund_id, attempt_id, reason, next_try_at_ms: now_ms });
    if (state !== 'recorded') destroyBytes(ledger, write, refund_id);
  }
  return open.length;
}

/** Why a refund of a copy is in doubt: once Square was searched and does not have it, it ends as refused. */
const RESTORED_REFUND = 'refused restored RESTORED';
