import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { AppError } from '../../common/errors.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import type { Gateway } from '../../main/gateway/gateway.ts';
import { inStates, openWork } from '../../main/payments/queries.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { listenToCrashPoints, type CrashPoint } from '../../main/platform/crash-points.ts';
import { openFolder } from '../../main/staff/office-folder.ts';
import { cardToken } from '../support/builders.ts';
import { CHORES, type Chore } from './chores.ts';
import { makeDice } from './dice.ts';
import { folderTools, verifyLedger } from './opening.ts';
import { ackOf, brokenPromises, gapsIn, startDesk, takeAny, type Ack, type OfficeKeys } from './practice-desk.ts';

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
  /** The count that a person was told before, for what is done beside the payments. */
  readonly told: number;
  /** Whether the whole ledger is checked at the start; the promises always are. */
  readonly whole: boolean;
};

export type DeskWord =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'opened'; readonly took_ms: number }
  | { readonly kind: 'checked'; readonly problems: readonly string[] }
  | { readonly kind: 'ack'; readonly ack: Ack }
  | { readonly kind: 'told'; readonly count: number }
  | { readonly kind: 'settled'; readonly payments: readonly Settled[]; readonly problems: readonly string[] }
  | { readonly kind: 'broken'; readonly what: string };

/** What the ledger says of one payment in the end. */
export type Settled = {
  readonly reference: string;
  readonly amount_minor: number;
  readonly state: string;
  readonly sync: string;
  readonly square_payment_id: string | null;
};

const REFUSED: readonly string[] = ['card_needs_internet', 'earlier_attempt_in_doubt', 'looks_like_duplicate'];
const TIMEOUT_MS = 1500;
const PATIENCE_MS = 20_000;
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
  if (order.crash) dieAt(order.crash);
  const { ledger } = openFolder(order.folder, Buffer.from(order.keys.ledgerKey, 'hex'), folderTools(systemClock));
  const dice = makeDice(order.seed, `life ${order.life}`);
  const desk = startDesk(ledger, gatewayOf(order), systemClock, dice, order.location_id);
  tell({ kind: 'opened', took_ms: performance.now() - started_ms });
  const found = [...brokenPromises(ledger, order.acks), ...gapsIn(ledger)];
  for (const chore of Object.values(CHORES)) found.push(...(chore?.check(order.folder, order.told) ?? []));
  if (order.whole) found.push(...(await verifyLedger(ledger)).problems);
  if (ledger.unsound.length > 0) found.push(`after a kill the tables are out of step: ${ledger.unsound.join(', ')}`);
  tell({ kind: 'checked', problems: found });
  if (order.settle) return settle(desk);
  const chore = order.crash && CHORES[order.crash.point];
  if (chore) return void doOver(chore, order);
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
function dieAt({ point, count }: NonNullable<DeskOrder['crash']>): void {
  let left = count;
  listenToCrashPoints(passed => {
    if (passed === point && (left -= 1) === 0) process.kill(process.pid, 'SIGKILL');
  });
}

async function doOver(chore: Chore, order: DeskOrder): Promise<void> {
  for (let told = order.told; ; await pause(1)) tell({ kind: 'told', count: (told = chore.run(order.folder, told)) });
}

/** With the line down, or an earlier one in doubt, the desk says no before anything is written. */
function unlessRefused(error: unknown): undefined {
  const code = error instanceof AppError ? error.code : '';
  if (!REFUSED.includes(code)) throw error;
}

async function settle(desk: ReturnType<typeof startDesk>): Promise<void> {
  const { database } = desk.ledger;
  const isOpen = (): boolean =>
    openWork(database).length > 0 ||
    inStates(database, ['ready', 'sending', 'unknown', 'approved', 'capturing', 'capture_unknown']).length > 0 ||
    desk.outbox.busy > 0;
  for (const began_ms = performance.now(); isOpen() && performance.now() - began_ms < PATIENCE_MS;) {
    await desk.connection.check();
    desk.outbox.resume();
    await pause(50);
  }
  await desk.sync.now();
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
    ...(foreign > 0 ? [`${foreign} of our own payments are taken for somebody else's`] : []),
  ];
  // A killed process leaves no compiled code behind; this one does, so that the next ones start in half the time.
  flushCompileCache();
  tell({ kind: 'settled', payments, problems });
}

process.on('message', (order: DeskOrder) => {
  live(order).catch((error: unknown) => {
    tell({ kind: 'broken', what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
tell({ kind: 'loaded' });
