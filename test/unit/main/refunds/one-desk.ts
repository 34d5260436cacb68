import { expect } from 'vitest';
import { money } from '../../../../common/money.ts';
import type { GatewayRefund, RefundOutcome } from '../../../../main/gateway/gateway.ts';
import type { Write } from '../../../../main/ledger/ledger.ts';
import { isRefundNews, observeRefund } from '../../../../main/payments/given-back.ts';
import { findPayment } from '../../../../main/payments/queries.ts';
import { findRefund, standingOf } from '../../../../main/refunds/queries.ts';
import { isWithSquare, offerOf } from '../../../../main/refunds/rules.ts';
import { followSeen, noticeRefund, settleAnswer, settleMissing } from '../../../../main/refunds/settle.ts';
import { scratchJournal } from '../../../support/builders.ts';

/**
 * One payment of 60.00, Square's own books of it in a few lines, and a desk that hears of them in any order: answers that
 * are lost, lists that are behind, refunds made elsewhere, refunds that fail late. What is real is compared at each step.
 */
export const PAID = 6000;
const ATTEMPT = 'attempt';
const SQUARE_ID = 'PAYMENT';
const DAY = '2026-01-15';
const NOW_MS = 1_800_000_000_000;

type Held = GatewayRefund & { readonly key: string };

class OneSquare {
  refunds: Held[] = [];
  #lost = 0;
  #at_ms = NOW_MS;

  /** What the payment says was refunded. */
  get refunded(): number {
    return this.refunds.reduce((sum, one) => sum + (counts(one) ? one.amount.minor : 0), 0);
  }

