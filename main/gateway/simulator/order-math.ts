/**
 * What an order comes to, in whole minor units: gross amounts, discounts, taxes and service charges, rounded half to even
 * as Square documents. Percentages are texts like `7.25`; quantities are texts with up to five decimals.
 */
import { isObject, money, text, type JsonObject, type Money } from './checks.ts';
import { refuse } from './errors.ts';

const SCALE = 100_000;

/** Five hundred lines of this still add up exactly. */
const HIGHEST_LINE_MINOR = 10 ** 12;

type Line = { item: JsonObject; gross: number; discount: number; tax: number; inclusive: number };

/** The order with every amount worked out. Refuses what cannot be worked out; `currency` is the seller's. */
export function withTotals<T extends JsonObject>(wish: T, currency: string): T & { total_money: Money } {
  const asMoney = (amount: number): Money => ({ amount, currency });
  const lines = rows(wish, 'line_items').map((item, index) => readLine(item, index, currency));
  const discounts = rows(wish, 'discounts').map((row, index) => applyDiscount(row, index, lines, asMoney));
  const net = sum(lines, line => line.gross - line.discount);
  const taxes = rows(wish, 'taxes').map((row, index) => applyTax(row, index, lines, asMoney));
  const tax = sum(lines, line => line.tax);
  const inclusive = sum(lines, line => line.inclusive);
  const charges = rows(wish, 'service_charges').map((row, index) => charge(row, index, { net, tax }, asMoney));
  const service = sum(charges, row => money(row, 'total_money')!.amount);
  const total_money = asMoney(net + tax + service);
  const shown: JsonObject = {
    ...wish,
    ...(lines.length > 0 ? { line_items: lines.map((line, index) => showLine(line, index, asMoney)) } : {}),
    ...(discounts.length > 0 ? { discounts } : {}),
    ...(taxes.length > 0 ? { taxes } : {}),
    ...(charges.length > 0 ? { service_charges: charges } : {}),
    total_money,
    total_tax_money: asMoney(tax + inclusive),
    total_discount_money: asMoney(sum(lines, line => line.discount)),
    total_tip_money: asMoney(0),
    total_service_charge_money: asMoney(service),
  };
  return shown as T & { total_money: Money };
}

