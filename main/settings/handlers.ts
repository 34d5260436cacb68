import type { Announce, Handlers } from '../../common/contract/index.ts';
import type { SettingsView } from '../../common/contract/office.ts';
import { AppError } from '../../common/errors.ts';
import { largestPayment } from '../../common/money.ts';
import type { Gateway, GatewayConnection } from '../gateway/gateway.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { verifyApart } from '../ledger/self-check.ts';
import { sql } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import type { Outbox } from '../payments/outbox.ts';
import { openWork } from '../payments/queries.ts';
import { hasUnsentRefunds } from '../refunds/queries.ts';
import { forgetSquare, keepSquare, readSquare } from './square-connection.ts';
import { environmentOf, testConnection, type SquareCredentials, type SquareEnvironment } from './square-test.ts';

export type TrainingDesk = {
  network: 'up' | 'down';
  next_fault: string | null;
  setNetwork(network: 'up' | 'down'): Promise<void>;
  /** Down without telling the desk, as a real cable: it finds out by itself. */
  pullCable(): Promise<void>;
  setNextFault(fault: string | null): void;
  foreignPayment(amount_minor: number): void;
};

export type SettingsOffice = {
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  /** Null in a live office. */
  readonly training: TrainingDesk | null;
  /** Takes the stored connection into use, or lets go of it. */
  reconnect(): Promise<void>;
};

type Needs = {
  readonly office: () => SettingsOffice;
  readonly connect: (connection: GatewayConnection) => Gateway;
  readonly baseUrl: (environment: SquareEnvironment) => string;
  readonly dataFolder: string;
  readonly preview: boolean;
  readonly announce: Announce;
};

export function settingsHandlers(needs: Needs) {
  const { office, announce } = needs;
  return {
    ...squareHandlers(needs),
    ...trainingHandlers(needs),
    'settings.get': () => settingsView(needs),
    'settings.set_two_phase': ({ two_phase }, who) => {
      office().ledger.write(who.person_id, write =>
        write.fact('setting.changed', { name: 'two_phase', value: two_phase ? 'on' : 'off' }),
      );
      return settingsView(needs);
    },
    'ledger.verify': async () => {
      const { ledger } = office();
      const started_ms = performance.now();
      const progress = (done: number, of: number): void => announce('ledger.verify_progress', { done, of });
      const { differing: _, ...verdict } = await verifyApart(ledger, { progress });
      return { ...verdict, took_ms: performance.now() - started_ms };
    },
  } satisfies Partial<Handlers>;
}

/** Connecting a live office to Square. A training ledger can never be given a credential. */
function squareHandlers(needs: Needs) {
  const live = (): SettingsOffice => {
    const office = needs.office();
    if (office.training) throw new AppError('live_only');
    return office;
  };
  return {
    'square.test': async credentials => {
      const { findings, locations } = await test(needs, live(), credentials);
      return {
        findings,
        locations: locations.map(({ location_id, name, status, currency }) => ({
          location_id,
          name,
          status,
          currency,
        })),
      };
    },
    'square.connect': async (credentials, who) => {
      const office = live();
      const { findings, locations, merchant } = await test(needs, office, credentials);
      const failed = findings.find(finding => !finding.ok);
      if (failed?.error) throw new AppError(failed.error, { check: failed.check });
      const location = locations.find(one => one.location_id === credentials.location_id);
      keepSquare(office.ledger, who.person_id, credentials, location?.name ?? '', merchant ?? '');
      await office.reconnect();
      return settingsView(needs);
    },
    'square.disconnect': async (_input, who) => {
      const { ledger, reconnect } = live();
      if (openWork(ledger.database).length > 0 || hasUnsentRefunds(ledger.database))
        throw new AppError('queue_not_empty');
      forgetSquare(ledger, who.person_id);
      await reconnect();
      return settingsView(needs);
    },
  } satisfies Partial<Handlers>;
}

function test(needs: Needs, { ledger }: SettingsOffice, credentials: SquareCredentials) {
  const { currency } = readSettings(ledger.database);
  const { access_token, location_id } = credentials;
  const refused = needs.preview && environmentOf(credentials.application_id) === 'production';
  // The preview runs in an ordinary browser without the keyring of the system, so it never holds a live credential.
  if (refused) throw new AppError('preview_refuses_live');
  return testConnection(credentials, currency, environment =>
    needs.connect({
      ...{ environment, access_token, location_id, currency },
      base_url: needs.baseUrl(environment),
      timeout_ms: 10_000,
    }),
  );
}

function trainingHandlers({ office }: Needs) {
  const training = (): TrainingDesk => {
    const desk = office().training;
    if (!desk) throw new AppError('training_only');
    return desk;
  };
  return {
    'training.set_network': async ({ network }) => {
      await training().setNetwork(network);
      return {};
    },
    'training.next_fault': ({ fault }) => {
      training().setNextFault(fault);
      return {};
    },
    'training.foreign_payment': ({ amount }) => {
      const { currency } = readSettings(office().ledger.database);
      // Square's stand-in knows one currency and no amount above Square's own limit.
      if (amount.currency !== currency || amount.minor > largestPayment(currency).minor)
        throw new AppError('invalid_input', { field: 'amount' });
      training().foreignPayment(amount.minor);
      return {};
    },
  } satisfies Partial<Handlers>;
}

function settingsView({ office, preview, dataFolder }: Needs): SettingsView {
  const { ledger, training } = office();
  const square = readSquare(ledger);
  return {
    mode: ledger.identity.mode,
    preview,
    two_phase: readSettings(ledger.database).two_phase,
    refund_limit: readSettings(ledger.database).refund_limit,
    data_folder: dataFolder,
    ledger_records: Number(sql(ledger.database, 'SELECT count(*) FROM journal').pluck().get()),
    square: {
      connected: training !== null || square !== null,
      environment: training ? 'simulator' : square ? (environmentOf(square.application_id) ?? null) : null,
      application_id: square?.application_id ?? null,
      location_id: square?.location_id ?? null,
      location_name: square?.location_name ?? null,
      merchant_name: square?.merchant_name ?? null,
    },
    training: training && { network: training.network, next_fault: training.next_fault },
  };
}
