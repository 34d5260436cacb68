import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { startupSnapshot } from 'node:v8';
import { AppError } from '../../common/errors.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import type { Gateway } from '../../main/gateway/gateway.ts';
import { inStates, openWork } from '../../main/payments/queries.ts';
import { hasUnsentRefunds } from '../../main/refunds/queries.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { listenToCrashPoints, type CrashPoint } from '../../main/platform/crash-points.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { openScratchDatabase } from '../../main/ledger/open.ts';
import { openFolder } from '../../main/staff/office-folder.ts';
import { cardToken } from '../support/builders.ts';
import { CHORES, type Chore } from './chores.ts';
import { makeDice, type Dice } from './dice.ts';
import { folderTools, verifyLedger } from './opening.ts';
import {
  ackOf,
  brokenPromises,
  gapsIn,
  giveAnyBack,
  startDesk,
  takeAny,
  type Ack,
  type OfficeKeys,
  type PracticeDesk,
} from './practice-desk.ts';

/**
 * The ledger's side of the app as a process of its own, to be killed: the real folder, ledger, attempts, outbox, sync
 * and adapter. It waits, loaded, for one order; checks what earlier lives had promised; then takes payments until it
 * is killed, or, when asked to settle, until Square and the ledger agree on everything.
 */
export type DeskOrder = {
  readonly folder: string;
  readonly keys: OfficeKeys;
  readonly seed: number;
  readonly life: number;
  readonly base_url: string;
  readonly token: string;
  readonly location_id: string;
  /** What earlier lives said and nobody has checked yet. */
  readonly acks: readonly Ack[];
  readonly settle: boolean;
  /** The planted fault: every send carries a new key. */
  readonly newKeys: boolean;
  /** Where this life ends by itself, and at which time of passing. */
  readonly crash: { readonly point: CrashPoint; readonly count: number } | null;
  /** Refunds that were made at Square meanwhile, to be known in the end. */
  readonly refunds: readonly string[];
  /** The count that a person was told before, for what is done beside the payments. */
  readonly told: number;
  /** What earlier lives did beside the payments and nobody has looked at yet. */
  readonly begun: readonly CrashPoint[];
  /** Whether the whole ledger is checked at the start; the promises always are. */
  readonly whole: boolean;
};

export type DeskWord =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'opened'; readonly took_ms: number }
  | { readonly kind: 'checked'; readonly problems: readonly string[] }
  | { readonly kind: 'ack'; readonly ack: Ack }
  | { readonly kind: 'told'; readonly count: number }
  | { readonly kind: 'settled'; readonly books: Books; readonly problems: readonly string[] }
  | { readonly kind: 'broken'; readonly what: string };

/** What the ledger holds in the end. */
export type Books = { readonly payments: readonly Settled[]; readonly refunds: readonly SettledRefund[] };
export type SettledRefund = { readonly square_refund_id: string; readonly status: string; readonly booked: number };
export type Settled = {
  readonly reference: string;
  readonly amount_minor: number;
  readonly state: string;
  readonly sync: string;
  readonly square_payment_id: string | null;
};

const REFUSED: readonly string[] = ['card_needs_internet', 'earlier_attempt_in_doubt', 'looks_like_duplicate'];
const TIMEOUT_MS = 1500;
const PATIENCE_MS = 30_000;
const AT_ONCE = 3;

const tell = (word: DeskWord): void => void process.send?.(word);
const pause = (time_ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, time_ms));

function gatewayOf(order: DeskOrder): Gateway {
  const { base_url, token: access_token, location_id } = order;
  const connection = { base_url, access_token, location_id, currency: 'USD', timeout_ms: TIMEOUT_MS } as const;
  const gateway = createSquareGateway({ environment: 'simulator', ...connection });
  if (!order.newKeys) return gateway;
  return {
    ...gateway,
    createPayment: body => {
      const request = JSON.parse(body) as Record<string, unknown>;
      return gateway.createPayment(JSON.stringify({ ...request, idempotency_key: randomUUID() }));
    },
  };
}

