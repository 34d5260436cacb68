import type { Announce } from '../../common/contract/index.ts';
import type { RefundView } from '../../common/contract/refunds.ts';
import { AppError } from '../../common/errors.ts';
import type { AttemptId } from '../../common/ids.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { releaseAllocations } from '../invoices/allocations.ts';
import { factsOf } from '../ledger/journal.ts';
import type { Ledger, Write } from '../ledger/ledger.ts';
import { officeDay } from '../office/settings.ts';
import { evidenceHash } from '../payments/evidence.ts';
import { findPayment } from '../payments/queries.ts';
import { forgetRequest } from '../payments/requests.ts';
import { typedReason } from '../payments/settle.ts';
import type { Clock } from '../platform/clock.ts';
import type { RefundOutbox } from './outbox.ts';
import { findRefund, refundViewOf, type RefundRow } from './queries.ts';
import type { Prove } from './refunds.ts';
import { searchRefund } from './search.ts';
import { followSeen } from './settle.ts';

export type RefundWayOutPorts = {
  readonly ledger: Ledger;
  readonly gateway: () => Gateway | null;
  readonly refundOutbox: RefundOutbox;
  readonly clock: Clock;
  readonly announce: Announce;
  readonly prove: Prove;
};

export type RefundDecision = {
  readonly refund_id: string;
  readonly as: 'given' | 'not_given';
  readonly reason: string;
  readonly password: string;
};

/** Square's list lags by seconds: so long after the last send nobody can say that it does not show it. */
const YOUNGEST_DOUBT_MS = 60_000;
const SYSTEM = 'desk';

/** What people may do about a refund that waits, or whose fate Square does not tell. */
export class RefundWayOut {
  readonly #ports: RefundWayOutPorts;

  constructor(ports: RefundWayOutPorts) {
    this.#ports = ports;
  }

  /** Takes a refund out of the queue. Throws refund_not_waiting once anything of it may have left. */
  async takeBack(refund_id: string, person_id: string): Promise<RefundView> {
    const { ledger, refundOutbox } = this.#ports;
    await refundOutbox.alone(refund_id, async () =>
      ledger.write(person_id, write => {
        const row = this.#row(refund_id);
        if (row.state !== 'requested' || row.maybe_sent === 1) throw new AppError('refund_not_waiting');
        write.fact('refund.taken_back', { refund_id, attempt_id: row.attempt_id });
        forgetRequest(write, { attempt_id: refund_id });
      }),
    );
    return this.#told(refund_id);
  }

  /**
   * Ends a doubt on a person's word, after Square's list was searched and does not have it. When Square has it after all,
   * the doubt ends with that, and the answer says so. Throws refund_not_in_doubt, doubt_too_young, square_not_connected,
   * square_unreachable, still_at_square and the password's refusals.
   */
  async close(decision: RefundDecision, person_id: string): Promise<RefundView> {
    const { ledger, gateway, refundOutbox, prove } = this.#ports;
    const { refund_id } = decision;
    await prove(person_id, decision.password);
    const square = gateway();
    if (!square) throw new AppError('square_not_connected');
    await refundOutbox.alone(refund_id, async () => {
      const row = this.#doubtful(refund_id);
      this.#assertOldEnough(row);
      if (await this.#found(row, square)) return;
      // A search takes its time, and Square's list may have told of it in the meantime.
      ledger.write(person_id, write => this.#write(write, this.#doubtful(refund_id), decision, person_id));
    });
    return this.#told(refund_id);
  }

  #write(write: Write, row: RefundRow, { as, reason }: RefundDecision, approved_by: string): void {
    const { refund_id, attempt_id, customer_id, amount_minor, currency } = row;
    const day = officeDay(write.database, this.#ports.clock.now());
    write.fact('refund.closed', {
      ...{ refund_id, attempt_id, customer_id, amount_minor, currency, day, as, approved_by },
      typed: typedReason(write, row, reason),
      evidence_hash: evidenceHash(write.database, attempt_id),
    });
    if (as === 'given') releaseAllocations(write, attempt_id, day);
    // Whatever was decided: from here on these bytes are never sent again.
    forgetRequest(write, { attempt_id: refund_id });
  }

  /** One search that must have been answered. What it found is written down when this returns. */
  async #found(row: RefundRow, gateway: Gateway): Promise<boolean> {
    const { ledger, clock } = this.#ports;
    const payment = findPayment(ledger.database, row.attempt_id);
    if (!payment?.square_payment_id) throw new AppError('refund_not_in_doubt');
    const { square_payment_id } = payment;
    const sighting = await searchRefund(gateway, ledger.database, { row, square_payment_id, clock });
    if (sighting.kind === 'no_answer') throw new AppError('square_unreachable');
    if (sighting.kind === 'differs') throw new AppError('still_at_square');
    if (sighting.kind === 'not_found') return false;
    ledger.writeResult(SYSTEM, write => followSeen(write, row.refund_id, clock.now(), sighting.refund));
    return true;
  }

  #doubtful(refund_id: string): RefundRow {
    const row = this.#row(refund_id);
    if (row.state !== 'unknown' || row.square_refund_id !== null) throw new AppError('refund_not_in_doubt');
    return row;
  }

  #assertOldEnough({ refund_id, doubt_since_ms }: RefundRow): void {
    const { ledger, clock } = this.#ports;
    const sent = factsOf(ledger.database, refund_id).filter(({ type }) => type === 'refund.sending');
    const last_ms = Math.max(doubt_since_ms ?? 0, sent.at(-1)?.recorded_at_ms ?? 0);
    const age_ms = clock.now() - last_ms;
    if (age_ms >= 0 && age_ms < YOUNGEST_DOUBT_MS) {
      throw new AppError('doubt_too_young', { wait_ms: YOUNGEST_DOUBT_MS - age_ms });
    }
  }

  #row(refund_id: string): RefundRow {
    const row = findRefund(this.#ports.ledger.database, refund_id);
    if (!row) throw new AppError('refund_not_found');
    return row;
  }

  #told(refund_id: string): RefundView {
    const row = this.#row(refund_id);
    this.#ports.announce('payments.changed', { attempt_id: row.attempt_id as AttemptId });
    return refundViewOf(row);
  }
}
