import type { AttemptView, TenderId } from '../../../common/contract/payments.ts';
import type { CustomerSummary } from '../../../common/contract/customers.ts';
import type { AttemptId, CustomerId } from '../../../common/ids.ts';
import { money, type Money } from '../../../common/money.ts';
import { ROLE_PERMISSIONS, type Role } from '../../../common/permissions.ts';
import { businessDay } from '../../../common/time.ts';

/** Believable people and payments for looking at pages without a main process. Nothing here is real. */

export const TIME_ZONE = 'America/Los_Angeles';

export function dollars(minor: number): Money {
  return money(minor, 'USD');
}

let made = 0;
export function nextId(): string {
  made += 1;
  return `01900000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
}

export const CUSTOMERS: CustomerSummary[] = (
  [
    ['C-1042', 'Marisol Ortiz', '(510) 555-0142', 'marisol.ortiz@example.com'],
    ['C-0877', 'Efraín Ortega', '(510) 555-0119', ''],
    ['C-0315', 'North Bay Pediatrics', '(415) 555-0100', 'office@northbay.example'],
    ['C-1107', 'Desmond Achebe', '(510) 555-0177', 'desmond@example.com'],
    ['C-0931', 'Grace Lindqvist', '', 'grace.l@example.com'],
    ['C-0612', 'Inés Cardona', '(510) 555-0155', ''],
    ['C-0440', 'Walter Brandt', '(510) 555-0131', 'w.brandt@example.com'],
    ['C-1188', 'Yusuf Demir', '(925) 555-0108', ''],
    ['C-1201', 'Noah Feldman', '(510) 555-0190', 'noah@example.com'],
    ['C-0702', 'Beatriz Salgado', '(510) 555-0166', ''],
    ['C-0223', 'Lakeside Logistics', '(510) 555-0104', 'ap@lakeside.example'],
    ['C-0554', 'Rafael Ibarra', '(510) 555-0111', ''],
  ] as const
).map(([code, name, phone, email]) => ({ customer_id: nextId() as CustomerId, code, name, phone, email }));

export const PEOPLE = (
  [
    ['Jordan Okafor', 'clerk'],
    ['Tomás Beltrán', 'clerk'],
    ['Lucía Herrera', 'lead'],
    ['Priya Nair', 'accountant'],
    ['Dana Whitfield', 'owner'],
  ] as const
).map(([name, role]) => ({ person_id: nextId(), name, role: role as Role }));

export function personWithRights(
  role: Role,
): (typeof PEOPLE)[number] & { permissions: (typeof ROLE_PERMISSIONS)[Role] } {
  const person = PEOPLE.find(candidate => candidate.role === role) ?? PEOPLE[0]!;
  return { ...person, permissions: ROLE_PERMISSIONS[role] };
}

let number = 20_900;
/** An attempt with everything empty that `given` does not fill. */
export function attempt(tender: TenderId, amount: Money, given: Partial<AttemptView>): AttemptView {
  number += 1;
  const happened_at_ms = given.happened_at_ms ?? new Date().getTime();
  return {
    attempt_id: nextId() as AttemptId,
    reference: `D2-${String(number).padStart(6, '0')}-${(number * 2654435761).toString(16).slice(-8)}`,
    tender,
    channel: 'desk',
    amount,
    customer: null,
    state: tender === 'card' ? 'completed' : 'recorded',
    word: 'paid',
    day: businessDay(happened_at_ms, TIME_ZONE),
    happened_at_ms,
    taken_by: 'Jordan Okafor',
    card: null,
    receipt_number: null,
    decline: null,
    refusal: null,
    sync: 'none',
    sends: tender === 'card' ? 1 : 0,
    next_check_at_ms: null,
    doubt_since_ms: null,
    not_found: 0,
    watched_until_ms: null,
    gives_up_at_ms: null,
    tendered: null,
    change: null,
    check_number: null,
    fee: null,
    refunded: null,
    refunds: [],
    square_payment_id: null,
    foreign: false,
    ...given,
  };
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const visa = (last4: string): AttemptView['card'] => ({ brand: 'VISA', last4 });

type Past = [TenderId, number, number | null, number, Partial<AttemptView>];
/** Tender, cents, which customer, how long ago, and what else is true of it. */
const PAST: Past[] = [
  ['card', 12000, 0, 190 * MINUTE_MS, { card: visa('4242'), receipt_number: 'D2-004817', fee: dollars(435) }],
  ['card', 6000, 6, 22 * MINUTE_MS, { card: visa('5402'), word: 'in_doubt', state: 'unknown', sends: 2 }],
  [
    'card',
    21000,
    4,
    31 * MINUTE_MS,
    { card: visa('0002'), word: 'declined', state: 'declined', decline: 'insufficient_funds' },
  ],
  ['cash', 2650, 11, 47 * MINUTE_MS, { tendered: dollars(4000), change: dollars(1350), receipt_number: 'D2-004816' }],
  ['check', 30500, 8, 71 * MINUTE_MS, { check_number: '1187', receipt_number: 'D2-004815', taken_by: 'Tomás Beltrán' }],
  ['card', 9600, 9, 88 * MINUTE_MS, { card: visa('8102'), channel: 'phone', receipt_number: 'D2-004814' }],
  ['cash', 1500, null, 120 * MINUTE_MS, { tendered: dollars(1500), change: dollars(0), receipt_number: 'D2-004813' }],
  [
    'card',
    4000,
    5,
    150 * MINUTE_MS,
    { card: visa('6120'), word: 'refused', state: 'invalid', refusal: 'amount_too_low' },
  ],
  ['card', 15000, 7, DAY_MS, { card: visa('6120'), receipt_number: 'D2-004790', fee: dollars(540) }],
  ['card', 5518, null, DAY_MS, { foreign: true, card: visa('5518'), taken_by: 'Another device' }],
  ['card', 64000, 10, 3 * DAY_MS, { card: visa('0341'), word: 'not_charged', state: 'closed_not_charged' }],
  ['card', 6000, 0, 28 * DAY_MS, { card: visa('4417'), receipt_number: 'D2-004402', fee: dollars(225) }],
  ['cash', 4500, 0, 60 * DAY_MS, { tendered: dollars(5000), change: dollars(500), receipt_number: 'D2-003918' }],
  ['check', 8000, 0, 92 * DAY_MS, { check_number: '2204', receipt_number: 'D2-003120' }],
];

/** What happened at this desk so far, newest first. */
export function history(now_ms: number): AttemptView[] {
  return PAST.map(([tender, minor, index, ago_ms, given]) => {
    const customer = index === null ? undefined : CUSTOMERS[index];
    const doubtful = given.word === 'in_doubt';
    return attempt(tender, dollars(minor), {
      customer: customer ? { customer_id: customer.customer_id, name: customer.name } : null,
      happened_at_ms: now_ms - ago_ms,
      next_check_at_ms: doubtful ? now_ms + 9000 : null,
      doubt_since_ms: doubtful ? now_ms - ago_ms : null,
      gives_up_at_ms: doubtful ? now_ms + DAY_MS : null,
      sync: tender === 'card' ? 'none' : 'confirmed',
      ...given,
    });
  }).sort((left, right) => right.happened_at_ms - left.happened_at_ms);
}
