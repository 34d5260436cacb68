import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { calls, type CallName } from '../../common/contract/index.ts';
import { AppError } from '../../common/errors.ts';
import type { Role } from '../../common/permissions.ts';
import { Connection } from '../../main/payments/connection.ts';
import { Outbox } from '../../main/payments/outbox.ts';
import { Sync } from '../../main/payments/sync.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { RefundOutbox } from '../../main/refunds/outbox.ts';
import { Session } from '../../main/staff/session.ts';
import * as electron from '../support/electron-stub.ts';
import { OWNER_PASSWORD } from '../support/temp-office.ts';
import type { Known } from './right-inputs.ts';

/** A door that is weaker than ours, which the suite must notice. */
export type Weakness =
  | 'none'
  | 'no sender check'
  | 'no parsing'
  | 'leaks an error'
  | 'tells a secret'
  | 'changes what it refuses'
  | 'slow to refuse';

export type DoorOffice = {
  readonly session: Session;
  readonly known: Known;
  readonly logFolder: string;
  /** The channels that main listens on. */
  readonly channels: readonly string[];
  /** As the browser would: an event of this sender on the one channel. */
  ask(event: unknown, name: unknown, input: unknown): Promise<unknown>;
  /** What the payment page tells, from this sender. */
  tell(event: unknown, kind: unknown, data: unknown): void;
  /** The event of the desk page's main frame; `change` makes it another sender. */
  event(change?: object, frame?: object | null): unknown;
  payEvent(change?: object, frame?: object | null): unknown;
  /** The owner is at the open desk again, whatever happened before. */
  home(): Promise<void>;
  as(role: Role): void;
  /** What a refused call must leave alone, cheap enough to be read around every call. */
  mark(): string;
  /** Waits until work that an earlier call began has ended. */
  settle(): Promise<void>;
  /** Every row of every table and every file beside the ledger. */
  digest(): string;
};

/**
 * The main process itself, main/index.ts, over a recording stub of Electron that must be in place before. Everything
 * behind the one channel is real: window, door, handlers, session, a training office with its ledger, payment view. The
 * session is reached from outside the product, to be everybody who could sit at the desk.
 */
export async function openDoorOffice(folder: string, weakness: Weakness): Promise<DoorOffice> {
  const data = join(folder, 'data');
  holdTimers();
  const found = watchSession();
  const working = watchWork();
  Object.assign(electron.app, {
    ...{ isPackaged: false, getPath: (name: string) => join(folder, name), setPath: () => {}, exit: () => {} },
    getPath: (name: string) => (name === 'userData' ? data : join(folder, name)),
  });
  Object.assign(electron.safeStorage, {
    isAsyncEncryptionAvailable: () => Promise.resolve(true),
    encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text, 'utf8')),
    decryptStringAsync: (bytes: Buffer) => Promise.resolve({ result: bytes.toString('utf8'), shouldReEncrypt: false }),
  });
  process.argv = [process.execPath, 'index.ts', '--data', data, '--quick-passwords'];
  await import('../../main/index.ts');
  await until('the channel', () => electron.ipcMain.handlers.has('desk:call'));
  const line = senders(weakness);
  const known = await foundOffice(line);
  const session = found()!;
  const { config } = session.ports;
  let settings_written = 0;
  const set = config.set.bind(config);
  Object.assign(config, { set: (...given: Parameters<typeof set>) => ((settings_written += 1), set(...given)) });
  const owner = session.person!;
  const mark = (): string => markOf(session, settings_written);
  const settle = async (): Promise<void> => {
    for (let before = '', quiet = 0; quiet < 2; quiet = !working() && mark() === before ? quiet + 1 : 0) {
      before = mark();
      await new Promise(resolve => setTimeout(resolve, 2));
    }
  };
  // A first copy of the ledger was begun by the start, in a process of its own.
  for (let before = ''; before !== digestOf(session, data);) {
    before = digestOf(session, data);
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  weaken(weakness, session);
  return {
    ...{ session, known, logFolder: join(data, 'logs'), mark, settle, ...line },
    channels: [...electron.ipcMain.handlers.keys(), ...electron.ipcMain.eventNames().map(String)],
    async home() {
      if (!isOpen(session)) {
        // Wrong passwords that an earlier call has tried make the next one wait.
        session.vault.forgetTries(owner.person_id);
        await session.signIn(owner.person_id, OWNER_PASSWORD);
      }
      session.enterAs(owner);
      await settle();
    },
    as: role => session.enterAs({ ...owner, role }),
    digest: () => digestOf(session, data),
  };
}

