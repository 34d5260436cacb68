import type { TenderId } from '../../../common/contract/payments.ts';
import { card } from './card.ts';
import { cash } from './cash.ts';
import { check } from './check.ts';
import type { Tender } from './tender.ts';

/** The ways to pay, private ones first: the order of Collect. To add one: a file, and its line here. */
export const tenders = [card, cash, check] as const;

export function tenderOf(id: TenderId): Tender {
  return tenders.find(tender => tender.id === id) as unknown as Tender;
}