async function live(order: DeskOrder): Promise<void> {
  const started_ms = performance.now();
  const passed = order.crash ? dieAt(order.crash) : () => {};
  const { ledger } = openFolder(order.folder, Buffer.from(order.keys.ledgerKey, 'hex'), folderTools(systemClock));
  const dice = makeDice(order.seed, `life ${order.life}`);
  const desk = startDesk(ledger, gatewayOf(order), systemClock, dice, order.location_id);
  const { tokenize } = desk.fields;
  desk.fields.tokenize = async request => {
    const token = await tokenize(request);
    // The page of the card fields has its token, and nobody else has.
    passed('CP05');
    return token;
  };
  tell({ kind: 'opened', took_ms: performance.now() - started_ms });
  const found = [...brokenPromises(ledger, order.acks), ...gapsIn(ledger)];
  for (const point of order.begun) found.push(...(CHORES[point]?.check(order.folder, order.told) ?? []));
  if (order.whole) found.push(...(await verifyLedger(ledger)).problems);
  if (ledger.unsound.length > 0) found.push(`after a kill the tables are out of step: ${ledger.unsound.join(', ')}`);
  tell({ kind: 'checked', problems: found });
  if (order.settle) return settle(desk, order.refunds);
  const chore = order.crash && CHORES[order.crash.point];
  if (chore) return void doOver(chore, order, ledger);
  if (order.crash?.point === 'CP24') void readLists(desk);
  if (order.crash && GIVING.includes(order.crash.point)) void giveBack(desk, dice);
  const take = async (): Promise<void> => {
    for (;;) {
      // Now and then a card that is declined, and a time at which the anchors are written.
      if (dice.chance(0.15)) desk.fields.answers.push(cardToken('cnon:card-nonce-declined', systemClock.now()));
      const view = await takeAny(desk, dice).catch(unlessRefused);
      if (view) tell({ kind: 'ack', ack: ackOf(view, ledger) });
      // A desk whose line is down must not fill the ledger with cash while it waits to be killed.
      await pause(2);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
}

/** A SIGKILL to oneself comes before the next statement. */
function dieAt({ point, count }: NonNullable<DeskOrder['crash']>): (passed: CrashPoint) => void {
  let left = count;
  const hear = (passed: CrashPoint): void => {
    if (passed === point && (left -= 1) === 0) process.kill(process.pid, 'SIGKILL');
  };
  listenToCrashPoints(hear);
  return hear;
}

async function doOver(chore: Chore, order: DeskOrder, ledger: Ledger): Promise<void> {
  for (let told = order.told; ; await pause(1)) {
    tell({ kind: 'told', count: (told = chore.run(order.folder, told, ledger)) });
  }
}

/** Does not wait for the next round: what was refunded at Square a moment ago is read while it is pending. */
async function readLists(desk: PracticeDesk): Promise<void> {
  for (; ; await pause(50)) {
    await desk.connection.check();
    await desk.sync.now();
  }
}

/** Where a desk dies while it gives money back. */
const GIVING: readonly CrashPoint[] = ['CP22', 'CP23'];

async function giveBack(desk: PracticeDesk, dice: Dice): Promise<void> {
  for (; ; await pause(20)) await giveAnyBack(desk, dice);
}

/** With the line down, or an earlier one in doubt, the desk says no before anything is written. */
function unlessRefused(error: unknown): undefined {
  const code = error instanceof AppError ? error.code : '';
  if (!REFUSED.includes(code)) throw error;
}

async function settle(desk: PracticeDesk, made: readonly string[]): Promise<void> {
  const { database } = desk.ledger;
  const isOpen = (): boolean =>
    openWork(database).length > 0 ||
    inStates(database, ['ready', 'sending', 'unknown', 'approved', 'capturing', 'capture_unknown']).length > 0 ||
    hasUnsentRefunds(database) ||
    desk.outbox.busy + desk.refundOutbox.busy > 0;
  for (const began_ms = performance.now(); isOpen() && performance.now() - began_ms < PATIENCE_MS;) {
    await desk.connection.check();
    desk.outbox.resume();
    await pause(50);
  }
  const refundsNow = (): SettledRefund[] =>
    database.prepare('SELECT square_refund_id, status, booked FROM square_refund').all() as SettledRefund[];
  const isWaiting = (): boolean => {
    const ended = refundsNow().filter(({ status }) => status !== 'PENDING');
    const followed = database
      .prepare("SELECT count(*) FROM refund WHERE state NOT IN ('completed', 'refused')")
      .pluck();
    return followed.get() !== 0 || !made.every(id => ended.some(({ square_refund_id }) => square_refund_id === id));
  };
  await desk.sync.now();
  for (const began_ms = performance.now(); isWaiting() && performance.now() - began_ms < PATIENCE_MS;) {
    await pause(200);
    await desk.connection.check();
    await desk.sync.now();
  }
  const payments = database
    .prepare('SELECT reference, amount_minor, state, sync, square_payment_id FROM payment WHERE foreign_payment = 0')
    .all() as Settled[];
  const verdict = await verifyLedger(desk.ledger);
  const foreign = Number(database.prepare('SELECT count(*) FROM payment WHERE foreign_payment = 1').pluck().get());
  const problems = [
    ...verdict.problems,
    ...gapsIn(desk.ledger),
    ...desk.bugs.map(bug => `a bug was logged: ${bug}`),
    ...(isOpen() ? [`payments were still open after ${PATIENCE_MS / 1000} seconds of a good line`] : []),
    ...(isWaiting() ? ['refunds did not come to their end'] : []),
    ...(foreign > 0 ? [`${foreign} of our own payments are taken for somebody else's`] : []),
  ];
  // A killed process leaves no compiled code behind; this one does, so that the next ones start in half the time.
  flushCompileCache();
  tell({ kind: 'settled', books: { payments, refunds: refundsNow() }, problems });
}

function serve(): void {
  // Native code is loaded before it says so, as in any process that is up.
  openScratchDatabase().close();
  process.on('message', (order: DeskOrder) => {
    live(order).catch((error: unknown) => {
      tell({ kind: 'broken', what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    });
  });
  tell({ kind: 'loaded' });
}

if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.setDeserializeMainFunction(serve);
else serve();