/** The rests of work that goes on, such as the ledger's own check. Who waits for that work waits for them as well. */
const LONGEST_REST_MS = 25;

/** Work that is planned for later never begins, so that only what was asked for changes something. */
function holdTimers(): void {
  const after = systemClock.after.bind(systemClock);
  Object.assign(systemClock, {
    after: (delay_ms: number, work: () => void) => (delay_ms <= LONGEST_REST_MS ? after(delay_ms, work) : () => {}),
  });
}

/** Whether something is still under way with Square that an earlier call, or the opening of the office, began. */
function watchWork(): () => boolean {
  let under_way = 0;
  const counted = <This, Given extends unknown[], Value>(work: (this: This, ...given: Given) => Promise<Value>) =>
    function (this: This, ...given: Given): Promise<Value> {
      under_way += 1;
      return work.apply(this, given).finally(() => (under_way -= 1));
    };
  Sync.prototype.now = counted(Sync.prototype.now);
  Outbox.prototype.drive = counted(Outbox.prototype.drive);
  RefundOutbox.prototype.drive = counted(RefundOutbox.prototype.drive);
  Connection.prototype.check = counted(Connection.prototype.check);
  return () => under_way > 0;
}

function watchSession(): () => Session | undefined {
  let found: Session | undefined;
  const permissions = Session.prototype.permissions;
  Session.prototype.permissions = function (this: Session) {
    found = this;
    return permissions.call(this);
  };
  return () => found;
}

/** Plants a fault where the suite has to find one: a schema that takes everything, an error that tells a query. */
function weaken(weakness: Weakness, session: Session): void {
  const schema = calls['customers.search'].input;
  const parse = schema.safeParse.bind(schema);
  const state = Session.prototype.state;
  if (weakness === 'no parsing') {
    for (const { input } of Object.values(calls)) {
      Object.assign(input, { safeParse: (value: unknown) => ({ success: true, data: value }) });
    }
  }
  if (weakness === 'leaks an error') {
    Session.prototype.state = () => {
      throw new AppError('invalid_input', { field: 'near "FROM secret": SELECT body FROM secret, /var/lib/ledger.db' });
    };
  }
  if (weakness === 'tells a secret') {
    Session.prototype.state = async function () {
      const name = ['EAAA', 'a-token-of-Square'].join('');
      const told = await state.call(this);
      return { ...told, people: told.people.map(person => ({ ...person, name })) };
    };
  }
  if (weakness === 'changes what it refuses') {
    Object.assign(schema, {
      safeParse: (value: unknown) => (session.ports.config.set('mode', 'training'), parse(value)),
    });
  }
  if (weakness === 'slow to refuse') {
    let slow = 0;
    Object.assign(schema, { safeParse: (value: unknown) => (slow++ < ENOUGH_SLOW && keepBusy(), parse(value)) });
  }
}

/** Often enough for a stall that is looked at again and again, and few enough to be over soon. */
const ENOUGH_SLOW = 10;

