import type { CallName } from '../../../common/contract/index.ts';
import type { SessionState, SettingsView, SyncView } from '../../../common/contract/office.ts';
import { AppError } from '../../../common/errors.ts';
import { add, type Money } from '../../../common/money.ts';
import { ROLE_PERMISSIONS } from '../../../common/permissions.ts';
import { addDays, businessDay } from '../../../common/time.ts';
import { PEOPLE, TIME_ZONE, attempt, dollars } from './fake-data.ts';
import type { Answers, FakeWorld } from './fake-world.ts';
import { copyAnswers } from './fake-copies.ts';
import { invoiceAnswers } from './fake-invoices.ts';
import { promiseAnswers } from './fake-promises.ts';
import { peopleAnswers } from './fake-people.ts';
import { reportAnswers } from './fake-reports.ts';

type OfficeCalls = Exclude<
  CallName,
  | `payments.${string}`
  | `refunds.${string}`
  | `customers.${string}`
  | `card_fields.${string}`
  | `receipts.${string}`
  | `activity.${string}`
>;

const RECOVERY_GROUPS = ['7KQ4', 'M2XD', '9RTA', 'HV6P', '3NZE', 'YB8S', 'C5WJ', 'G1FK'];
/** The one password of the fake desk; everything else is wrong. */
const PASSWORD = 'correct horse';

export function officeAnswers(world: FakeWorld): Pick<Answers, OfficeCalls> {
  const enter = (part: Partial<SessionState>): SessionState => {
    world.session = { ...world.session, ...part };
    return world.session;
  };
  const check = (password: string): void => {
    if (password !== PASSWORD) throw new AppError('wrong_password');
  };
  return {
    ...peopleAnswers(world),
    'session.state': () => world.session,
    'session.sign_in': ({ person_id, password }) => {
      check(password);
      const person = PEOPLE.find(candidate => candidate.person_id === person_id) ?? PEOPLE[0]!;
      return enter({ phase: 'open', person: { ...person, permissions: [...ROLE_PERMISSIONS[person.role]] } });
    },
    'session.lock': () => enter({ phase: 'locked' }),
    'session.unlock': ({ password }) => {
      check(password);
      return enter({ phase: 'open' });
    },
    'session.sign_out': () => enter({ phase: 'signed_out', person: null }),
    'session.switch_mode': ({ mode }) => enter({ mode, phase: 'signed_out', person: null }),
    'setup.begin': () => ({ recovery_groups: RECOVERY_GROUPS, ask_groups: [2, 6] }),
    'setup.print_key': () => ({}),
    'setup.finish': ({ typed_groups }) => {
      if (typed_groups !== null && (typed_groups[0] !== '9RTA' || typed_groups[1] !== 'C5WJ')) {
        throw new AppError('recovery_key_wrong');
      }
      const person = PEOPLE.at(-1)!;
      return enter({
        phase: 'open',
        mode: 'training',
        people: [{ ...person, needs_password: false }],
        person: { ...person, permissions: [...ROLE_PERMISSIONS[person.role]] },
        office: {
          name: 'Lakeshore Dental',
          desk: 'D2',
          currency: 'USD',
          time_zone: TIME_ZONE,
          locale: 'en-US',
          today: today(),
        },
      });
    },
    'log.renderer_error': ({ message, stack }) => {
      document.body.dataset['rendererError'] = `${message}\n${stack}`;
      return {};
    },
    'appearance.set': appearance => {
      enter({ appearance });
      world.announce('session.changed', {});
      return {};
    },
    ...settingsAnswers(world),
    ...syncAnswers(world),
    ...reportAnswers(world),
    ...copyAnswers(world),
    ...invoiceAnswers(world),
    ...promiseAnswers(world),
  };
}

function today(): string {
  return businessDay(new Date().getTime(), TIME_ZONE);
}

function settingsAnswers(
  world: FakeWorld,
): Pick<
  Answers,
  Extract<CallName, `settings.${string}` | `square.${string}` | `training.${string}` | 'ledger.verify'>
