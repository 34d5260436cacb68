/** What a test or a person may change while the simulator runs. In memory only, unlike the books. */
import {
  CANCEL_BLOCKS_LATE_ORIGINAL,
  CUSTOMER_INDEX_LAG_MS,
  DECLINE_STATUS,
  FEE_DELAY_MS,
  KEY_RETENTION_MS,
  LIST_LAG_MS,
  REFUND_DELAY_MS,
} from './assumptions.ts';
import { isObject, type JsonObject } from './checks.ts';

/** The permissions that some call of the simulator asks for. */
const SCOPES = [
  'PAYMENTS_READ',
  'PAYMENTS_WRITE',
  'CUSTOMERS_READ',
  'CUSTOMERS_WRITE',
  'MERCHANT_PROFILE_READ',
  'DEVICE_CREDENTIAL_MANAGEMENT',
  'DEVICES_READ',
  'ORDERS_READ',
  'ORDERS_WRITE',
  'GIFTCARDS_READ',
  'GIFTCARDS_WRITE',
  'BANK_ACCOUNTS_READ',
  'BANK_ACCOUNTS_WRITE',
  'DISPUTES_READ',
  'DISPUTES_WRITE',
];

export type SimulatorSettings = {
  location: {
    name: string;
    status: 'ACTIVE' | 'INACTIVE';
    capabilities: string[];
    currency: string;
    country: string;
    timezone: string;
  };
  scopes: string[];
  /** Which application ids `Square.payments` accepts: `sandbox-sq0idb-` or `sq0idp-`. */
  environment: 'sandbox' | 'production';
  token_state: 'valid' | 'expired' | 'revoked';
  decline_status: 400 | 402;
  key_retention_ms: number | null;
  cancel_blocks_late_original: boolean;
  list_lag_ms: number;
  customer_index_lag_ms: number;
  fee_delay_ms: number;
  refund_delay_ms: number;
  refund_outcome: 'COMPLETED' | 'REJECTED' | 'FAILED';
  /** What the bank decides when a dispute was answered with evidence. */
  dispute_outcome: 'WON' | 'LOST';
  /** `fail` drops the request for square.js, `broken` answers a script that defines nothing. */
  script: 'ok' | 'fail' | 'broken';
  /** `fail` answers 503 for the field frames, so that attaching fails. */
  frames: 'ok' | 'fail';
};

export function defaultSettings(environment: 'sandbox' | 'production'): SimulatorSettings {
  return {
    location: {
      name: 'Lakeshore',
      status: 'ACTIVE',
      capabilities: ['CREDIT_CARD_PROCESSING', 'AUTOMATIC_TRANSFERS'],
      currency: 'USD',
      country: 'US',
      timezone: 'America/Chicago',
    },
    scopes: [...SCOPES],
    environment,
    token_state: 'valid',
    decline_status: DECLINE_STATUS,
    key_retention_ms: KEY_RETENTION_MS,
    cancel_blocks_late_original: CANCEL_BLOCKS_LATE_ORIGINAL,
    list_lag_ms: LIST_LAG_MS,
    customer_index_lag_ms: CUSTOMER_INDEX_LAG_MS,
    fee_delay_ms: FEE_DELAY_MS,
    refund_delay_ms: REFUND_DELAY_MS,
    refund_outcome: 'COMPLETED',
    dispute_outcome: 'WON',
    script: 'ok',
    frames: 'ok',
  };
}

const CHOICES: { [path: string]: readonly unknown[] } = {
  'location.status': ['ACTIVE', 'INACTIVE'],
  environment: ['sandbox', 'production'],
  token_state: ['valid', 'expired', 'revoked'],
  decline_status: [400, 402],
  refund_outcome: ['COMPLETED', 'REJECTED', 'FAILED'],
  dispute_outcome: ['WON', 'LOST'],
  script: ['ok', 'fail', 'broken'],
  frames: ['ok', 'fail'],
};

/**
 * Merges a change that came over HTTP into the settings and returns null, or returns a sentence that names the first
 * unknown name or wrong value and leaves the settings as they were.
 */
export function changeSettings(settings: SimulatorSettings, change: JsonObject): string | null {
  const fault = faultIn(settings, change, '');
  if (fault) return fault;
  const { location, ...rest } = change;
  Object.assign(settings, rest);
  if (isObject(location)) Object.assign(settings.location, location);
  return null;
}

function faultIn(current: object, change: JsonObject, path: string): string | null {
  for (const [name, value] of Object.entries(change)) {
    const field = path + name;
    if (!Object.hasOwn(current, name)) return `There is no setting named ${field}.`;
    const held = (current as JsonObject)[name];
    if (isObject(held)) {
      if (!isObject(value)) return `Setting ${field} takes an object.`;
      const fault = faultIn(held, value, `${field}.`);
      if (fault) return fault;
      continue;
    }
    const choices = CHOICES[field];
    if (choices && !choices.includes(value)) return `Setting ${field} takes one of ${choices.join(', ')}.`;
    if (!choices && !sameKind(field, held, value)) return `Setting ${field} has the wrong type.`;
  }
  return null;
}

function sameKind(field: string, held: unknown, value: unknown): boolean {
  if (field === 'key_retention_ms') return value === null || Number.isFinite(value);
  if (Array.isArray(held)) return Array.isArray(value) && value.every(entry => typeof entry === 'string');
  return typeof held === typeof value;
}
