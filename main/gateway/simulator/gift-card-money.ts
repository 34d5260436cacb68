/** What is on a gift card: what its activities gave it, less what payments took, plus what refunds brought back. */
import type { Payment } from './records.ts';
import type { GiftCardActivity, GiftCardRecord } from './records-gift-cards.ts';
import type { World } from './world.ts';

/** The card behind a number or a token, when the books have it. */
export function giftCardOf(world: World, fingerprint: string): GiftCardRecord | undefined {
  return world.books.all('gift_cards').find(record => record.hidden.fingerprint === fingerprint);
}

/** What the card can pay, in minor units; `first_minor` stands for a card that the books do not have. */
export function giftCardMoney(world: World, fingerprint: string, first_minor: number): number {
  const record = giftCardOf(world, fingerprint);
  let left = record ? record.hidden.first_minor : first_minor;
  if (record) {
    for (const { activity, hidden } of world.books.all('gift_card_activities')) {
      if (activity.gift_card_id === record.card.id) left += hidden.delta_minor;
    }
  }
  for (const payment of paymentsWith(world, fingerprint)) {
    left -= (payment.approved_money?.amount ?? 0) - (payment.refunded_money?.amount ?? 0);
  }
  return Math.max(0, left);
}

function paymentsWith(world: World, fingerprint: string): Payment[] {
  return world.books
    .all('payments')
    .flatMap(({ payment }) => (payment.card_details?.card['fingerprint'] === fingerprint ? [payment] : []));
}

/** Everything that happened to a card, the oldest first, each with the balance after it. */
export function activitiesOf(world: World, record: GiftCardRecord): GiftCardActivity[] {
  const { card, hidden } = record;
  const events = world.books
    .all('gift_card_activities')
    .filter(({ activity }) => activity.gift_card_id === card.id)
    .map(({ activity, hidden: { delta_minor } }) => ({ activity, delta_minor }));
  const base = {
    location_id: world.meta.location_id,
    gift_card_id: card.id,
    ...(card.gan === undefined ? {} : { gift_card_gan: card.gan }),
  };
  for (const payment of paymentsWith(world, hidden.fingerprint)) {
    if (payment.status === 'FAILED') continue;
    const amount = payment.approved_money!;
    const status = payment.status === 'APPROVED' ? 'PENDING' : payment.status;
    // A canceled payment took nothing in the end, and shows what it had asked for.
    const amount_money = status === 'CANCELED' ? payment.total_money : amount;
    const id = `gcact_${payment.id}`;
    events.push({
      activity: {
        ...base,
        id,
        type: 'REDEEM',
        created_at: payment.created_at,
        redeem_activity_details: { amount_money, payment_id: payment.id, status },
      },
      delta_minor: -amount.amount,
    });
    events.push(...refundsOf(world, payment, id, base));
  }
  // Sorting keeps the order of what happened in the same millisecond.
  const time = (event: (typeof events)[number]) => Date.parse(event.activity.created_at);
  events.sort((left, right) => time(left) - time(right));
  const { currency } = world.settings.location;
  let balance = hidden.first_minor;
  return events.map(({ activity, delta_minor }) => {
    balance += delta_minor;
    return { ...activity, gift_card_balance_money: { amount: balance, currency } };
  });
}

function refundsOf(world: World, payment: Payment, redeem_activity_id: string, base: Partial<GiftCardActivity>) {
  return world.books.all('refunds').flatMap(({ refund }) => {
    if (refund.payment_id !== payment.id || refund.status === 'REJECTED' || refund.status === 'FAILED') return [];
    const { amount_money } = refund;
    const details = { redeem_activity_id, amount_money, payment_id: payment.id };
    const id = `gcact_${refund.id}`;
    const activity = { ...base, id, type: 'REFUND', created_at: refund.created_at, refund_activity_details: details };
    return [{ activity: activity as GiftCardActivity, delta_minor: amount_money.amount }];
  });
}
