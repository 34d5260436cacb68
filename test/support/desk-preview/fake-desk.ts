import type { Bridge, CallName, EventName } from '../../../common/contract/index.ts';
import type { SessionState } from '../../../common/contract/office.ts';
import { AppError } from '../../../common/errors.ts';
import { hasCardNumber } from '../../../common/card-numbers.ts';
import type { CustomerId } from '../../../common/ids.ts';
import { add, type Money } from '../../../common/money.ts';
import type { Role } from '../../../common/permissions.ts';
import { businessDay } from '../../../common/time.ts';
import { CUSTOMERS, PEOPLE, TIME_ZONE, dollars, nextId, personWithRights } from './fake-data.ts';
import { FakeFields } from './fake-fields.ts';
import { officeAnswers } from './fake-office.ts';
import { FakePayments } from './fake-payments.ts';
import { refundAnswers } from './fake-refunds.ts';
import type { Answers, FakeWorld } from './fake-world.ts';
import type { Situation } from './situations.ts';

export type FakeOptions = {
  readonly situation: Situation;
  readonly theme: SessionState['appearance']['theme'];
  readonly contrast: SessionState['appearance']['contrast'];
  readonly role: Role;
};

/** A bridge that answers every call of the contract from memory, so pages can be looked at and pressed. */
export function makeFakeDesk(options: FakeOptions): Bridge {
  const listeners = new Set<(name: EventName, payload: unknown) => void>();
  const announce = (name: EventName, payload: unknown): void => {
    for (const listener of listeners) setTimeout(() => listener(name, payload), 0);
  };
  const now_ms = new Date().getTime();
  const world: FakeWorld = {
    situation: options.situation,
    announce,
    payments: new FakePayments(options.situation, now_ms),
    session: firstSession(options),
    online: options.situation !== 'offline',
  };
  const answers: Answers = { ...officeAnswers(world), ...moneyAnswers(world), ...refundAnswers(world) };
  return {
    async call(name, input) {
      if (isMending(name, options.situation)) world.announce('ledger.mending', { done: 152_000, of: 350_000 });
      await new Promise(resolve => setTimeout(resolve, waitFor(name, options.situation)));
      try {
        // What cannot be cloned could not cross the real door either.
        const value = answers[name](structuredClone(input) as never);
        return { ok: true, value: structuredClone(value) };
      } catch (problem) {
        const error = problem instanceof AppError ? problem : new AppError('internal');
        return { ok: false, error: { code: error.code, details: error.details } };
      }
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const isMending = (name: CallName, situation: Situation): boolean =>
  name === 'session.sign_in' && situation === 'mending';

function waitFor(name: CallName, situation: Situation): number {
  if (isMending(name, situation)) return 60_000;
  if (name !== 'payments.take') return 15;
  return situation === 'working' ? 300 : 500;
}

const BROKEN: Partial<Record<Situation, SessionState['broken']>> = {
  broken: { code: 'ledger_behind_anchor', details: { missing_records: 3 } },
  disk_failing: { code: 'ledger_damaged', details: { engine: 'SQLITE_IOERR_WRITE' } },
};

function firstSession(options: FakeOptions): SessionState {
  const { situation } = options;
  const phases: Partial<Record<Situation, SessionState['phase']>> = {
    setup: 'setup',
    signed_out: 'signed_out',
    mending: 'signed_out',
    choose_password: 'choose_password',
    locked: 'locked',
    broken: 'broken',
    disk_failing: 'broken',
  };
  const phase = phases[situation] ?? 'open';
  const inside = phase === 'open' || phase === 'locked' || phase === 'choose_password';
  return {
    phase,
    mode: phase === 'setup' ? null : situation === 'live' ? 'live' : 'training',
    people: phase === 'setup' ? [] : PEOPLE.map(person => ({ ...person, needs_password: false })),
    person: inside
      ? { ...personWithRights(options.role), permissions: [...personWithRights(options.role).permissions] }
      : null,
    office:
      phase === 'setup' || phase === 'broken'
        ? null
        : {
            name: 'Lakeshore Dental',
            desk: 'Desk 2',
            currency: 'USD',
            time_zone: TIME_ZONE,
            locale: 'en-US',
            today: businessDay(new Date().getTime(), TIME_ZONE),
          },
    broken: phase === 'broken' ? (BROKEN[situation] ?? null) : null,
    wait_ms: 0,
    preview: situation !== 'live',
    other_mode: null,
    version: '0.1.0',
    appearance: { theme: options.theme, contrast: options.contrast },
  };
}

type MoneyCalls = Extract<
  CallName,
  `payments.${string}` | `customers.${string}` | `card_fields.${string}` | `receipts.${string}` | `activity.${string}`
>;

function moneyAnswers(world: FakeWorld): Pick<Answers, MoneyCalls> {
  const { payments, situation } = world;
  const fields = new FakeFields(
    world.announce,
    situation === 'fields_fail',
    situation === 'fields_slow' ? 60_000 : 120,
  );
  return {
    'payments.new': () => ({ attempt_id: payments.newId() }),
    'payments.ways': ({ amount }) => payments.ways(amount),
    'payments.take': input => {
      const row = payments.take(input, new Date().getTime());
      if (row.tender === 'card') fields.clear();
      if (row.word === 'working') settleSoon(world, row.attempt_id);
      world.announce('payments.changed', { attempt_id: row.attempt_id });
      return row;
    },
    'payments.get': ({ attempt_id }) => payments.get(attempt_id),
    'payments.ask_now': ({ attempt_id }) => {
      const row = payments.settle(attempt_id, 'paid');
      world.announce('payments.changed', { attempt_id });
      return row;
    },
    'payments.close_doubt': ({ attempt_id, password }) => {
      if (password === 'slow') throw new AppError('doubt_too_young', { wait_ms: 42_000 });
      if (password !== 'correct horse') throw new AppError('wrong_password');
      const row = payments.settle(attempt_id, 'not_charged');
      world.announce('payments.changed', { attempt_id });
      return row;
    },
    'payments.settle_found': ({ attempt_id, choice, password }) => {
      if (password !== 'correct horse') throw new AppError('wrong_password');
      if (choice === 'give_back') throw new AppError('refund_at_square');
      const row = payments.settle(attempt_id, 'paid');
      world.announce('payments.changed', { attempt_id });
      world.announce('sync.changed', {});
      return row;
    },
    'payments.save_evidence': () => ({ path: 'Documents/Evidence D2-020912.pdf' }),
    'payments.cancel_queued': ({ attempt_id }) => payments.settle(attempt_id, 'cancelled'),
    'activity.list': input => payments.list(input),
    'receipts.get': ({ attempt_id }) => payments.receipt(attempt_id),
    'receipts.save_pdf': () => ({ path: 'Documents/Receipt D2-004818.pdf' }),
    'receipts.print': () => ({}),
    ...customerAnswers(world),
    'card_fields.place': ({ rectangle }) => {
      fields.place(rectangle);
      return {};
    },
    'card_fields.state': () => fields.view,
    'card_fields.focus': () => {
      fields.focus();
      return { taken: true };
    },
    'card_fields.clear': () => {
      fields.clear();
      return {};
    },
    'card_fields.reload': () => {
      fields.load();
      return {};
    },
    'card_fields.theme': () => ({}),
  };
}

/** The answer that comes later shows that the page follows the news. */
function settleSoon(world: FakeWorld, attempt_id: string): void {
  setTimeout(() => {
    world.payments.settle(attempt_id, 'paid');
    world.announce('payments.changed', { attempt_id });
  }, 4000);
}

function customerAnswers(world: FakeWorld): Pick<Answers, Extract<CallName, `customers.${string}`>> {
  const notes = new Map<string, string>([[CUSTOMERS[0]!.customer_id, 'Prefers to be called after 4 PM.']]);
  return {
    'customers.search': ({ text, limit, archived }) => {
      const wanted = text.trim().toLowerCase();
      const here = CUSTOMERS.filter(customer => archived === true || !customer.archived);
      const found = here.filter(customer =>
        [customer.name, customer.code, customer.phone, customer.email].some(part =>
          part.toLowerCase().includes(wanted),
        ),
      );
      return { found: found.slice(0, limit), more: found.length > limit };
    },
    'customers.get': ({ customer_id }) => {
      const customer = CUSTOMERS.find(candidate => candidate.customer_id === customer_id);
      if (!customer) throw new AppError('customer_not_found');
      const recent = world.payments.rows.filter(row => row.customer?.customer_id === customer_id);
      const paid = recent.filter(row => row.word === 'paid');
      const sum = paid.reduce<Money>((total, row) => add(total, row.amount), dollars(0));
      const last = paid[0];
      return {
        customer,
        note: notes.get(customer_id) ?? '',
        unallocated: recent.length > 3 ? dollars(12_000) : sum,
        paid_this_year: sum,
        last_payment: last ? { amount: last.amount, day: last.day, happened_at_ms: last.happened_at_ms } : null,
        recent,
      };
    },
    'customers.add': ({ name, phone, email }) => {
      if (hasCardNumber(`${name} ${phone}`)) throw new AppError('card_number_in_text');
      const code = `C-${1300 + CUSTOMERS.length}`;
      const customer = { customer_id: nextId() as CustomerId, code, name, phone, email };
      CUSTOMERS.push(customer);
      return customer;
    },
    'customers.change': ({ customer_id, ...person }) => {
      const { name, phone, email, note } = person;
      notes.set(customer_id, note);
      world.announce('customers.changed', { customer_id });
      return Object.assign(
        CUSTOMERS.find(one => one.customer_id === customer_id)!,
        { name, phone, email },
      );
    },
    'customers.archive': ({ customer_id, archived }) =>
      Object.assign(
        CUSTOMERS.find(one => one.customer_id === customer_id)!,
        { archived },
      ),
  };
}
