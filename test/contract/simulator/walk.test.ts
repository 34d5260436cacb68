/**
 * A seeded walk through every way to pay: people pay, decline, cancel, dispute and refund in any order while time goes by,
 * and after every step the books must still add up. `WALK_SEED` and `WALK_STEPS` choose another one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SquareClient } from 'square';
import { expect, test } from 'vitest';
import type { Payment } from '../../../main/gateway/simulator/records.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { makeToken, startBench, usd, type Bench } from './support.ts';

const SEED = Number(process.env['WALK_SEED'] ?? 20_260_101);
const STEPS = Number(process.env['WALK_STEPS'] ?? 250);
const DEVICES = [
  '9fa747a2-25ff-48ee-b078-04381f7c828f',
  '22cd266c-6246-4c06-9983-67f0c26346b0',
  '841100b9-ee60-4537-9bcf-e30b2ba5e215',
  'da40d603-c2ea-4a65-8cfd-f42e36dab0c7',
];
const SOURCES = ['cnon:card-nonce-ok', 'cnon:card-nonce-ok', 'cnon:card-nonce-declined', 'bnon:bank-nonce-ok'];

/** Numbers from 0 up to and without `below`; the same seed gives the same ones. */
function makeDice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Bytes for the simulator's ids, so that a seed repeats everything. */
function chance(seed: number): (length: number) => Buffer {
  const dice = makeDice(seed + 1);
  return length => Buffer.from(Array.from({ length }, () => dice(256)));
}

type Walk = {
  bench: Bench;
  dice(below: number): number;
  orders: string[];
  links: string[];
  checkouts: string[];
  /** A terminal that waits for a person. */
  terminal: string;
  gifts: { id: string; gan: string }[];
};
type Step = (walk: Walk, client: SquareClient) => Promise<unknown>;

const pick = <T>(walk: Walk, list: readonly T[]): T | undefined => list[walk.dice(list.length)];
const amountOf = (walk: Walk) => (walk.dice(8) === 0 ? 8_801 + walk.dice(9) : 1 + walk.dice(9_000));
const payments = (walk: Walk) => walk.bench.simulator.control.payments();

async function pair(bench: Bench): Promise<string> {
  const request = { idempotencyKey: bench.key(), deviceCode: { productType: 'TERMINAL_API' } } as const;
  const { code } = (await bench.client.devices.codes.create(request)).deviceCode!;
  return bench.simulator.control.people.pairDevice(code!).device_id!;
}

async function order(walk: Walk, client: SquareClient): Promise<string> {
  const lineItems = [{ quantity: String(1 + walk.dice(3)), basePriceMoney: usd(amountOf(walk)) }];
  const wish = { locationId: walk.bench.simulator.locationId, lineItems };
  const made = await client.orders.create({ idempotencyKey: walk.bench.key(), order: wish });
  walk.orders.push(made.order!.id!);
  return made.order!.id!;
}

