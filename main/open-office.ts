import { join } from 'node:path';
import type { Announce } from '../common/contract/index.ts';
import { TRAINING_FAULTS } from '../common/contract/office.ts';
import type { Gateway, GatewayConnection } from './gateway/gateway.ts';
import { createSquareGateway } from './gateway/square/adapter.ts';
import { startSimulator, type Simulator } from './gateway/simulator/simulator.ts';
import { Ballast, type BallastSizes } from './ledger/ballast.ts';
import type { Ledger } from './ledger/ledger.ts';
import { giveWay } from './ledger/verify.ts';
import { startSelfCheck } from './ledger/self-check.ts';
import { readSettings } from './office/settings.ts';
import { CatchUp } from './copies/catch-up.ts';
import { openCopies, type CopyPorts } from './open-copies.ts';
import { Attempts, type CardFields } from './payments/attempts.ts';
import { Connection } from './payments/connection.ts';
import { Outbox } from './payments/outbox.ts';
import { Sync } from './payments/sync.ts';
import { RefundOutbox } from './refunds/outbox.ts';
import { Refunds } from './refunds/refunds.ts';
import type { Clock } from './platform/clock.ts';
import type { Random } from './platform/ids.ts';
import type { Log } from './platform/log.ts';
import type { TrainingDesk } from './settings/handlers.ts';
import { readSquare, readSquareToken } from './settings/square-connection.ts';
import { environmentOf, type SquareEnvironment } from './settings/square-test.ts';
import { SIMULATOR_SCRIPT_ORIGIN } from './shell/origins.ts';
import type { CardFieldsSetup, PaymentView } from './shell/payment-view.ts';

export type OfficePorts = CopyPorts & {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: () => string;
  readonly announce: Announce;
  readonly log: Log;
  readonly paymentView: PaymentView;
  readonly baseUrl: (environment: SquareEnvironment) => string;
  /** True when the base URL is a simulator of its own process, which then serves the card fields too. */
  readonly simulated: boolean;
  readonly timeout_ms: number;
  /** A training office may be opened with the cable pulled, to learn what works without the internet. */
  readonly startOffline: boolean;
  /** Where the simulator's browser files lie beside the bundle. */
  readonly browserDirectory: string;
  /** The usual ones unless given. */
  readonly ballast?: BallastSizes;
};

const SCRIPTS: Record<SquareEnvironment, string> = {
  production: 'https://web.squarecdn.com/v1/square.js',
  sandbox: 'https://sandbox.web.squarecdn.com/v1/square.js',
};

type Connected = { gateway: Gateway; location_id: string; fields: CardFieldsSetup };

/** The second half of the composition root: everything that lives as long as one office is open. */
export async function openOffice(ledger: Ledger, folder: string, ports: OfficePorts) {
  const { clock, random, newId, announce, log, paymentView } = ports;
  await mended(ledger, ports);
  const ballast = new Ballast(folder, ports.ballast);
  ledger.useBallast(ballast);
  const simulator = ledger.identity.mode === 'training' ? await startTrainingSimulator(folder, ports) : null;
  let connected: Connected | null = null;
  const gateway = (): Gateway | null => connected?.gateway ?? null;
  const connection = new Connection(clock, async () => {
    if (!connected) return true;
    return (await connected.gateway.getLocation(connected.location_id)).kind !== 'unreachable';
  });
  const training = simulator && trainingDesk(simulator, connection);
  const catchUp = new CatchUp({
    ...{ ledger, clock, announce, log, connected: () => connected !== null },
    ...{ last_synced_ms: (): number | null => sync.last_synced_ms, onDone: () => outbox.resume() },
  });
  // After a restore nothing is sent before it is known what was sent already.
  const sending = (): Gateway | null => (catchUp.pending ? null : gateway());
  const sender = { ledger, gateway: sending, connection, clock, random, announce, log };
  const refundOutbox = new RefundOutbox({ ...sender, onPaused: reason => (outbox.paused = reason) });
  const outbox = new Outbox({ ...sender, onResume: () => refundOutbox.resume() });
  const assertRoom = (): void => {
    catchUp.assertDone();
    ballast.assertRoom(ledger);
  };
  const drive = (attempt_id: string): Promise<void> => outbox.drive(attempt_id).then(() => outbox.pump());
  const taking = { ledger, gateway, connection, clock, newId, announce, assertRoom };
  const refunds = new Refunds({ ...taking, outbox: refundOutbox, readSquare: id => sync.lookAt(id) });
  const cardFields = training ? trainingFields(paymentView, training) : paymentView;
  const attempts = new Attempts({ ...taking, cardFields, drive });
  const sighted = (attempt_id: string): void => void drive(attempt_id);
  const heard = refundOutbox.after(catchUp.after(announce));
  const sync = new Sync({ ledger, gateway, connection, clock, newId, announce: heard, log, sighted });
  ledger.onCommit(() => sync.soon());
  connection.onChange(online => {
    if (online) paymentView.reload();
    announce('sync.changed', {});
  });
  const reconnect = async (): Promise<void> => {
    connected = simulator ? trainingSquare(ledger, simulator, ports) : liveSquare(ledger, ports);
    paymentView.setup(connected?.fields ?? null);
    outbox.resume();
    if (connected && (await connection.check())) await sync.now();
  };
  if (training && ports.startOffline) await training.pullCable();
  for (const each of [outbox, refundOutbox]) each.recover();
  // Not awaited: the desk opens without the internet, and the first look at Square may take its time.
  void reconnect().catch(error => log.bug('reconnect', error));
  const copies = openCopies(ledger, folder, ports);
  copies.start();
  const selfCheck = startSelfCheck({ ledger, clock, log });
  void ballast.fill(giveWay);
  return {
    ...{ ledger, attempts, outbox, sync, connection, reconnect },
    ...{ gateway, copies, catchUp, refunds, refundOutbox },
    connected: () => connected !== null,
    training,
    get inFlight(): number {
      return attempts.inFlight + refunds.inFlight;
    },
    async stop(): Promise<void> {
      connection.stop();
      copies.stop();
      await Promise.all([outbox.stop(), refundOutbox.stop(), sync.stop(), selfCheck.stop()]);
      paymentView.setup(null);
      await simulator?.close();
    },
  };
}