  create(key: string, minor: number, reason: string): RefundOutcome {
    const known = this.refunds.find(one => one.key === key);
    if (known) return { kind: 'accepted', refund: known };
    if (minor > PAID - this.refunded - this.#lost) {
      return { kind: 'refused', reason: 'amount_invalid', square_code: 'REFUND_AMOUNT_INVALID' };
    }
    const at_ms = (this.#at_ms += 1);
    const refund: Held = {
      ...{ key, square_refund_id: `R${this.refunds.length}`, square_payment_id: SQUARE_ID, status: 'PENDING', reason },
      ...{ amount: money(minor, 'USD'), settles: true, created_at_ms: at_ms, updated_at_ms: at_ms },
    };
    this.refunds.push(refund);
    return { kind: 'accepted', refund };
  }

  forgetKeys(): void {
    this.refunds = this.refunds.map(one => ({ ...one, key: '' }));
  }

  /** Square never brings one back that came to nothing. */
  move(index: number, status: GatewayRefund['status']): void {
    const before = this.refunds[index % Math.max(1, this.refunds.length)];
    if (!before || before.status === status || !counts(before) || status === 'PENDING') return;
    if (before.status === 'COMPLETED' && status === 'REJECTED') return;
    if (status === 'FAILED') this.#lost += before.amount.minor;
    this.refunds = this.refunds.map(one =>
      one === before ? { ...one, status, updated_at_ms: (this.#at_ms += 1) } : one,
    );
  }
}

const counts = ({ status }: GatewayRefund): boolean => status === 'PENDING' || status === 'COMPLETED';
const bare = ({ key: _key, ...refund }: Held): GatewayRefund => refund;

export class OneDesk {
  readonly journal = scratchJournal();
  readonly square = new OneSquare();
  readonly keys: string[] = [];
  readonly write: Write;
  readonly #careless: boolean;

  /** A careless one does not look at what is left. */
  constructor(careless = false) {
    this.#careless = careless;
    const { journal } = this;
    this.write = {
      database: journal.database,
      head: journal.head(),
      fact: (type, body) => journal.add({ type, body } as never),
      sealPersonal: () => 'sealed',
    };
    const { fact } = this.write;
    fact('setting.changed', { name: 'currency', value: 'USD' });
    fact('attempt.started', {
      ...{ attempt_id: ATTEMPT, number: 1, reference: 'D1-000001-00000000', tender: 'card', channel: 'desk' },
      ...{ customer_id: 'customer', amount_minor: PAID, currency: 'USD', day: DAY, input_hash: '' },
      ...{ two_phase: false, read_back: false, pays: [], payer: null },
    });
    const ready = { idempotency_key: 'key', body_hash: '', token_minted_at_ms: 0, card: null };
    fact('attempt.ready', { attempt_id: ATTEMPT, ...ready });
    fact('attempt.sending', { attempt_id: ATTEMPT, count: 1, step: 'create' });
    const receipt = { receipt_number: 'D1-000001', card: null, day: DAY };
    fact('attempt.completed', { attempt_id: ATTEMPT, square_payment_id: SQUARE_ID, ...receipt });
    this.seePayment();
  }

  get database() {
    return this.journal.database;
  }

  offer(online = true) {
    const payment = findPayment(this.database, ATTEMPT)!;
    const standing = standingOf(this.database, payment);
    expect(isWithSquare({ payment, standing })).toBe(true);
    return offerOf({
      ...{
        payment,
        standing,
        now_ms: NOW_MS + 1000,
        connected: true,
        restored: null,
        online,
        limit: money(PAID, 'USD'),
      },
      ...{ alone_minor: 0, person: { person_id: 'somebody', isOwner: false }, seconds: [] },
    });
  }

  /** Asks for as much of the wish as is offered; nothing where nothing is. */
  ask(kind: 'square' | 'check', part: number): void {
    if (kind === 'check') this.seePayment();
    const { largest } = this.offer().ways.find(way => way.kind === kind)!;
    const minor = Math.ceil(((this.#careless ? PAID : largest.minor) * part) / 100);
    if (minor === 0) return;
    const number = this.keys.length + 1;
    const refund_id = `refund ${number}`;
    this.keys.push(refund_id);
    this.write.fact('refund.requested', {
      ...{ refund_id, attempt_id: ATTEMPT, number, reference: `D1-R${number}`, kind, customer_id: 'customer' },
      ...{ amount_minor: minor, currency: 'USD', account: kind === 'square' ? null : 'bank', approved_by: null },
      ...{ typed: { subject_id: 'customer', sealed: '' }, input_hash: '', day: DAY },
      ...{ idempotency_key: kind === 'square' ? refund_id : null, body_hash: null },
    });
  }

  /** As the outbox does it: what may have left is looked for before it leaves again. */
  send(index: number, reply: 'heard' | 'lost' | 'never left' | 'lost on the way'): void {
    const row = findRefund(this.database, this.keys[index % Math.max(1, this.keys.length)] ?? '');
    if (!row || row.next_try_at_ms === null || row.square_refund_id !== null) return;
    const times = { next_try_at_ms: NOW_MS, follow_at_ms: NOW_MS };
    if (row.maybe_sent === 1) {
      const found = this.square.refunds.find(one => one.reason === row.reference);
      if (found) return followSeen(this.write, row.refund_id, NOW_MS, bare(found));
      if (!settleMissing(this.write, row.refund_id, { kind: 'not_found' }, NOW_MS)) return;
    }
    this.write.fact('refund.sending', { refund_id: row.refund_id, attempt_id: ATTEMPT, count: row.sends + 1 });
    const answer: RefundOutcome =
      reply === 'never left' || reply === 'lost on the way'
        ? { kind: 'not_sent', reason: 'offline' }
        : this.square.create(row.refund_id, row.amount_minor, row.reference);
    const silence: RefundOutcome = { kind: 'unknown', reason: 'timeout', retry_after_ms: null };
    const heard = reply === 'lost' || reply === 'lost on the way' ? silence : answer;
    settleAnswer(this.write, row, 'refund' in heard ? { ...heard, refund: bare(heard.refund as Held) } : heard, times);
  }

  /** A person ends a doubt after a search; the desk does not ask Square any more. */
  close(index: number, as: 'given' | 'not_given'): void {
    const row = findRefund(this.database, this.keys[index % Math.max(1, this.keys.length)] ?? '');
    if (!row || row.state !== 'unknown' || row.square_refund_id !== null) return;
    const found = this.square.refunds.find(one => one.reason === row.reference);
    if (found) return followSeen(this.write, row.refund_id, NOW_MS, bare(found));
    const { refund_id, customer_id, amount_minor, currency } = row;
    this.write.fact('refund.closed', {
      ...{ refund_id, attempt_id: ATTEMPT, customer_id, amount_minor, currency, day: DAY, as, approved_by: 'somebody' },
      ...{ typed: { subject_id: 'customer', sealed: '' }, evidence_hash: '' },
    });
  }

  takeBack(index: number): void {
    const row = findRefund(this.database, this.keys[index % Math.max(1, this.keys.length)] ?? '');
    if (row?.state !== 'requested' || row.maybe_sent === 1) return;
    this.write.fact('refund.taken_back', { refund_id: row.refund_id, attempt_id: ATTEMPT });
  }

  /** Whoever closed it as given was right: Square has it, and its list shows it late. */
  arriveLate(index: number): void {
    const row = this.onAWord[index % Math.max(1, this.onAWord.length)];
    if (row) this.square.create(`late ${row.refund_id}`, row.amount_minor, row.reference);
  }

  /** What counts as given back on a person's word alone. */
  get onAWord() {
    const rows = this.keys.map(id => findRefund(this.database, id)!);
    return rows.filter(
      row => row.state === 'completed' && row.square_refund_id === null && !this.#isHeld(row.reference),
    );
  }

  #isHeld(reference: string): boolean {
    return this.square.refunds.some(one => one.reason === reference);
  }

  seePayment(): void {
    this.write.fact('square.payment.observed', {
      ...{
        square_payment_id: SQUARE_ID,
        attempt_id: ATTEMPT,
        foreign: false,
        status: 'COMPLETED',
        source_type: 'CARD',
      },
      ...{ amount_minor: PAID, fee_minor: 0, refunded_minor: this.square.refunded, currency: 'USD', day: DAY },
      ...{ reference: 'D1-000001-00000000', card: null, created_at_ms: NOW_MS, updated_at_ms: NOW_MS },
    });
  }

  /** One entry of the list, as the sync reads it; whoever follows refunds hears of it then, or only later. */
  seeRefund(index: number, followed: boolean): void {
    const refund = this.square.refunds[index % Math.max(1, this.square.refunds.length)];
    if (refund && isRefundNews(this.database, bare(refund))) observeRefund(this.write, bare(refund));
    if (followed) this.follow();
  }

  follow(): void {
    for (const refund_id of this.keys) {
      const row = findRefund(this.database, refund_id)!;
      if (noticeRefund(this.database, row)) followSeen(this.write, refund_id, NOW_MS);
    }
  }

  /** What really went back: at Square, and by hand. */
  get given(): number {
    const byHand = this.keys.map(id => findRefund(this.database, id)!).filter(({ state }) => state === 'recorded');
    return this.square.refunded + byHand.reduce((sum, one) => sum + one.amount_minor, 0);
  }
}