const STEPS_OF_PEOPLE: Step[] = [
  order,
  async (walk, client) => {
    const orderId = pick(walk, walk.orders) ?? (await order(walk, client));
    const { netAmountDueMoney: due } = (await client.orders.get({ orderId })).order!;
    const autocomplete = walk.dice(2) === 0;
    const amount = autocomplete ? Number(due!.amount) : 1 + walk.dice(Number(due!.amount) + 5);
    const request = { sourceId: pick(walk, SOURCES)!, amountMoney: usd(amount), orderId, autocomplete };
    return client.payments.create({ ...request, idempotencyKey: walk.bench.key() });
  },
  async (walk, client) => {
    const orderId = pick(walk, walk.orders)!;
    const held = payments(walk).filter(one => one.order_id === orderId && one.status === 'APPROVED');
    const paymentIds = held.map(one => one.id);
    return client.orders.pay({ orderId, idempotencyKey: walk.bench.key(), paymentIds });
  },
  async (walk, client) => {
    const quickPay = { name: 'Bill', priceMoney: usd(amountOf(walk)), locationId: walk.bench.simulator.locationId };
    const made = await client.checkout.paymentLinks.create({ idempotencyKey: walk.bench.key(), quickPay });
    walk.links.push(made.paymentLink!.id!);
  },
  async walk =>
    walk.bench.simulator.control.people.payLink(pick(walk, walk.links)!, { source_id: pick(walk, SOURCES)! }),
  async (walk, client) => client.checkout.paymentLinks.delete({ id: pick(walk, walk.links)! }),
  async (walk, client) => {
    const deviceId = pick(walk, [...DEVICES, walk.terminal])!;
    const orderId = walk.dice(3) === 0 ? pick(walk, walk.orders) : undefined;
    const due = orderId === undefined ? null : (await client.orders.get({ orderId })).order!.netAmountDueMoney!;
    const amountMoney = due ?? usd(amountOf(walk));
    const checkout = { amountMoney, deviceOptions: { deviceId }, ...(orderId === undefined ? {} : { orderId }) };
    const made = await client.terminal.checkouts.create({ idempotencyKey: walk.bench.key(), checkout });
    walk.checkouts.push(made.checkout!.id!);
  },
  async walk => {
    const shown = walk.checkouts.filter(() => walk.dice(2) === 0).slice(0, 5);
    for (const id of shown)
      walk.bench.simulator.control.people.tapCard(id, walk.dice(3) === 0 ? { decline: 'GENERIC_DECLINE' } : {});
  },
  async (walk, client) => client.terminal.checkouts.cancel({ checkoutId: pick(walk, walk.checkouts)! }),
  async (walk, client) => {
    const locationId = walk.bench.simulator.locationId;
    const giftCard = { type: 'DIGITAL' as const };
    const made = (await client.giftCards.create({ idempotencyKey: walk.bench.key(), locationId, giftCard })).giftCard!;
    const activateActivityDetails = { amountMoney: usd(amountOf(walk)), buyerPaymentInstrumentIds: ['elsewhere'] };
    const giftCardActivity = { type: 'ACTIVATE' as const, giftCardId: made.id!, locationId, activateActivityDetails };
    await client.giftCards.activities.create({ idempotencyKey: walk.bench.key(), giftCardActivity });
    walk.gifts.push({ id: made.id!, gan: made.gan! });
  },
  async (walk, client) => {
    const gift = pick(walk, walk.gifts)!;
    const { token } = await makeToken(walk.bench, gift.gan, { kind: 'gift_card' });
    const partial = walk.dice(2) === 0 ? { autocomplete: false, acceptPartialAuthorization: true } : {};
    const request = { sourceId: token, amountMoney: usd(amountOf(walk)), ...partial };
    return client.payments.create({ ...request, idempotencyKey: walk.bench.key() });
  },
  async (walk, client) => {
    const payment = pick(walk, payments(walk))!;
    const amountMoney = usd(1 + walk.dice(payment.total_money.amount));
    return client.refunds.refundPayment({ idempotencyKey: walk.bench.key(), paymentId: payment.id, amountMoney });
  },
  async (walk, client) => client.payments.complete({ paymentId: pick(walk, payments(walk))!.id }),
  async (walk, client) => client.payments.cancel({ paymentId: pick(walk, payments(walk))!.id }),
  async (walk, client) => {
    const dispute = pick(walk, (await client.disputes.list()).data);
    if (dispute) await client.disputes.accept({ disputeId: dispute.id! });
  },
  async walk => walk.bench.simulator.control.advance([500, 5_000, 60_000, 86_400_000][walk.dice(4)]!),
];

/** What is wrong with the books, one sentence each. */
function faultsOf(all: Payment[], orders: Map<string, number>, disputes: { [name: string]: unknown }[]): string[] {
  const faults: string[] = [];
  const taken = new Map<string, number>();
  for (const payment of all) {
    const approved = payment.approved_money?.amount ?? 0;
    const { id, status, total_money, refunded_money } = payment;
    if (approved > total_money.amount) faults.push(`${id} took more than it asked for`);
    if ((refunded_money?.amount ?? 0) > approved) faults.push(`${id} gave back more than it took`);
    if ((status === 'CANCELED' || status === 'FAILED') && approved !== 0)
      faults.push(`${id} is ${status} and took money`);
    const tip = payment.tip_money?.amount ?? 0;
    if (status !== 'CANCELED' && status !== 'FAILED') {
      taken.set(payment.order_id, (taken.get(payment.order_id) ?? 0) + approved - tip);
    }
  }
  for (const [id, total] of orders) {
    if ((taken.get(id) ?? 0) > total) faults.push(`more than ${total} was taken for the order ${id}`);
  }
  const disputed = disputes.map(dispute => (dispute['disputed_payment'] as { payment_id: string }).payment_id);
  for (const id of new Set(disputed)) {
    if (disputed.filter(other => other === id).length > 1) faults.push(`${id} is disputed twice`);
  }
  return faults;
}

