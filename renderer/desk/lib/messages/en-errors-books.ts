import type { ErrorCode } from '../../../../common/errors.ts';

/** Refusals about customers, what they owe and promised, and what is given back. */
export const bookErrors = {
  customer_not_found: { title: 'This customer was not found.', help: 'Search again, or add the customer.' },
  invoice_not_found: { title: 'This invoice was not found.', help: 'Open the customer again; it may have changed.' },
  invoice_conflict: {
    title: 'This invoice was already added with other details.',
    help: 'Look at the customer’s invoices before you add it again.',
  },
  invoice_number_taken: {
    title: 'Another invoice has this number.',
    help: 'Type another number, or leave it empty and the desk gives the next one.',
  },
  invoice_voided: {
    title: 'This invoice was voided.',
    help: 'Nothing is owed on it any more. Choose another invoice.',
  },
  invoice_total_wrong: {
    title: 'The lines do not add up to an amount that can be owed.',
    help: 'The total must be above zero, in the office’s own currency. Nothing was saved.',
  },
  promise_not_found: {
    title: 'This promise is not known here.',
    help: 'Look at the customer again. Nothing was changed.',
  },
  promise_conflict: {
    title: 'Another promise was already noted from this window.',
    help: 'Look at the customer before noting it again. Nothing was changed.',
  },
  promise_decided: {
    title: 'This promise is no longer open.',
    help: 'It was kept, broken or replaced meanwhile, and stays as it is.',
  },
  promise_day_wrong: {
    title: 'A promise needs a day from today on, within a year.',
    help: 'Type the day again. Nothing was noted.',
  },
  invoice_paid_more: {
    title: 'More has already been paid than this invoice would then ask for.',
    help: 'Move the payments to another invoice first. Nothing was changed.',
  },
  allocation_too_much: {
    title: 'This is more than is open.',
    help: 'The invoice may just have been paid. Look at the amounts again. Nothing was moved.',
  },
  allocation_not_paid: {
    title: 'This payment is not finished.',
    help: 'It can be attached to invoices once the money is really in.',
  },
  allocation_other_customer: {
    title: 'The payment and the invoice belong to different customers.',
    help: 'Take it off the other customer’s invoices first. Nothing was moved.',
  },
  refund_at_square: {
    title: 'Square has taken the money already, so there is no hold to give back.',
    help: 'Nothing was changed. Refund it at Square first and give it back here after that, or keep it.',
  },
  refund_not_found: { title: 'This refund was not found.', help: 'Look for its payment in Activity.' },
  refund_conflict: {
    title: 'This refund was already asked for with other details.',
    help: 'Look at the payment in Activity before you give anything back again.',
  },
  refund_too_much: {
    title: 'This is more than can still be given back.',
    help: 'Nothing was given back. What was asked for, is on its way or was refunded elsewhere counts as well.',
  },
  refund_not_possible: {
    title: 'Money cannot go back in this way.',
    help: 'Nothing was given back. The refund shows why, and which other way there is.',
  },
  refund_needs_approval: {
    title: 'A second person has to agree to this refund.',
    help: 'Nothing was given back. A manager or the owner types their own password here.',
  },
  refund_not_approved: {
    title: 'This person cannot agree to this refund.',
    help: 'Nothing was given back. It takes another manager or the owner; nobody approves what they asked for.',
  },
  refund_not_waiting: {
    title: 'This refund does not wait at this desk any more.',
    help: 'It may have left, so it cannot be taken back. Nothing was changed; its state says what is known.',
  },
  refund_not_in_doubt: {
    title: 'This refund is not in doubt any more.',
    help: 'Nothing was changed. Its state says what became of it.',
  },
  refund_check_first: {
    title: 'This desk was restored since the payment was taken.',
    help: 'Nothing was given back. Check the paper of that time, tick that you did, and press again.',
  },
} satisfies Partial<Record<ErrorCode, { title: string; help: string }>>;
