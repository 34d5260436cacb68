import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { TakeInput } from '../../common/contract/payments.ts';
import { CURRENCIES, money, type Currency, type Money } from '../../common/money.ts';
import { GENESIS_HASH } from '../../main/ledger/canonical.ts';
import { PROJECTIONS } from '../../main/ledger/events/index.ts';
import { append, type Head, type NewFact, type OpenPersonal } from '../../main/ledger/journal.ts';
import { migrate } from '../../main/ledger/migrate.ts';
import { openScratchDatabase, type Database } from '../../main/ledger/open.ts';
import { tellingColumns } from '../../main/ledger/watermarks.ts';
import { AppError } from '../../common/errors.ts';
import type { CardFields, CardToken } from '../../main/payments/attempts.ts';
import { systemRandom, type Random } from '../../main/platform/ids.ts';
import type { DeviceSecret, DeviceSecrets } from '../../main/platform/secrets-electron.ts';
import type { Gateway } from '../../main/gateway/gateway.ts';
import type { Clock } from '../../main/platform/clock.ts';

export const dollars = (minor: number): Money => money(minor, 'USD');

/** All that an input needs of an office. */
type Desk = { readonly newId: () => string };
type Wish = {
  attempt_id?: string;
  amount?: Money;
  customer_id?: string | null;
  channel?: 'desk' | 'phone';
  again_because?: string;
  pays?: TakeInput['pays'];
  payer_name?: string;
  details?: TakeInput['details'];
};

function taking(office: Desk, wish: Wish, details: TakeInput['details']): TakeInput {
  return {
    attempt_id: (wish.attempt_id ?? office.newId()) as never,
    channel: wish.channel ?? 'desk',
    amount: wish.amount ?? dollars(12_50),
    customer_id: (wish.customer_id ?? null) as never,
    again_because: wish.again_because ?? null,
    pays: wish.pays ?? [],
    payer_name: wish.payer_name ?? null,
    details: wish.details ?? details,
  };
}

export const cardOf = (office: Desk, wish: Wish = {}): TakeInput =>
  taking(office, wish, { tender: 'card', read_back: wish.channel === 'phone' });

export function cashOf(office: Desk, wish: Wish = {}): TakeInput {
  const amount = wish.amount ?? dollars(12_50);
  return taking(office, { ...wish, amount }, { tender: 'cash', tendered: amount });
}

export const checkOf = (office: Desk, wish: Wish = {}): TakeInput =>
  taking(office, wish, { tender: 'check', number: '1042', bank: 'First Bank' });

/** Any amount that a desk could take. */
export const anyMoney = (currency?: Currency): fc.Arbitrary<Money> =>
  fc
    .tuple(fc.maxSafeInteger(), currency ? fc.constant(currency) : fc.constantFrom(...CURRENCIES))
    .map(([minor, one]) => money(minor, one));

/** A journal in memory, without encryption, for rules that need many journals. Facts of one desk, one after another. */
export type ScratchJournal = {
  readonly database: Database;
  readonly head: () => Head;
  add(fact: Pick<NewFact, 'type' | 'body'> & Partial<NewFact>, recorded_at_ms?: number): void;
};

export const openNothing: OpenPersonal = () => null;

export function scratchJournal(desk = 'D1'): ScratchJournal {
  const database = openScratchDatabase();
  migrate(database, null);
  let head: Head = { seq: 0, hash: GENESIS_HASH };
  return {
    database,
    head: () => head,
    add(fact, recorded_at_ms = 1_700_000_000_000 + head.seq) {
      const whole = { actor: 'person', happened_at_ms: recorded_at_ms, ...fact } as NewFact;
      head = append(database, { desk, incarnation: 1, head, recorded_at_ms }, whole, openNothing);
    },
  };
}

/** Every projected table as text: equal texts mean equal books. */
export function projectionsOf(database: Database): Record<string, string> {
  const dump = (table: string): string => {
    const columns = tellingColumns(database, table).join(', ');
    const rows = database.prepare(`SELECT ${columns} FROM ${table} ORDER BY ${columns}`);
    return JSON.stringify(rows.raw().all());
  };
  return Object.fromEntries(PROJECTIONS.map(table => [table, dump(table)]));
}

export const countFacts = (database: Database, type?: string): number =>
  Number(
    type === undefined
      ? database.prepare('SELECT count(*) FROM journal').pluck().get()
      : database.prepare('SELECT count(*) FROM journal WHERE type = ?').pluck().get(type),
  );

/** Balance of every account, in minor units: what was debited less what was credited. */
export function balances(database: Database): Record<string, number> {
  const rows = database
    .prepare(
      `SELECT account, sum(minor) AS minor FROM (
         SELECT debit_account AS account, amount_minor AS minor FROM posting
         UNION ALL SELECT credit_account, -amount_minor FROM posting) GROUP BY account`,
    )
    .all() as { account: string; minor: number }[];
  return Object.fromEntries(rows.map(row => [row.account, row.minor]));
}