/** Before a word about money is answered or sent: what an older copy of a page put back is made anew from the journal. */
async function mended(ledger: Ledger, { log, announce }: OfficePorts): Promise<void> {
  const parts = ledger.unsound.join(' ');
  if (parts === '') return;
  log.info('ledger.mending', { parts });
  await ledger.mend({ progress: (done, of) => announce('ledger.mending', { done, of }) });
  log.info('ledger.mended', { parts });
}

export type OpenOffice = Awaited<ReturnType<typeof openOffice>>;

function startTrainingSimulator(folder: string, ports: OfficePorts): Promise<Simulator> {
  const { clock, random, browserDirectory } = ports;
  // A token of its own for each run: no other program on this computer can talk to the simulator.
  const token = `EAAA${random(24).toString('base64url')}`;
  return startSimulator({ clock, random, token, directory: join(folder, 'simulator'), browserDirectory });
}

function trainingSquare(ledger: Ledger, simulator: Simulator, ports: OfficePorts): Connected {
  const { currency, time_zone } = readSettings(ledger.database);
  Object.assign(simulator.control.settings.location, { currency, timezone: time_zone });
  const connection: GatewayConnection = {
    environment: 'simulator',
    base_url: simulator.baseUrl,
    access_token: simulator.token,
    location_id: simulator.locationId,
    currency,
    timeout_ms: ports.timeout_ms,
  };
  return {
    gateway: createSquareGateway(connection),
    location_id: simulator.locationId,
    fields: simulatedFields(simulator.applicationId, simulator.locationId, simulator.baseUrl),
  };
}

function liveSquare(ledger: Ledger, ports: OfficePorts): Connected | null {
  const square = readSquare(ledger);
  const access_token = readSquareToken(ledger);
  const environment = square && environmentOf(square.application_id);
  if (!square || !access_token || !environment) return null;
  const base_url = ports.baseUrl(environment);
  const { currency } = readSettings(ledger.database);
  const { location_id, application_id } = square;
  const connection = { environment, base_url, access_token, location_id, currency, timeout_ms: ports.timeout_ms };
  const fields = ports.simulated
    ? simulatedFields(application_id, location_id, base_url)
    : { applicationId: application_id, locationId: location_id, scriptUrl: SCRIPTS[environment] };
  return { gateway: createSquareGateway(connection), location_id, fields };
}

const simulatedFields = (applicationId: string, locationId: string, simulatorBaseUrl: string): CardFieldsSetup => ({
  ...{ applicationId, locationId, simulatorBaseUrl },
  scriptUrl: `${SIMULATOR_SCRIPT_ORIGIN}/v1/square.js`,
});

type Fault = Parameters<Simulator['control']['addFault']>[0];
/** Null: not a fault of Square's, but of the line; see `trainingFields`. */
const FAULTS: Record<(typeof TRAINING_FAULTS)[number], Fault | null> = {
  drop_after_commit: { fault: 'drop_after_commit' },
  drop_before_commit: { fault: 'drop_before_commit' },
  delay: { fault: 'delay', delay_ms: 30_000 },
  http_500: { fault: 'status', status: 500 },
  html_502: { fault: 'html_502' },
  http_429: { fault: 'status', status: 429, retry_after_s: 3 },
  line_drops_after_token: null,
};

function trainingDesk(simulator: Simulator, connection: Connection): TrainingDesk {
  const desk: TrainingDesk = {
    network: 'up',
    next_fault: null,
    async setNetwork(network) {
      await simulator.control.setNetwork(network);
      desk.network = network;
      await connection.check();
    },
    async pullCable() {
      await simulator.control.setNetwork('down');
      desk.network = 'down';
    },
    setNextFault(fault) {
      simulator.control.clearFaults();
      const known = TRAINING_FAULTS.find(one => one === fault);
      // Only what creates a payment is struck, so that the lesson is about money and not about a list.
      const strike = known && FAULTS[known];
      if (strike) simulator.control.addFault({ ...strike, method: 'POST', path: '/v2/payments' });
      desk.next_fault = known ?? null;
    },
    foreignPayment(amount_minor) {
      simulator.control.createForeignPayment({ amount_minor, source: 'CARD' });
    },
  };
  return desk;
}

/** The lesson of the worst moment: the card was typed, and the line goes dead before anything is sent. */
function trainingFields(view: PaymentView, desk: TrainingDesk): CardFields {
  return {
    state: () => view.state(),
    async tokenize(request) {
      const result = await view.tokenize(request);
      if (result.kind === 'token' && desk.next_fault === 'line_drops_after_token') {
        desk.next_fault = null;
        await desk.pullCable();
      }
      return result;
    },
  };
}
