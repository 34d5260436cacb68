import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Handlers } from '../../common/contract/index.ts';
import { ROLE_PERMISSIONS, type Role } from '../../common/permissions.ts';
import { bookHandlers } from '../../main/book-handlers.ts';
import { openDoor, type Visitor } from '../../main/door.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import { copiesOfTheDesk } from '../../main/open-copies.ts';
import { openOffice, type OpenOffice } from '../../main/open-office.ts';
import { paymentHandlers } from '../../main/payments/handlers.ts';
import type { DeskConfig } from '../../main/platform/config.ts';
import { makeIds, systemRandom } from '../../main/platform/ids.ts';
import type { Log } from '../../main/platform/log.ts';
import { refundHandlers } from '../../main/refunds/handlers.ts';
import { reportHandlers } from '../../main/reports/handlers.ts';
import { settingsHandlers } from '../../main/settings/handlers.ts';
import { cardFieldHandlers } from '../../main/shell/card-field-handlers.ts';
import type { PaymentView } from '../../main/shell/payment-view.ts';
import { staffHandlers } from '../../main/staff/handlers.ts';
import { Session } from '../../main/staff/session.ts';
import { Setup } from '../../main/staff/setup.ts';
import { workHere } from '../torture/restore-worker.ts';
import { fakeDeviceSecrets, tempFolder } from './builders.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { OWNER_PASSWORD, QUICK_COST } from './temp-office.ts';

/** The whole main process behind its door, without windows: real handlers, real session, real training office. */
export type DoorBench = {
  readonly clock: FakeClock;
  readonly newId: () => string;
  readonly logged: string[];
  readonly log: Log;
  handlers: Handlers;
  session: Session;
  office: OpenOffice;
  /** Who knocks; the owner before each test. */
  visitor: Visitor;
  as(role: Role, locked?: boolean): Visitor;
  door: ReturnType<typeof openDoor>;
  /** A door with some handlers replaced. */
  doorWith(changed: Partial<Handlers>): ReturnType<typeof openDoor>;
  codeOf(name: unknown, input: unknown): Promise<string>;
  /** What may have changed: the journal, the tables beside it, the simulator's switches, and who is at the desk. */
  everything(): unknown;
};

/** One training office per test file; read its fields inside tests only. */
export function useDoor(): DoorBench {
  const temporary = tempFolder();
  const clock = createFakeClock();
  const logged: string[] = [];
  const log: Log = {
    info: (event, details) => void logged.push(JSON.stringify({ event, ...details })),
    bug: (event, error) => `REFERENCE-${logged.push(JSON.stringify({ event, error: String(error) }))}`,
  };
  const fixed = { clock, newId: makeIds(clock, systemRandom), logged, log };
  const bench = Object.assign({} as DoorBench, fixed, {
    as: (role: Role, locked = false): Visitor => ({
      person_id: bench.session.person?.person_id ?? 'somebody',
      locked,
      permissions: ROLE_PERMISSIONS[role],
    }),
    doorWith: (changed: Partial<Handlers>) => {
      const handlers = { ...bench.handlers, ...changed };
      return openDoor({ handlers, clock, log, checkAnswers: true, visitor: () => bench.visitor });
    },
    codeOf: async (name: unknown, input: unknown): Promise<string> => {
      const result = await bench.door(name, input);
      return result.ok ? 'ok' : result.error.code;
    },
    everything: () => stateOf(bench),
  });
  beforeAll(() => begin(bench, temporary.folder), 30_000);
  beforeEach(() => {
    bench.visitor = bench.as('owner');
  });
  afterAll(async () => {
    await bench.session.close();
    temporary.dispose();
  });
  return bench;
}

