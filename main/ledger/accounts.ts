/** The chart of accounts. Each code can be mapped onto an accountant's own; a posting moves money between two of them. */
export const ACCOUNTS = {
  drawer_cash: 'Drawer cash',
  undeposited_checks: 'Undeposited checks',
  bank: 'Bank',
  square_clearing: 'Square clearing',
  square_fees: 'Square fees',
  receivable: 'Receivable',
  unallocated_receipts: 'Unallocated receipts',
  customer_credit: 'Customer credit',
  /** Money on its way from one customer to another: always back at nothing within one entry. */
  transfers: 'Transfers between customers',
  gift_card_liability: 'Gift card liability',
  refunds_payable: 'Refunds payable',
  disputes_held: 'Disputes held',
  tips_payable: 'Tips payable',
  tax_payable: 'Tax payable',
  surcharge_income: 'Surcharge income',
  write_offs: 'Write-offs',
  nsf_fees: 'Returned check fees',
  over_and_short: 'Over and short',
  revenue: 'Revenue',
} as const;

export type Account = keyof typeof ACCOUNTS;

/** One line of an entry: a positive amount from one account to another, so an entry balances by construction. */
export type Posting = {
  readonly debit: Account;
  readonly credit: Account;
  readonly customer_id: string | null;
  readonly amount_minor: number;
  readonly currency: string;
  /** The business day it counts for. Stored with the fact, so that a changed time zone moves no money. */
  readonly day: string;
};
