import type { RefundKind } from '../../common/contract/refund-shapes.ts';
import type { RefundView } from '../../common/contract/refunds.ts';
import type { AttemptView, Receipt } from '../../common/contract/payments.ts';
import { AppError } from '../../common/errors.ts';
import { formatMoney } from '../../common/money.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readSettings } from '../office/settings.ts';
import { cardLine } from './receipts.ts';

const BY_HAND: Record<Exclude<RefundKind, 'square'>, string> = {
  cash: 'Cash',
  check: 'Check of the office',
  other: 'Bank transfer',
};

/**
 * The paper of a refund: of money that is given back, or of one that is on its way, which it says. Nothing is printed
 * about a refund in doubt or one that was refused. The reason that was typed stays in the office.
 */
export function refundPaperOf(ledger: Ledger, refund: RefundView, payment: AttemptView): Receipt {
  const done = refund.state === 'completed' || refund.state === 'recorded';
  if (!done && refund.state !== 'pending' && refund.state !== 'requested') throw new AppError('receipt_not_ready');
  const { office_name, locale, time_zone } = readSettings(ledger.database);
  const at = new Intl.DateTimeFormat(locale, { timeZone: time_zone, dateStyle: 'long', timeStyle: 'short' });
  const way = refund.kind === 'square' ? cardLine(payment) : BY_HAND[refund.kind];
  return {
    heading: done ? 'refund' : 'refund_pending',
    copy: false,
    training: ledger.identity.mode === 'training',
    office: office_name,
    desk: ledger.identity.desk,
    receipt_number: refund.reference,
    reference: payment.reference,
    at: at.format(refund.happened_at_ms),
    taken_by: refund.asked_by,
    customer: payment.customer?.name ?? null,
    lines: [
      { label: done ? 'Given back to' : 'Goes back to', value: way },
      ...(payment.receipt_number === null ? [] : [{ label: 'For receipt', value: payment.receipt_number }]),
      { label: 'Paid then', value: formatMoney(payment.amount, locale) },
    ],
    total: formatMoney(refund.amount, locale),
  };
}