async function begin(bench: DoorBench, dataFolder: string): Promise<void> {
  const { clock, newId, log } = bench;
  let config: DeskConfig = { mode: null, theme: 'system', contrast: 'system', bounds: null };
  const paymentView = fakePaymentView(clock);
  const announce = (): void => {};
  bench.session = new Session({
    ...{ clock, random: systemRandom, announce, log, preview: true, version: '0', dataFolder },
    config: { get: name => config[name], set: (name, value) => (config = { ...config, [name]: value }) },
    deviceSecrets: fakeDeviceSecrets(),
    onAnchorFailure: () => {},
    start: async (ledger, folder) => {
      bench.office = await openOffice(ledger, folder, {
        ...{ clock, random: systemRandom, newId, announce, log, paymentView, timeout_ms: 2000, simulated: true },
        ...{ dataFolder, startChild: workHere, app_version: '0' },
        startOffline: false,
        baseUrl: () => NOWHERE,
        browserDirectory: fileURLToPath(new URL('../../main/gateway/simulator/browser', import.meta.url)),
      });
      return bench.office;
    },
  });
  const setup = new Setup(bench.session, newId, QUICK_COST);
  bench.handlers = handlersOf(bench, setup, paymentView, dataFolder);
  bench.door = bench.doorWith({});
  setup.begin({
    ...{ mode: 'training', office_name: 'Door', desk_code: 'D1', time_zone: 'UTC', currency: 'USD' },
    ...{ owner_name: 'Owner', password: OWNER_PASSWORD },
  });
  await setup.finish(null);
}

const NOWHERE = 'http://127.0.0.1:1';

function handlersOf(bench: DoorBench, setup: Setup, paymentView: PaymentView, dataFolder: string): Handlers {
  const { clock, newId, log, session } = bench;
  const announce = (): void => {};
  const office = (): OpenOffice => bench.office;
  const ledger = () => session.ledger;
  const paper = {
    toPdf: () => Promise.resolve(new Uint8Array([37, 80, 68, 70])),
    print: () => Promise.resolve({ printed: true }),
    save: () => Promise.resolve(null),
  };
  const prove = (person_id: string, password: string): Promise<void> => session.prove(person_id, password);
  return {
    ...staffHandlers({
      ...{ session, setup, log, newId, print: paper.print, onAppearance: () => {} },
      copyFirst: () => Promise.resolve(),
    }),
    ...bookHandlers({ ledger, newId, clock, announce }),
    ...paymentHandlers({ office, cardFields: paymentView, paper, clock, prove }),
    ...refundHandlers({ office, prove, clock, announce, paper }),
    ...cardFieldHandlers(paymentView, announce),
    ...copiesOfTheDesk({ session, office, startChild: workHere, chooseFolder: () => Promise.resolve(null) }),
    ...reportHandlers({ ledger, save: paper.save }),
    ...settingsHandlers({
      ...{ office, announce, dataFolder, preview: true, connect: createSquareGateway },
      baseUrl: () => NOWHERE,
    }),
  };
}

function fakePaymentView(clock: FakeClock): PaymentView {
  const off = (): (() => void) => () => {};
  const state = { phase: 'live', complete: true, brand: null, focused: false, height_px: 100, failure: null } as const;
  const nothing = (): void => {};
  const tokenize = () => {
    const made = {
      kind: 'token',
      token: 'cnon:card-nonce-ok',
      brand: 'VISA',
      last4: '5858',
      minted_at_ms: clock.now(),
    } as const;
    return Promise.resolve(made);
  };
  return {
    ...{
      tokenize,
      setup: nothing,
      place: nothing,
      setTheme: nothing,
      clear: nothing,
      leave: nothing,
      focus: () => true,
      reload: nothing,
    },
    ...{ state: () => state, onState: off, onKey: off },
  };
}

function stateOf({ office, session }: DoorBench): unknown {
  const { ledger, training } = office;
  const counts = ['secret', 'subject_key', 'pending_request'].map(table =>
    ledger.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
  );
  const { person, locked, mode } = session;
  const { seq, hash } = ledger.head;
  return [seq, hash.toString('hex'), counts, training?.network, training?.next_fault, person, locked, mode];
}
