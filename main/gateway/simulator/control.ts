/** The hand behind the curtain: network, faults, time, foreign payments and settings, in code and over HTTP. */
import { isObject, type JsonObject } from './checks.ts';
import { disputeFunds } from './disputes.ts';
import { refuse, type ApiError } from './errors.ts';
import { faultIn, type Fault, type FaultList } from './faults.ts';
import { answerFor, parseJson, readBody, sendJson, type Handler } from './http.ts';
import type { Listener } from './listener.ts';
import { foreignPayment } from './foreign-payment.ts';
import { actAsPerson, makePeople, type People } from './people.ts';
import type { Customer, Payment, Refund, StoredCard } from './records.ts';
import { settle } from './settle.ts';
import { changeSettings, type SimulatorSettings } from './settings.ts';
import type { World } from './world.ts';

export type ForeignPayment = { amount_minor: number; source: 'CARD' | 'CASH'; note?: string };

export type SimulatorControl = {
  /** Down: connections are refused and open ones destroyed. Up: listens again on the same port. */
  setNetwork(state: 'up' | 'down'): Promise<void>;
  /** Strikes the next matching requests. Throws when the fault makes no sense. */
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** Moves simulated time forward: holds, fees, tokens, cursors, list lag. */
  advance(delay_ms: number): void;
  /** A payment made elsewhere, without this application. */
  createForeignPayment(wish: ForeignPayment): Payment;
  /** What people do at terminals. */
  people: People;
  payments(): Payment[];
  refunds(): Refund[];
  /** With `funds`: held, returned or taken. */
  disputes(): JsonObject[];
  customers(): Customer[];
  cards(): StoredCard[];
  /** Simulated UTC milliseconds. */
  now(): number;
  settings: SimulatorSettings;
};

export function makeControl(world: World, faults: FaultList, listener: Listener): SimulatorControl {
  return {
    setNetwork: state => (state === 'down' ? listener.down() : listener.up()),
    addFault: fault => faults.add(fault),
    clearFaults: () => faults.clear(),
    advance(delay_ms) {
      if (!(delay_ms >= 0)) throw new Error('Simulated time only moves forward.');
      world.advance(delay_ms);
      settle(world);
    },
    createForeignPayment: wish => foreignPayment(world, wish).payment,
    people: makePeople(world),
    payments() {
      settle(world);
      return world.books.all('payments').map(record => record.payment);
    },
    refunds() {
      settle(world);
      return world.books.all('refunds').map(record => record.refund);
    },
    disputes() {
      settle(world);
      return disputeFunds(world);
    },
    customers: () => world.books.all('customers').map(record => record.customer),
    cards: () => world.books.all('cards').map(record => record.card),
    now: () => world.now(),
    settings: world.settings,
  };
}

/** The same controls for another process, on a listener that stays up when the network is down. */
export function makeControlApi(world: World, control: SimulatorControl): Handler {
  return async (message, response) => {
    try {
      const bytes = await readBody(message);
      if (message.headers.authorization !== `Bearer ${world.token}`) {
        throw refuse('UNAUTHORIZED', 'This request could not be authorized.');
      }
      const path = new URL(message.url ?? '/', 'http://simulator').pathname;
      const body = await act(world, control, `${message.method} ${path}`, parseJson(bytes, undefined));
      sendJson(response, 200, body);
    } catch (error) {
      if (response.headersSent || message.socket.destroyed) return;
      const { status, body } = answerFor(error);
      sendJson(response, status, body);
    }
  };
}

async function act(world: World, control: SimulatorControl, call: string, body: JsonObject): Promise<JsonObject> {
  switch (call) {
    case 'POST /_control/network': {
      const { state } = body;
      if (state !== 'up' && state !== 'down') throw invalid('The network takes {"state": "up"} or {"state": "down"}.');
      await control.setNetwork(state);
      return { state };
    }
    case 'POST /_control/faults':
      return changeFaults(control, body);
    case 'POST /_control/advance': {
      const { ms } = body;
      if (typeof ms !== 'number' || !(ms >= 0)) throw invalid('Advance takes {"ms": milliseconds forward}.');
      control.advance(ms);
      return { now: new Date(world.now()).toISOString() };
    }
    case 'POST /_control/foreign-payment': {
      const { amount_minor, source, note } = body;
      if (!Number.isSafeInteger(amount_minor) || (source !== 'CARD' && source !== 'CASH')) {
        throw invalid('A foreign payment takes an integer amount_minor and a source CARD or CASH.');
      }
      const wish = { amount_minor: amount_minor as number, source } as const;
      return { payment: control.createForeignPayment(typeof note === 'string' ? { ...wish, note } : wish) };
    }
    case 'POST /_control/people':
      return actAsPerson(control.people, body);
    case 'POST /_control/settings': {
      const fault = changeSettings(world.settings, body);
      if (fault) throw invalid(fault);
      return { settings: world.settings };
    }
    case 'GET /_control/settings':
      return { settings: world.settings };
    case 'GET /_control/books':
      return {
        now: new Date(world.now()).toISOString(),
        payments: control.payments(),
        refunds: control.refunds(),
        disputes: control.disputes(),
        customers: control.customers(),
        cards: control.cards(),
      };
    default:
      throw refuse('NOT_FOUND', `There is no control ${call}.`);
  }
}

function changeFaults(control: SimulatorControl, body: JsonObject): JsonObject {
  if (body['clear'] === true) control.clearFaults();
  const given: unknown[] = Array.isArray(body['faults']) ? body['faults'] : 'fault' in body ? [body] : [];
  for (const fault of given) {
    const wrong = isObject(fault) ? faultIn(fault as Partial<Fault>) : 'A fault is an object.';
    if (wrong) throw invalid(wrong);
  }
  for (const fault of given) control.addFault(fault as Fault);
  return { added: given.length };
}

function invalid(detail: string): ApiError {
  return refuse('INVALID_VALUE', detail);
}
