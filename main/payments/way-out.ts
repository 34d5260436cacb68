import { AppError } from '../../common/errors.ts';
import type { AttemptView } from '../../common/contract/payments.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import type { Attempts } from './attempts.ts';
import type { Outbox } from './outbox.ts';
import { findPayment, type PaymentRow } from './queries.ts';
import { closeNotCharged, settleSighting, typedReason } from './settle.ts';

export type WayOutPorts = {
  readonly ledger: Ledger;
  readonly gateway: () => Gateway | null;
  readonly attempts: Attempts;
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** Throws wrong_password or too_many_tries unless the person's password is right. */
  readonly prove: (person_id: string, password: string) => Promise<void>;
};

export type Decision = { readonly attempt_id: string; readonly reason: string; readonly password: string };

/** Square's list lags by seconds, so a doubt younger than this is not for people yet. */
const YOUNGEST_DOUBT_MS = 60_000;

/** What a manager may do about money that is in doubt, or that turned up late. Every decision asks Square first. */
export class WayOut {
  readonly #ports: WayOutPorts;

  constructor(ports: WayOutPorts) {
    this.#ports = ports;
  }

  /**
   * Closes a doubt as not charged: Square's list is searched, the key is cancelled, and the list is searched again. When
   * Square has the payment after all, the doubt ends with that, and the answer says so.
   * Throws attempt_not_in_doubt, doubt_too_young, square_unreachable, still_at_square and the password's refusals.
   */
  async closeDoubt({ attempt_id, reason, password }: Decision, person_id: string): Promise<AttemptView> {
    await this.#ports.prove(person_id, password);
    const { ledger, outbox, attempts, clock } = this.#ports;
    const gateway = this.#gateway();
    await outbox.alone(attempt_id, async () => {
      this.#assertOldEnough(this.#doubtful(attempt_id));
      await this.#searched(attempt_id, gateway);
      const open = this.#stillOpen(attempt_id);
      if (!open) return;
      if (!(await outbox.resolver.cancel(open, gateway))) throw new AppError('square_unreachable');
      await this.#searched(attempt_id, gateway);
      ledger.write(person_id, write => {
        const row = this.#stillOpen(attempt_id);
        if (row) closeNotCharged(write, row, { because: 'person', reason, approved_by: person_id }, clock.now());
      });
    });
    return attempts.view(attempt_id);
  }

  /** Decides what becomes of a payment that Square holds although it was said to be not charged. */
  async settleFound(
    { attempt_id, reason, password, choice }: Decision & { readonly choice: 'keep' | 'give_back' },
    person_id: string,
  ): Promise<AttemptView> {
    await this.#ports.prove(person_id, password);
    const { ledger, outbox, attempts } = this.#ports;
    const gateway = this.#gateway();
    await outbox.alone(attempt_id, async () => {
      const row = this.#found(attempt_id);
      let read = await gateway.getPayment(row.square_payment_id!);
      if (read.kind === 'ok' && choice === 'give_back' && read.value.status === 'APPROVED') {
        read = await gateway.cancelPayment(row.square_payment_id!);
      }
      if (read.kind !== 'ok') throw new AppError('square_unreachable');
      const payment = read.value;
      const captured = payment.status === 'COMPLETED' && payment.refunded_minor < payment.amount.minor;
      if (choice === 'give_back' && captured) throw new AppError('refund_at_square');
      ledger.write(person_id, write => {
        // Square's list may have told meanwhile that the hold is gone.
        this.#found(attempt_id);
        const typed = typedReason(write, row, reason);
        write.fact('attempt.found_settled', { attempt_id, choice, typed, approved_by: person_id });
        // What was captured is on the books, whatever became of it; only a hold can vanish without a trace.
        if (choice === 'keep' || payment.status === 'COMPLETED') {
          settleSighting(write, row, payment, outbox.resolver.tools(row));
        } else
          write.fact('attempt.cancelled', {
            attempt_id,
            reason: 'given_back',
            square_payment_id: row.square_payment_id,
          });
      });
    });
    // A hold that was kept is captured by the outbox, like any other.
    await outbox.drive(attempt_id);
    return attempts.view(attempt_id);
  }

  #gateway(): Gateway {
    const gateway = this.#ports.gateway();
    if (!gateway) throw new AppError('square_not_connected');
    return gateway;
  }

  #stillOpen(attempt_id: string): PaymentRow | undefined {
    const row = findPayment(this.#ports.ledger.database, attempt_id);
    return row?.state === 'unknown' || row?.state === 'manual' ? row : undefined;
  }

  #found(attempt_id: string): PaymentRow {
    const row = findPayment(this.#ports.ledger.database, attempt_id);
    if (row?.state !== 'orphan') throw new AppError('attempt_not_in_doubt');
    return row;
  }

  #doubtful(attempt_id: string): PaymentRow {
    const row = this.#stillOpen(attempt_id);
    if (!row) throw new AppError('attempt_not_in_doubt');
    return row;
  }

  #assertOldEnough(row: PaymentRow): void {
    const age_ms = this.#ports.clock.now() - (row.doubt_since_ms ?? 0);
    if (age_ms >= 0 && age_ms < YOUNGEST_DOUBT_MS) {
      throw new AppError('doubt_too_young', { wait_ms: YOUNGEST_DOUBT_MS - age_ms });
    }
  }

  /** One search that must have been answered. A find is already written down when this returns. */
  async #searched(attempt_id: string, gateway: Gateway): Promise<void> {
    const row = this.#stillOpen(attempt_id);
    if (!row) return;
    const sighting = await this.#ports.outbox.resolver.lookUp(row, gateway);
    if (sighting.kind === 'no_answer') throw new AppError('square_unreachable');
    const pending = sighting.kind === 'found' && sighting.payment.status === 'PENDING';
    if (pending || sighting.kind === 'differs') throw new AppError('still_at_square');
  }
}