/** A folder that goes away with `dispose`. */
export function tempFolder(prefix = 'tillside-test-'): { folder: string; dispose: () => void } {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  return { folder, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * The folder as a power cut would leave it now. Copied by another process: a process that has a ledger open must not
 * touch its files by any other way.
 */
export function copyAsLeft(folder: string): { folder: string; dispose: () => void } {
  const copy = tempFolder('tillside-copy-');
  execFileSync('cp', ['-R', `${folder}/.`, copy.folder]);
  return copy;
}

/** Whether any of the texts is in any file of the folder, read by a process that has nothing open. */
export function textsInFiles(folder: string, texts: readonly string[]): string[] {
  const script = `
    const { readdirSync, readFileSync } = require('node:fs');
    const { join } = require('node:path');
    const [folder, ...texts] = process.argv.slice(1);
    const found = new Set();
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      for (const text of texts) {
        for (const coding of ['utf8', 'utf16le']) if (bytes.includes(Buffer.from(text, coding))) found.add(text);
      }
    }
    process.stdout.write(JSON.stringify([...found]));`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script, folder, ...texts], { encoding: 'utf8' })) as string[];
}

/** A keyring in memory. `lost` plays a keyring that no longer opens what it sealed. */
export function fakeDeviceSecrets(random: Random = systemRandom): DeviceSecrets & { lost: boolean } {
  const secrets = new Map<string, [DeviceSecret, ...DeviceSecret[]]>();
  const make = (): DeviceSecret => ({ id: random(8).toString('hex'), secret: random(32) });
  const add = (folder: string, others: readonly DeviceSecret[]): Promise<DeviceSecret> => {
    const made = make();
    secrets.set(folder, [made, ...others]);
    return Promise.resolve(made);
  };
  const ring = {
    lost: false,
    create(folder: string) {
      ring.lost = false;
      return add(folder, []);
    },
    read(folder: string) {
      const known = secrets.get(folder);
      return known && !ring.lost ? Promise.resolve(known) : Promise.reject(new AppError('keyring_lost'));
    },
    renew: async (folder: string) => add(folder, await ring.read(folder)),
    async keep(folder: string, ids: readonly string[]) {
      const [newest, ...older] = await ring.read(folder);
      secrets.set(folder, [newest, ...older.filter(({ id }) => ids.includes(id))]);
    },
  };
  return ring;
}

/** Card fields without a browser: each `tokenize` answers the next of `answers`, or an approved Visa. */
export type ScriptedFields = CardFields & {
  phase: 'off' | 'loading' | 'live' | 'failed';
  answers: CardToken[];
  readonly asked: Parameters<CardFields['tokenize']>[0][];
};

export function scriptedFields(now: () => number): ScriptedFields {
  const fields: ScriptedFields = {
    phase: 'live',
    answers: [],
    asked: [],
    state: () => ({ phase: fields.phase }),
    tokenize(request) {
      fields.asked.push(request);
      return Promise.resolve(fields.answers.shift() ?? cardToken('cnon:card-nonce-ok', now()));
    },
  };
  return fields;
}

/** What the fields answer for one of the simulator's literals, or for any other token. */
export function cardToken(token: string, minted_at_ms: number): CardToken {
  return { kind: 'token', token, brand: 'VISA', last4: '5858', minted_at_ms };
}

/** Called around each call to Square. Answer a promise that never settles to play a desk that dies at that moment. */
export type Interrupt = (call: keyof Gateway, moment: 'before' | 'after') => Promise<void> | void;

/**
 * Square as one life of the process sees it: interrupted where the test says, and silent for ever once that life ended,
 * because a dead process hears no answer.
 */
export function seenBy(gateway: Gateway, alive: () => boolean, interrupt: Interrupt): Gateway {
  const never = new Promise<never>(() => {});
  const seen = <Name extends keyof Gateway>(name: Name): Gateway[Name] => {
    const call = async (...given: unknown[]): Promise<unknown> => {
      await interrupt(name, 'before');
      const answer = await (gateway[name] as (...all: unknown[]) => Promise<unknown>)(...given);
      await interrupt(name, 'after');
      return alive() ? answer : never;
    };
    return call as Gateway[Name];
  };
  const names = Object.keys(gateway) as (keyof Gateway)[];
  return Object.fromEntries(names.map(name => [name, seen(name)])) as Gateway;
}

/** The given clock for one life of the process: when it ends, its timers are gone, as a dead process's are. */
export function leasedClock(clock: Clock): { clock: Clock; alive: () => boolean; end: () => void } {
  let ended = false;
  return {
    clock: {
      now: () => clock.now(),
      after: (delay_ms, work) => clock.after(delay_ms, () => (ended ? undefined : work())),
    },
    alive: () => !ended,
    end: () => {
      ended = true;
    },
  };
}
