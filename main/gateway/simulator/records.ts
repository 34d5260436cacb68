/** What the books hold: wire objects as Square shows them, each beside the facts that Square keeps to itself. */
import type { JsonObject, Money } from './checks.ts';
import type { ErrorDetail } from './errors.ts';
import type { DisputeRecord, EvidenceRecord } from './records-disputes.ts';
import type { GiftCardActivityRecord, GiftCardRecord } from './records-gift-cards.ts';
import type { OrderRecord, PaymentLinkRecord } from './records-orders.ts';
import type { DeviceCodeRecord, TerminalCheckoutRecord } from './records-terminal.ts';

export type CardFace = {
  card_brand: string;
  last_4: string;
  exp_month: number;
  exp_year: number;
  fingerprint: string;
  card_type: string;
  prepaid_type: string;
};

/** What a card does when it is used. A code of null is an approval. */
export type Behaviour = {
  charge: string | null;
  store: string | null;
  /** `challenge` asks the payer for a code, `fail` refuses the verification, `none` needs nothing. */
  verification: 'none' | 'challenge' | 'fail';
};

export type PaymentStatus = 'APPROVED' | 'PENDING' | 'COMPLETED' | 'CANCELED' | 'FAILED';

export type CardDetails = {
  status: 'AUTHORIZED' | 'CAPTURED' | 'VOIDED' | 'FAILED';
  card: CardFace | JsonObject;
  entry_method: string;
  cvv_status: string;
  avs_status: string;
  auth_result_code?: string;
  statement_description: string;
  card_payment_timeline: { authorized_at?: string; captured_at?: string; voided_at?: string };
  errors?: ErrorDetail[];
};

export type Payment = {
  id: string;
  created_at: string;
  updated_at: string;
  amount_money: Money;
  tip_money?: Money;
  app_fee_money?: Money;
  total_money: Money;
  approved_money?: Money;
  refunded_money?: Money;
  processing_fee?: { effective_at: string; type: 'INITIAL' | 'ADJUSTMENT'; amount_money: Money }[];
  status: PaymentStatus;
  source_type: string;
  card_details?: CardDetails;
  cash_details?: { buyer_supplied_money: Money; change_back_money: Money };
  external_details?: JsonObject;
  bank_account_details?: JsonObject;
  wallet_details?: JsonObject;
  buy_now_pay_later_details?: JsonObject;
  delay_duration?: string;
  delay_action?: 'CANCEL' | 'COMPLETE';
  delayed_until?: string;
  location_id: string;
  order_id: string;
  reference_id?: string;
  customer_id?: string;
  note?: string;
  refund_ids?: string[];
  risk_evaluation?: { created_at: string; risk_level: string };
  capabilities?: string[];
  receipt_number?: string;
  receipt_url?: string;
  application_details: { square_product: string; application_id?: string };
  version_token: string;
  [name: string]: unknown;
};

export type PaymentRecord = {
  payment: Payment;
  hidden: {
    /** When something happens by itself next: expiry of a hold, end of a bank debit, arrival of the fee. */
    due_at_ms: number | null;
    fee: 'online' | 'keyed' | 'present' | null;
    idempotency_key: string | null;
    canceled_by: 'request' | 'expiry' | null;
    /** When the fee arrives; absent in books of earlier versions, where it is what is due. */
    fee_at_ms?: number | null;
    /** When its payer disputes it; null when nobody will, or has done so. */
    disputed_from_ms: number | null;
    bank_failure: string | null;
    edit: 'all' | 'none' | 'down' | 'tip_failure' | 'failure';
    behaviour: Behaviour | null;
    postal_code: string | null;
    /** Portion of the amount whose refund FAILED; it cannot be refunded again. */
    lost_minor: number;
  };
};

export type Refund = {
  id: string;
  status: 'PENDING' | 'COMPLETED' | 'REJECTED' | 'FAILED';
  location_id: string;
  unlinked: boolean;
  destination_type: string;
  destination_details?: JsonObject;
  amount_money: Money;
  payment_id?: string;
  order_id?: string;
  reason?: string;
  team_member_id?: string;
  created_at: string;
  updated_at: string;
};

export type RefundRecord = { refund: Refund; hidden: { due_at_ms: number | null; outcome: Refund['status'] } };

export type Customer = {
  id: string;
  created_at: string;
  updated_at: string;
  creation_source: string;
  preferences: { email_unsubscribed: boolean };
  version: number;
  [name: string]: unknown;
};
export type CustomerRecord = { customer: Customer };

export type StoredCard = CardFace & {
  id: string;
  customer_id: string;
  merchant_id: string;
  enabled: boolean;
  version: number;
  created_at: string;
  disabled_at?: string;
  cardholder_name?: string;
  billing_address?: JsonObject;
  reference_id?: string;
};
export type CardRecord = { card: StoredCard; hidden: { behaviour: Behaviour; postal_code: string | null } };

/** `failure` is how every debit of the account ends; null succeeds. */
export type BankAccountRecord = {
  account: { id: string; status: 'VERIFIED' | 'DISABLED'; version: number; [name: string]: unknown };
  hidden: { failure: string | null };
};

/** A one-time token made by the form. `card_id` is set when it verifies a stored card instead of a typed one. */
export type TokenRecord = {
  application_id: string;
  kind: 'card' | 'gift_card' | 'stored_card';
  created_at_ms: number;
  used: boolean;
  verified: boolean;
  face: CardFace;
  behaviour: Behaviour;
  postal_code: string | null;
  card_id: string | null;
};

export type KeyRecord = {
  operation: string;
  body_hash: string;
  at_ms: number;
  status: number;
  body: JsonObject;
  payment_id: string | null;
};

export type Meta = {
  application_id: string;
  location_id: string;
  merchant_id: string;
  fingerprint_key: string;
  born_at: string;
  offset_ms: number;
};

export type Tables = {
  payments: PaymentRecord;
  refunds: RefundRecord;
  customers: CustomerRecord;
  cards: CardRecord;
  tokens: TokenRecord;
  keys: KeyRecord;
  meta: Meta;
  device_codes: DeviceCodeRecord;
  terminal_checkouts: TerminalCheckoutRecord;
  bank_accounts: BankAccountRecord;
  orders: OrderRecord;
  disputes: DisputeRecord;
  dispute_evidence: EvidenceRecord;
  gift_cards: GiftCardRecord;
  gift_card_activities: GiftCardActivityRecord;
  payment_links: PaymentLinkRecord;
};
export type TableName = keyof Tables;
export type Change = { [T in TableName]: { table: T; id: string; value: Tables[T] | null } }[TableName];