function keepBusy(): void {
  const end_us = process.threadCpuUsage().user + 200_000;
  while (process.threadCpuUsage().user < end_us);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waited_ms = 0; !holds(); waited_ms += 20) {
    if (waited_ms > 20_000) throw new Error(`${what} did not appear within 20 s`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

function senders(weakness: Weakness) {
  const { ipcMain, recorded } = electron;
  const from =
    (origin: string, sender: () => unknown) =>
    (change: object = {}, frame: object | null = {}): unknown => {
      const described = frame && Object.getOwnPropertyDescriptors(frame);
      const senderFrame = described && Object.defineProperties({ url: `${origin}/`, parent: null }, described);
      return { sender: sender(), senderFrame, ...change };
    };
  const event = from('https://desk.tillside.localhost', () => recorded.windows[0]!.webContents);
  return {
    event,
    payEvent: from('https://pay.tillside.localhost', () => recorded.views.at(-1)?.webContents),
    ask: async (sender: unknown, name: unknown, input: unknown) =>
      ipcMain.handlers.get('desk:call')!(weakness === 'no sender check' ? event() : sender, name, input),
    tell: (sender: unknown, kind: unknown, data: unknown) => void ipcMain.emit('pay:tell', sender, kind, data),
  };
}

/** Sets up a training office over the channel, with a customer and a payment to refer to. */
async function foundOffice({ ask, event }: ReturnType<typeof senders>): Promise<Known> {
  const value = async (name: CallName, input: unknown): Promise<Record<string, unknown>> => {
    const answer = (await ask(event(), name, input)) as { ok: boolean; value: Record<string, unknown> };
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer)}`);
    return answer.value;
  };
  await value('setup.begin', {
    ...{ mode: 'training', office_name: 'Door', desk_code: 'D1', time_zone: 'UTC', currency: 'USD' },
    ...{ owner_name: 'Owner', password: OWNER_PASSWORD },
  });
  const state = await value('setup.finish', { typed_groups: null });
  const { customer_id } = await value('customers.add', { name: 'Marisol Ortega', phone: '', email: '', note: '' });
  const newId = async () => (await value('payments.new', {}))['attempt_id'] as string;
  const attempt_id = await newId();
  const amount = { minor: 1200, currency: 'USD' };
  const taken = { attempt_id, channel: 'desk', amount, customer_id, details: { tender: 'cash', tendered: amount } };
  await value('payments.take', taken);
  const { invoice_id } = await value('invoices.new', {});
  const lines = [{ description: 'Visit', net: amount, tax: { minor: 0, currency: 'USD' } }];
  const invoice = { number: '', issued_on: '2026-01-01', due_on: null, lines, note: '' };
  await value('invoices.add', { invoice_id, customer_id, ...invoice });
  const { person_id } = state['person'] as { person_id: string };
  const ids = { customer_id: customer_id as string, invoice_id: invoice_id as string, attempt_id, person_id };
  return { ...ids, next_id: await newId() };
}

function isOpen(session: Session): boolean {
  try {
    return session.ledger.head.seq > 0;
  } catch {
    return false;
  }
}

function markOf(session: Session, settings_written: number): string {
  const { dialogs, opened, windows, views, contents } = electron.recorded;
  const { person, locked, mode } = session;
  const shown = [dialogs.length, opened.length, windows.length, views.length];
  const sent = contents.reduce((sum, one) => sum + one.sent.length + one.loaded.length + one.printed.length, 0);
  const boxes = views.map(view => [view.visible, view.bounds, view.backgroundColor]);
  const parts = [person?.person_id, person?.role, locked, mode, settings_written, shown, sent, boxes];
  if (!isOpen(session)) return JSON.stringify(parts);
  const { seq, hash } = session.ledger.head;
  // Counts each row that this connection ever added, changed or removed, in any table.
  const rows = changesOf(session.ledger.database);
  return JSON.stringify([...parts, seq, hash.toString('hex'), rows]);
}

type Database = Session['ledger']['database'];
const counting = new WeakMap<Database, { get(): unknown }>();

function changesOf(database: Database): unknown {
  const known = counting.get(database) ?? database.prepare<[]>('SELECT total_changes()').pluck();
  counting.set(database, known);
  return known.get();
}

/** Log lines are meant to grow, and the simulator is not ours to judge; everything else must stay as it is. */
function digestOf(session: Session, dataFolder: string): string {
  const hash = createHash('sha256');
  const { database } = session.ledger;
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
  for (const table of tables as string[]) {
    for (const row of database.prepare(`SELECT * FROM "${table}"`).raw().iterate()) hash.update(JSON.stringify(row));
  }
  for (const entry of readdirSync(dataFolder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || /simulator|logs/.test(path)) continue;
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}`);
  }
  return hash.digest('hex');
}
