/** What the books hold of orders and payment links. What was paid for an order is read from the payments, not kept twice. */
import type { JsonObject, Money } from './checks.ts';

export type OrderState = 'OPEN' | 'COMPLETED' | 'CANCELED' | 'DRAFT';

export type Order = {
  id: string;
  location_id: string;
  state: OrderState;
  version: number;
  created_at: string;
  updated_at: string;
  closed_at?: string;
  reference_id?: string;
  line_items?: JsonObject[];
  taxes?: JsonObject[];
  discounts?: JsonObject[];
  service_charges?: JsonObject[];
  total_money: Money;
  [name: string]: unknown;
};

export type OrderRecord = {
  /** As it was asked for, with its totals; its state is the one that somebody gave it. */
  order: Order;
  /** Orders of a payment link stay OPEN when they are paid. */
  hidden: { link_id: string | null };
};

export type PaymentLink = {
  id: string;
  version: number;
  description?: string;
  order_id: string;
  checkout_options?: JsonObject;
  pre_populated_data?: JsonObject;
  payment_note?: string;
  created_at: string;
  updated_at?: string;
};

/** `code` is the last part of the address of the page. */
export type PaymentLinkRecord = { link: PaymentLink; code: string };
