import type { CallName } from '../../../common/contract/index.ts';
import type { RefundOffer, RefundView } from '../../../common/contract/refunds.ts';
import type { AttemptView, Receipt } from '../../../common/contract/payments.ts';
import { AppError } from '../../../common/errors.ts';
import type { RefundId } from '../../../common/ids.ts';
import { formatMoney, money, subtract } from '../../../common/money.ts';
import { PEOPLE, dollars, nextId } from './fake-data.ts';
import type { Answers, FakeWorld } from './fake-world.ts';
import type { Situation } from './situations.ts';

type RefundCalls = Extract<CallName, `refunds.${string}`>;

/** Gives back what main would, with one person who may always agree to it. */
export function refundAnswers(world: FakeWorld): Pick<Answers, RefundCalls> {
  const made = new Map<string, RefundView>();
  const find = (attempt_id: string): AttemptView => {
    const found = world.payments.rows.find(row => row.attempt_id === attempt_id);
    if (!found) throw new AppError('attempt_not_found');
    return found;
  };
  const view = (refund_id: string): RefundView => {
    const found = made.get(refund_id);
    if (!found) throw new AppError('refund_not_found');
    return found;
  };
  const ended = (refund_id: string, change: Partial<RefundView>): RefundView => {
    const now = { ...view(refund_id), ...change, next_check_at_ms: null };
    made.set(refund_id, now);
    const payment = find(now.attempt_id);
    payment.refunds = payment.refunds.map(line =>
      line.refund_id === refund_id ? { ...line, state: now.state } : line,
    );
    world.announce('payments.changed', { attempt_id: now.attempt_id });
    return now;
  };
  return {
    'refunds.new': () => ({ refund_id: nextId() as RefundId }),
    'refunds.offer': ({ attempt_id }) => offerFor(find(attempt_id), world),
    'refunds.make': ({ refund_id, attempt_id, amount, kind, approval }) => {
      const payment = find(attempt_id);
      const refund: RefundView = {
        ...{ refund_id, attempt_id, kind, amount, reference: `D2-R000001-${refund_id.slice(-8)}`, day: payment.day },
        ...{ state: kind === 'square' ? (STATES[world.situation] ?? 'pending') : 'recorded' },
        happened_at_ms: new Date().getTime(),
        ...{ asked_by: 'Lucía Herrera', approved_by: approval ? 'Dana Whitfield' : null, sync: 'confirmed', sends: 1 },
        ...{ next_check_at_ms: null, doubt_since_ms: null, refusal: null, square_code: null, square_refund_id: null },
        ...(world.situation === 'in_doubt' ? doubt() : {}),
        ...(world.situation === 'refused' ? ({ refusal: 'declined', square_code: 'REFUND_DECLINED' } as const) : {}),
      };
      made.set(refund_id, refund);
      const { reference, state, happened_at_ms } = refund;
      const line = { refund_id, reference, kind, state, amount, happened_at_ms };
      const given = payment.refunded?.minor ?? 0;
      const refunds = [...payment.refunds, line];
      Object.assign(payment, { refunded: money(given + amount.minor, amount.currency), refunds });
      world.announce('payments.changed', { attempt_id });
      return refund;
    },
    'refunds.get': ({ refund_id }) => view(refund_id),
    'refunds.ask_now': ({ refund_id }) => view(refund_id),
    'refunds.set_limit': () => ({}),
    'refunds.receipt': ({ refund_id }) => paperOf(view(refund_id), find(view(refund_id).attempt_id)),
    'refunds.save_pdf': () => ({ path: 'Documents/Refund D2-R000001.pdf' }),
    'refunds.print': () => ({}),
    'refunds.open': () => ({ refunds: [...made.values()].filter(({ state }) => state !== 'recorded') }),
    'refunds.take_back': ({ refund_id }) => ended(refund_id, { state: 'refused', refusal: 'taken_back' }),
    'refunds.close': ({ refund_id, as, password }) => {
      if (password === 'slow') throw new AppError('doubt_too_young', { wait_ms: 42_000 });
      if (password !== 'correct horse') throw new AppError('wrong_password');
      return ended(refund_id, as === 'given' ? { state: 'completed' } : { state: 'refused', refusal: 'closed' });
    },
  };
}

const STATES: Partial<Record<Situation, RefundView['state']>> = { in_doubt: 'unknown', refused: 'refused' };

const doubt = () => ({ next_check_at_ms: new Date().getTime() + 42_000, doubt_since_ms: new Date().getTime() });

/** Why Square cannot, and which ways are open then. */
const OBSTACLES: Partial<Record<Situation, 'too_old' | 'disputed'>> = { old_payment: 'too_old', disputed: 'disputed' };

function offerFor(payment: AttemptView, { online, situation }: FakeWorld): RefundOffer {
  const { attempt_id, amount, tender, fee } = payment;
  const none = money(0, amount.currency);
  const given_back = payment.refunded ?? none;
  const refundable = subtract(amount, given_back);
  const ways = (['square', 'cash', 'check', 'other'] as const).map(kind => {
    const why = OBSTACLES[situation];
    const fits = why === 'too_old' ? kind !== 'square' : (kind === 'square') === (tender === 'card');
    const available = fits && refundable.minor > 0 && why !== 'disputed';
    const because = why ?? (kind === 'square' ? 'not_with_square' : 'square_can');
    const unavailable_because = available ? null : refundable.minor > 0 ? because : 'nothing_left';
    return { kind, available, unavailable_because, largest: available ? refundable : none, cost: none } as const;
  });
  const people = PEOPLE.filter(({ role }) => role === 'owner').map(({ person_id, name }) => ({ person_id, name }));
  return {
    ...{ attempt_id, paid: amount, given_back, refundable, ways, fee_kept: fee, ask_before: null, sent_later: !online },
    needs_approval: { always: false, above: dollars(100_00), people },
  };
}

function paperOf(refund: RefundView, payment: AttemptView): Receipt {
  const done = refund.state === 'recorded' || refund.state === 'completed';
  return {
    ...{ heading: done ? 'refund' : 'refund_pending', copy: false, training: true, office: 'Lakeshore Dental' },
    ...{ desk: 'Desk 2', receipt_number: refund.reference, reference: payment.reference, taken_by: refund.asked_by },
    ...{ at: 'March 12, 2026 at 10:42 AM', customer: payment.customer?.name ?? null },
    lines: [{ label: 'Goes back to', value: payment.card ? `Visa ending in ${payment.card.last4}` : 'Cash' }],
    total: formatMoney(refund.amount, 'en-US'),
  };
}