async function totals(walk: Walk, client: SquareClient): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const orderId of walk.orders) {
    const { totalMoney, totalTipMoney } = (await client.orders.get({ orderId })).order!;
    found.set(orderId, Number(totalMoney!.amount) - Number(totalTipMoney!.amount));
  }
  return found;
}

test('whatever people do, the books add up, and are the same after a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'walk-books-'));
  const options = { clock: createFakeClock(), random: chance(SEED), directory };
  const bench = await startBench(options);
  const walk: Walk = {
    bench,
    dice: makeDice(SEED),
    orders: [],
    links: [],
    checkouts: [],
    terminal: await pair(bench),
    gifts: [],
  };
  const { client, simulator } = bench;
  const refused = new Set<string>();
  try {
    for (let step = 0; step < STEPS; step += 1) {
      const act = pick(walk, STEPS_OF_PEOPLE)!;
      await act(walk, client).catch((error: Error) => {
        const text = error.message;
        if (/INTERNAL_SERVER_ERROR|breaks the contract/.test(text)) throw error;
        refused.add(/"code": *"(\w+)"/.exec(text)?.[1] ?? error.name);
      });
      const faults = faultsOf(payments(walk), new Map(), simulator.control.disputes());
      expect(faults, `seed ${SEED}, step ${step}`).toEqual([]);
    }
    const faults = faultsOf(payments(walk), await totals(walk, client), simulator.control.disputes());
    expect(faults, `seed ${SEED}`).toEqual([]);
    for (const { id } of walk.gifts) {
      const { balanceMoney } = (await client.giftCards.get({ id })).giftCard!;
      const activities = (await client.giftCards.activities.list({ giftCardId: id, sortOrder: 'ASC' })).data;
      const sum = activities.reduce((total, one) => total + signed(one), 0);
      expect(Number(balanceMoney!.amount), `gift card ${id}, seed ${SEED}`).toBe(sum);
      expect(sum).toBeGreaterThanOrEqual(0);
    }
    expect(payments(walk).length).toBeGreaterThan(20);
    expect(refused.size).toBeGreaterThan(3);
  } finally {
    await simulator.close();
  }
  const before = [payments(walk), simulator.control.disputes()];
  const again = (await startBench(options)).simulator;
  expect([again.control.payments(), again.control.disputes()]).toEqual(before);
  await again.close();
  rmSync(directory, { recursive: true });
});

type Activity = {
  type: string;
  activateActivityDetails?: { amountMoney?: { amount?: bigint | null } };
  redeemActivityDetails?: { amountMoney: { amount?: bigint | null }; status?: string };
  refundActivityDetails?: { amountMoney?: { amount?: bigint | null } };
};

function signed(activity: Activity): number {
  const redeemed = activity.redeemActivityDetails;
  if (redeemed) return redeemed.status === 'CANCELED' ? 0 : -Number(redeemed.amountMoney.amount);
  const given = activity.activateActivityDetails ?? activity.refundActivityDetails;
  return Number(given?.amountMoney?.amount ?? 0);
}

test('books that do not add up are noticed', () => {
  const money = (amount: number) => ({ amount, currency: 'USD' });
  const good = { id: 'A', order_id: 'O', status: 'COMPLETED', total_money: money(10), approved_money: money(10) };
  const faults = (wish: object, total = 10, disputes: object[] = []) =>
    faultsOf([{ ...good, ...wish } as Payment], new Map([['O', total]]), disputes as { [name: string]: unknown }[]);
  expect(faults({})).toEqual([]);
  expect(faults({ approved_money: money(11) }, 11)).toEqual(['A took more than it asked for']);
  expect(faults({ refunded_money: money(11) })).toEqual(['A gave back more than it took']);
  expect(faults({ status: 'FAILED' })).toEqual(['A is FAILED and took money']);
  expect(faults({}, 9)).toEqual(['more than 9 was taken for the order O']);
  const twice = [{ disputed_payment: { payment_id: 'A' } }, { disputed_payment: { payment_id: 'A' } }];
  expect(faults({}, 10, twice)).toEqual(['A is disputed twice']);
});
