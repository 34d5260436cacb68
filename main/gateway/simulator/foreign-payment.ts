/** Payments that this application never asked for: somebody used Square's own applications on the same account. */
import type { JsonObject } from './checks.ts';
import { createPayment } from './payment-create.ts';
import type { PaymentRecord } from './records.ts';
import type { World } from './world.ts';

/** A payment that another device took: completed, without a key, never seen by this application before. */
export function foreignPayment(
  world: World,
  wish: { amount_minor: number; source: 'CARD' | 'CASH'; note?: string },
): PaymentRecord {
  const amount = { amount: wish.amount_minor, currency: world.settings.location.currency };
  const body: JsonObject = {
    source_id: wish.source === 'CARD' ? 'cnon:card-nonce-ok' : 'CASH',
    idempotency_key: world.id('elsewhere-', 20),
    amount_money: amount,
    ...(wish.note === undefined ? {} : { note: wish.note }),
    ...(wish.source === 'CASH' ? { cash_details: { buyer_supplied_money: amount } } : {}),
  };
  const answer = createPayment(world, body);
  const change = answer.changes?.find(candidate => candidate.table === 'payments');
  if (!change || change.table !== 'payments' || !change.value) throw new Error('A foreign payment was not made.');
  const record = change.value;
  record.hidden.idempotency_key = null;
  record.payment.application_details = { square_product: 'SQUARE_POS' };
  record.payment.device_details = { device_id: 'DEVICE:front-counter', device_name: 'Front counter' };
  if (record.payment.card_details) record.payment.card_details.entry_method = 'CONTACTLESS';
  world.books.commit(world.now(), [change]);
  return record;
}