> {
  let view: SettingsView = {
    mode: world.session.mode ?? 'training',
    preview: true,
    two_phase: true,
    refund_limit: dollars(10_000),
    data_folder: 'Documents/Tillside',
    ledger_records: 58_112,
    square: {
      connected: world.situation !== 'not_connected',
      environment: 'simulator',
      application_id: 'sandbox-sq0idb-training',
      location_id: 'LTRAINING',
      location_name: 'Lakeshore',
      merchant_name: 'Lakeshore Dental',
    },
    training: { network: world.online ? 'up' : 'down', next_fault: null },
  };
  const setTraining = (part: Partial<NonNullable<SettingsView['training']>>): void => {
    view = { ...view, training: { network: 'up', next_fault: null, ...view.training, ...part } };
  };
  return {
    'settings.get': () => view,
    'settings.set_two_phase': ({ two_phase }) => (view = { ...view, two_phase }),
    'square.test': () => ({
      findings: [
        { check: 'environment', ok: true, error: null, detail: 'sandbox' },
        { check: 'token', ok: true, error: null, detail: 'accepted' },
        { check: 'merchant', ok: true, error: null, detail: 'Lakeshore Dental' },
        { check: 'scopes', ok: false, error: 'square_missing_scope', detail: 'PAYMENTS_WRITE' },
      ],
      locations: [{ location_id: 'LTRAINING', name: 'Lakeshore', status: 'ACTIVE', currency: 'USD' }],
    }),
    'square.connect': () => (view = { ...view, square: { ...view.square, connected: true } }),
    'square.disconnect': () => (view = { ...view, square: { ...view.square, connected: false } }),
    'training.set_network': ({ network }) => {
      setTraining({ network });
      world.online = network === 'up';
      world.announce('sync.changed', {});
      return {};
    },
    'training.next_fault': ({ fault }) => {
      setTraining({ next_fault: fault });
      return {};
    },
    'training.foreign_payment': ({ amount }) => {
      world.payments.rows.unshift(attempt('card', amount, { foreign: true, taken_by: 'Another device' }));
      world.announce('sync.changed', {});
      return {};
    },
    'ledger.verify': () => ({
      ok: true,
      records: 58_112,
      postings: 91_204,
      head: 'a1b2c3d4e5f60718',
      problems: [],
      took_ms: 842,
    }),
  };
}

function forPeople({ payments }: FakeWorld): SyncView['for_people'] {
  const found = payments.rows.filter(row => row.word === 'found_later');
  const manual = payments.rows.filter(row => row.state === 'manual');
  const first = (found[0] ?? manual[0])?.attempt_id ?? null;
  return { found_later: found.length, manual: manual.length, first };
}

function syncAnswers(world: FakeWorld): Pick<Answers, Extract<CallName, `sync.${string}`>> {
  const since_ms = new Date().getTime() - 12 * 60_000;
  const sum = (word: 'queued' | 'in_doubt'): { count: number; sum: Money } => {
    const rows = world.payments.rows.filter(row => row.word === word);
    return { count: rows.length, sum: rows.reduce<Money>((total, row) => add(total, row.amount), dollars(0)) };
  };
  const view = (): SyncView => ({
    online: world.online,
    since_ms,
    last_synced_ms: new Date().getTime() - (world.online ? 8000 : 12 * 60_000),
    queued: sum('queued'),
    in_doubt: sum('in_doubt'),
    for_people: forPeople(world),
    refunds: openRefundsOf(world),
    paused_because: world.situation === 'not_connected' ? 'not_connected' : null,
    next_try_at_ms: world.online ? null : new Date().getTime() + 20_000,
  });
  return {
    'sync.state': view,
    'sync.now': view,
    'sync.proof': ({ from, to }) => {
      const days = [];
      for (let day = to; day >= from && days.length < 40; day = addDays(day, -1)) {
        const rows = world.payments.rows.filter(row => row.day === day);
        const total = (list: typeof rows): { count: number; sum: Money } => ({
          count: list.length,
          sum: list.reduce<Money>((whole, row) => add(whole, row.amount), dollars(0)),
        });
        const mine = rows.filter(row => !row.foreign && ['paid', 'in_doubt', 'queued'].includes(row.word));
        days.push({
          day,
          created: total(mine),
          confirmed: total(mine.filter(row => row.word === 'paid')),
          waiting: total(mine.filter(row => row.word !== 'paid')),
          foreign: total(rows.filter(row => row.foreign)),
          refunded: day === to ? { count: 1, sum: dollars(500) } : total([]),
          refunded_elsewhere: total([]),
          differences: rows
            .filter(row => row.word === 'found_later')
            .map(({ attempt_id, reference }) => ({ attempt_id, reference, why: 'found_later' })),
        });
      }
      return { days };
    },
  };
}

function openRefundsOf({ payments }: FakeWorld): SyncView['refunds'] {
  const lines = payments.rows.flatMap(({ refunds }) => refunds);
  const doubtful = lines.filter(({ state }) => state === 'unknown');
  return {
    waiting: lines.filter(({ state }) => state === 'pending').length + doubtful.length,
    in_doubt: doubtful.length,
  };
}
