/** What the books hold of terminals: device codes and checkouts. */
import type { Money } from './checks.ts';

export type DeviceCode = {
  id: string;
  name?: string;
  code: string;
  device_id?: string;
  product_type: 'TERMINAL_API';
  location_id: string;
  status: 'UNPAIRED' | 'PAIRED' | 'EXPIRED';
  pair_by: string;
  created_at: string;
  status_changed_at: string;
  paired_at?: string;
};
export type DeviceCodeRecord = { code: DeviceCode; hidden: { due_at_ms: number | null } };

export type CheckoutStatus = 'PENDING' | 'IN_PROGRESS' | 'CANCEL_REQUESTED' | 'CANCELED' | 'COMPLETED';

export type TerminalCheckout = {
  id: string;
  amount_money: Money;
  tip_money?: Money;
  reference_id?: string;
  note?: string;
  device_options: { device_id: string; [name: string]: unknown };
  payment_options: { autocomplete: boolean; [name: string]: unknown };
  payment_type: string;
  deadline_duration: string;
  status: CheckoutStatus;
  cancel_reason?: 'BUYER_CANCELED' | 'SELLER_CANCELED' | 'TIMED_OUT';
  payment_ids?: string[];
  created_at: string;
  updated_at: string;
  app_id: string;
  location_id: string;
  [name: string]: unknown;
};

export type TerminalCheckoutRecord = {
  checkout: TerminalCheckout;
  hidden: {
    due_at_ms: number | null;
    /** When the device fetches it; null for a device that never does. */
    fetch_at_ms: number | null;
    /** When the payer of a test device has done what it does; null waits for a person. */
    payer_at_ms: number | null;
    /** When the device obeys a cancel that the seller asked for. */
    cancel_at_ms: number | null;
    deadline_ms: number;
  };
};
