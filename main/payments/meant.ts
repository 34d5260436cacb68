import type { TakeInput } from '../../common/contract/payments.ts';
import type { Write } from '../ledger/ledger.ts';

/** What a payment is meant to pay, and who pays it, as its first fact keeps it. A name is sealed with its customer. */
export function meantBy(write: Write, { attempt_id, customer_id, pays, payer_name }: TakeInput) {
  const subject_id = customer_id ?? attempt_id;
  return {
    pays: pays.map(({ invoice_id, amount }) => ({ invoice_id, amount_minor: amount.minor })),
    payer: payer_name === null ? null : { subject_id, sealed: write.sealPersonal(subject_id, { payer_name }) },
  };
}