/** The entries of a list of the order; what is no list is none. */
export function rows(order: JsonObject, name: string): JsonObject[] {
  const list = order[name];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function sum<T>(list: T[], amount: (entry: T) => number): number {
  return list.reduce((total, entry) => total + amount(entry), 0);
}

/** `amount * numerator / denominator`, rounded half to even; exact for every amount a payment can have. */
export function share(amount: number, numerator: number, denominator: number): number {
  const top = BigInt(amount) * BigInt(numerator);
  const bottom = BigInt(denominator);
  const whole = top / bottom;
  const twice = (top % bottom) * 2n;
  const up = twice > bottom || (twice === bottom && whole % 2n === 1n);
  return Number(up ? whole + 1n : whole);
}

function scaled(given: string, field: string): number {
  const match = /^(\d{1,7})(?:\.(\d{1,5}))?$/.exec(given);
  if (!match) throw refuse('INVALID_VALUE', 'Expected a decimal number with up to five decimals.', field);
  return Number(match[1]) * SCALE + Number((match[2] ?? '').padEnd(5, '0'));
}

function readLine(item: JsonObject, index: number, currency: string): Line {
  const field = `order.line_items[${index}]`;
  if (item['catalog_object_id'] !== undefined && item['catalog_object_id'] !== null) {
    throw refuse('NOT_FOUND', 'There is no catalog here; give the price of the item.', `${field}.catalog_object_id`);
  }
  const price = money(item, 'base_price_money');
  if (!price) throw refuse('MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', `${field}.base_price_money`);
  if (price.currency !== currency) {
    throw refuse('CURRENCY_MISMATCH', `The order is in ${currency}.`, `${field}.base_price_money.currency`);
  }
  const quantity = scaled(text(item, 'quantity') ?? '', `${field}.quantity`);
  const gross = share(price.amount, quantity, SCALE);
  if (gross > HIGHEST_LINE_MINOR) throw refuse('VALUE_TOO_HIGH', 'The item costs too much.', field);
  return { item, gross, discount: 0, tax: 0, inclusive: 0 };
}

/** The lines that a discount or tax is for: all of them, or those that name it. */
function chosen(row: JsonObject, lines: Line[], list: string, key: string): Line[] {
  if (text(row, 'scope') !== 'LINE_ITEM') return lines;
  return lines.filter(line => rows(line.item, list).some(applied => applied[key] === row['uid']));
}

function applyDiscount(row: JsonObject, index: number, lines: Line[], asMoney: (amount: number) => Money): JsonObject {
  const field = `order.discounts[${index}]`;
  const picked = chosen(row, lines, 'applied_discounts', 'discount_uid');
  const before = sum(picked, line => line.discount);
  const percentage = text(row, 'percentage');
  const amount = money(row, 'amount_money');
  if ((percentage === undefined) === (amount === undefined)) {
    throw refuse('BAD_REQUEST', 'A discount is either a percentage or an amount.', field);
  }
  if (percentage !== undefined) {
    const rate = Math.min(scaled(percentage, `${field}.percentage`), 100 * SCALE);
    for (const line of picked) line.discount += share(line.gross - line.discount, rate, 100 * SCALE);
  } else {
    const open = sum(picked, line => line.gross - line.discount);
    let left = Math.min(amount!.amount, open);
    for (const [place, line] of picked.entries()) {
      const room = line.gross - line.discount;
      const last = place === picked.length - 1;
      const part = last ? left : Math.min(left, share(room, Math.min(amount!.amount, open), Math.max(open, 1)));
      line.discount += Math.min(part, room);
      left -= Math.min(part, room);
    }
  }
  const applied_money = asMoney(sum(picked, line => line.discount) - before);
  const type = percentage === undefined ? 'FIXED_AMOUNT' : 'FIXED_PERCENTAGE';
  return { ...row, uid: row['uid'] ?? `discount-${index + 1}`, type, scope: row['scope'] ?? 'ORDER', applied_money };
}

function applyTax(row: JsonObject, index: number, lines: Line[], asMoney: (amount: number) => Money): JsonObject {
  const rate = scaled(text(row, 'percentage') ?? '', `order.taxes[${index}].percentage`);
  const included = text(row, 'type') === 'INCLUSIVE';
  let applied = 0;
  for (const line of chosen(row, lines, 'applied_taxes', 'tax_uid')) {
    const net = line.gross - line.discount;
    const part = included ? share(net, rate, 100 * SCALE + rate) : share(net, rate, 100 * SCALE);
    if (included) line.inclusive += part;
    else line.tax += part;
    applied += part;
  }
  const type = included ? 'INCLUSIVE' : 'ADDITIVE';
  const uid = row['uid'] ?? `tax-${index + 1}`;
  return { ...row, uid, type, scope: row['scope'] ?? 'ORDER', applied_money: asMoney(applied) };
}

function charge(
  row: JsonObject,
  index: number,
  base: { net: number; tax: number },
  asMoney: (amount: number) => Money,
): JsonObject {
  const phase = text(row, 'calculation_phase') ?? 'SUBTOTAL_PHASE';
  const percentage = text(row, 'percentage');
  const of = phase === 'TOTAL_PHASE' ? base.net + base.tax : base.net;
  const rate = percentage === undefined ? 0 : scaled(percentage, `order.service_charges[${index}].percentage`);
  const amount = percentage === undefined ? (money(row, 'amount_money')?.amount ?? 0) : share(of, rate, 100 * SCALE);
  return {
    ...row,
    uid: row['uid'] ?? `charge-${index + 1}`,
    calculation_phase: phase,
    applied_money: asMoney(amount),
    total_money: asMoney(amount),
    total_tax_money: asMoney(0),
  };
}

function showLine(line: Line, index: number, asMoney: (amount: number) => Money): JsonObject {
  return {
    item_type: 'ITEM',
    ...line.item,
    uid: line.item['uid'] ?? `item-${index + 1}`,
    gross_sales_money: asMoney(line.gross),
    variation_total_price_money: asMoney(line.gross),
    total_discount_money: asMoney(line.discount),
    total_tax_money: asMoney(line.tax + line.inclusive),
    total_service_charge_money: asMoney(0),
    total_money: asMoney(line.gross - line.discount + line.tax),
  };
}
