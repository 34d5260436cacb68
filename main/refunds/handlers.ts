import type { Announce, Handlers } from '../../common/contract/index.ts';
import { AppError } from '../../common/errors.ts';
import type { Receipt } from '../../common/contract/payments.ts';
import type { RefundId } from '../../common/ids.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readSettings } from '../office/settings.ts';
import type { Attempts } from '../payments/attempts.ts';
import type { Connection } from '../payments/connection.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import type { PaperPorts } from '../receipts/paper.ts';
import { receiptHtml } from '../receipts/receipts.ts';
import { refundPaperOf } from '../receipts/refund-paper.ts';
import type { RefundOutbox } from './outbox.ts';
import { openRefundRows, refundViewOf } from './queries.ts';
import type { Prove, Refunds } from './refunds.ts';
import { RefundWayOut } from './way-out.ts';

/** The running parts of the open office that these calls need. */
export type RefundsOffice = {
  readonly ledger: Ledger;
  readonly attempts: Attempts;
  readonly refunds: Refunds;
  readonly refundOutbox: RefundOutbox;
  readonly connection: Connection;
  readonly gateway: () => Gateway | null;
};

type Needs = {
  readonly office: () => RefundsOffice;
  /** Proves who agrees to it, by their password. */
  readonly prove: Prove;
  readonly clock: Clock;
  readonly announce: Announce;
  readonly paper: PaperPorts;
};

export function refundHandlers(needs: Needs) {
  const { office, prove, clock, announce } = needs;
  const wayOut = (): RefundWayOut => new RefundWayOut({ ...office(), clock, announce, prove });
  return {
    ...paperHandlers(needs),
    'refunds.new': () => ({ refund_id: office().refunds.newRefundId() as RefundId }),
    'refunds.offer': ({ attempt_id }, who) => office().refunds.offer(attempt_id, who.person_id),
    'refunds.make': (input, who) => office().refunds.make(input, who.person_id, prove),
    'refunds.get': ({ refund_id }) => office().refunds.view(refund_id),
    'refunds.ask_now': async ({ refund_id }) => {
      const { refunds, refundOutbox, connection } = office();
      const { refund_id: known } = refunds.view(refund_id);
      if (connection.online || (await connection.check())) await refundOutbox.drive(known);
      return refunds.view(refund_id);
    },
    'refunds.open': () => ({ refunds: openRefundRows(office().ledger.database).map(refundViewOf) }),
    'refunds.take_back': ({ refund_id }, who) => wayOut().takeBack(refund_id, who.person_id),
    'refunds.close': (decision, who) => wayOut().close(decision, who.person_id),
    'refunds.set_limit': ({ limit }, who) => {
      const { ledger } = office();
      const { currency } = readSettings(ledger.database);
      if (limit.currency !== currency || limit.minor < 0) throw new AppError('invalid_input', { field: 'limit' });
      const value = String(limit.minor);
      ledger.write(who.person_id, write => write.fact('setting.changed', { name: 'refund_limit_minor', value }));
      return {};
    },
  } satisfies Partial<Handlers>;
}

/** The refund's own paper, on screen, as a file and from the printer. */
function paperHandlers({ office, paper }: Needs) {
  const paperOf = (refund_id: string): Receipt => {
    const { ledger, refunds, attempts } = office();
    const refund = refunds.view(refund_id);
    return refundPaperOf(ledger, refund, attempts.view(refund.attempt_id));
  };
  const size = (): 'A4' | 'Letter' => (readSettings(office().ledger.database).locale === 'en-US' ? 'Letter' : 'A4');
  return {
    'refunds.receipt': ({ refund_id }) => paperOf(refund_id),
    'refunds.save_pdf': async ({ refund_id }) => {
      const made = paperOf(refund_id);
      const pdf = await paper.toPdf(receiptHtml(made), size());
      return { path: await paper.save(`Refund ${made.receipt_number}.pdf`, 'pdf', pdf) };
    },
    'refunds.print': async ({ refund_id }) => {
      const { printed } = await paper.print(receiptHtml(paperOf(refund_id)), size());
      if (!printed) throw new AppError('print_failed');
      return {};
    },
  } satisfies Partial<Handlers>;
}
