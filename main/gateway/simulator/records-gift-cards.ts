/** What the books hold of gift cards. What payments took from a card is read from the payments, not kept twice. */
import type { Money } from './checks.ts';

export type GiftCardState = 'PENDING' | 'ACTIVE' | 'DEACTIVATED' | 'BLOCKED';

export type GiftCard = {
  id: string;
  type: 'PHYSICAL' | 'DIGITAL';
  gan_source: 'SQUARE' | 'OTHER';
  state: GiftCardState;
  /** Absent for cards that were seen in the form first: their number was never kept. */
  gan?: string;
  created_at: string;
  customer_ids?: string[];
};

export type GiftCardRecord = {
  card: GiftCard;
  /** `first_minor` is what the card held when it was first seen; cards that were made here begin with nothing. */
  hidden: { fingerprint: string; first_minor: number };
};

export type GiftCardActivity = {
  id: string;
  type: string;
  location_id: string;
  created_at: string;
  gift_card_id: string;
  gift_card_gan?: string;
  gift_card_balance_money?: Money;
  [name: string]: unknown;
};

/** `delta_minor` is what the activity adds to the balance. */
export type GiftCardActivityRecord = { activity: GiftCardActivity; hidden: { delta_minor: number } };
