import type { z } from 'zod';
import type { connectionFinding } from '../../common/contract/office.ts';
import type { ErrorCode } from '../../common/errors.ts';
import type { Currency } from '../../common/money.ts';
import type { Gateway, GatewayLocation, Read } from '../gateway/gateway.ts';

type Finding = z.infer<typeof connectionFinding>;
export type SquareEnvironment = 'sandbox' | 'production';
export type SquareCredentials = { application_id: string; access_token: string; location_id: string };

/** Square's own prefixes. The access token does not tell its environment; the application id does. */
export function environmentOf(application_id: string): SquareEnvironment | undefined {
  if (application_id.startsWith('sandbox-sq0idb-')) return 'sandbox';
  return application_id.startsWith('sq0idp-') ? 'production' : undefined;
}

/**
 * Checks credentials line by line, in the order in which one explains the next, and stops where the rest would only
 * repeat the same fault. `connect` makes a gateway for an environment; nothing it calls can move money.
 */
export async function testConnection(
  credentials: SquareCredentials,
  currency: Currency,
  connect: (environment: SquareEnvironment) => Gateway,
): Promise<{ findings: Finding[]; locations: GatewayLocation[]; merchant: string | null }> {
  const findings: Finding[] = [];
  const add = (check: Finding['check'], error: ErrorCode | null, detail = ''): boolean => {
    findings.push({ check, ok: error === null, error, detail });
    return error === null;
  };
  const end = (locations: GatewayLocation[] = [], merchant: string | null = null) => ({
    findings,
    locations,
    merchant,
  });

  const environment = environmentOf(credentials.application_id);
  if (!environment) {
    add('environment', 'square_application_id_invalid');
    return end();
  }
  const gateway = connect(environment);
  const merchant = await gateway.merchantName();
  if (merchant.kind === 'unauthorized') {
    const other = environment === 'sandbox' ? 'production' : 'sandbox';
    const elsewhere = await connect(other).merchantName();
    const mismatch = elsewhere.kind === 'ok' || elsewhere.kind === 'missing_scope';
    add(
      mismatch ? 'environment' : 'token',
      mismatch ? 'square_environment_mismatch' : 'square_unauthorized',
      environment,
    );
    return end();
  }
  if (!add('environment', reachable(merchant), environment)) return end();
  add('token', null);
  add('merchant', errorOf(merchant), merchant.kind === 'ok' ? merchant.value : 'MERCHANT_PROFILE_READ');
  const scopes = await missingScopes(gateway);
  add('scopes', scopes.length > 0 ? 'square_missing_scope' : null, scopes.join(', '));
  const locations = await gateway.listLocations();
  if (locations.kind !== 'ok') {
    add('location', errorOf(locations));
    return end();
  }
  const chosen = locations.value.find(location => location.location_id === credentials.location_id);
  if (add('location', locationError(chosen), chosen?.name ?? '') && chosen) {
    add('cards', chosen.takes_cards ? null : 'square_cards_not_enabled');
    add('currency', chosen.currency === currency ? null : 'square_currency_mismatch', chosen.currency);
  }
  return end(locations.value, merchant.kind === 'ok' ? merchant.value : null);
}

/** The year 2100: nothing has changed at Square since, so the answer is short. */
const NOT_YET_MS = Date.UTC(2100, 0, 1);

/** Asks with each right that the desk needs. Cancelling a key that was never used needs the right to write, and does nothing. */
async function missingScopes(gateway: Gateway): Promise<string[]> {
  const read = await gateway.listPayments({ from_ms: NOT_YET_MS, cursor: null });
  const write = await gateway.cancelByKey('tillside-connection-test');
  return [
    ...(read.kind === 'missing_scope' ? ['PAYMENTS_READ'] : []),
    ...(write.kind === 'missing_scope' ? ['PAYMENTS_WRITE'] : []),
  ];
}

function reachable(read: Read<unknown>): ErrorCode | null {
  if (read.kind === 'unreachable' || read.kind === 'rate_limited') return 'square_unreachable';
  return read.kind === 'unexpected' ? 'square_unexpected' : null;
}

function errorOf(read: Read<unknown>): ErrorCode | null {
  if (read.kind === 'ok') return null;
  if (read.kind === 'missing_scope') return 'square_missing_scope';
  if (read.kind === 'unauthorized') return 'square_unauthorized';
  return reachable(read) ?? 'square_unexpected';
}

function locationError(location: GatewayLocation | undefined): ErrorCode | null {
  if (!location) return 'square_location_unknown';
  return location.status === 'ACTIVE' ? null : 'square_location_inactive';
}
