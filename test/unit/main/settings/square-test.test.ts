import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../../../main/gateway/simulator/simulator.ts';
import { createSquareGateway } from '../../../../main/gateway/square/adapter.ts';
import { systemClock } from '../../../../main/platform/clock.ts';
import { systemRandom } from '../../../../main/platform/ids.ts';
import { forgetSquare, keepSquare, readSquare, readSquareToken } from '../../../../main/settings/square-connection.ts';
import { environmentOf, testConnection, type SquareEnvironment } from '../../../../main/settings/square-test.ts';
import { TempOffice } from '../../../support/temp-office.ts';

const SANDBOX = 'sandbox-sq0idb-AbCdEfGhIjKlMnOpQrStUv';
const PRODUCTION = 'sq0idp-AbCdEfGhIjKlMnOpQrStUv';
let sandbox: Simulator;
let production: Simulator;
beforeAll(async () => {
  const options = { clock: systemClock, random: systemRandom };
  sandbox = await startSimulator({ ...options, token: 'EAAA-sandbox-token', applicationId: SANDBOX });
  production = await startSimulator({ ...options, token: 'EAAA-production-token', applicationId: PRODUCTION });
});
afterAll(() => Promise.all([sandbox.close(), production.close()]));
beforeEach(() => {
  const { location } = sandbox.control.settings;
  Object.assign(location, { status: 'ACTIVE', currency: 'USD', capabilities: ['CREDIT_CARD_PROCESSING'] });
  sandbox.control.settings.scopes = ['PAYMENTS_READ', 'PAYMENTS_WRITE', 'MERCHANT_PROFILE_READ'];
});

const credentials = (change: object = {}) => ({
  ...{ application_id: SANDBOX, access_token: sandbox.token, location_id: sandbox.locationId },
  ...change,
});
const run = async (given: ReturnType<typeof credentials>) => {
  const connect = (environment: SquareEnvironment) =>
    createSquareGateway({
      ...{ environment, access_token: given.access_token, location_id: given.location_id, currency: 'USD' as const },
      ...{ base_url: (environment === 'sandbox' ? sandbox : production).baseUrl, timeout_ms: 2000 },
    });
  return testConnection(given, 'USD', connect);
};
const failures = async (given: ReturnType<typeof credentials>) =>
  (await run(given)).findings.filter(finding => !finding.ok).map(finding => `${finding.check}: ${finding.error}`);

describe('the connection test', () => {
  test('finds nothing wrong where nothing is, and moves no money', async () => {
    const { findings, locations } = await run(credentials());
    expect(findings.map(finding => [finding.check, finding.ok])).toEqual(
      ['environment', 'token', 'merchant', 'scopes', 'location', 'cards', 'currency'].map(check => [check, true]),
    );
    expect(locations).toMatchObject([{ location_id: sandbox.locationId, takes_cards: true }]);
    expect(sandbox.control.payments()).toEqual([]);
  });

  test.each([
    ['an id of no application', { application_id: 'my-app' }, 'environment: square_application_id_invalid'],
    ['a wrong token', { access_token: 'EAAA-nonsense' }, 'token: square_unauthorized'],
    ['an unknown location', { location_id: 'L404' }, 'location: square_location_unknown'],
    ['no location', { location_id: '' }, 'location: square_location_unknown'],
  ])('%s', async (_what, change, failure) => {
    expect(await failures(credentials(change))).toEqual([failure]);
  });

  test('a token of the other environment is told apart from a wrong one', async () => {
    expect(await failures(credentials({ access_token: production.token }))).toEqual([
      'environment: square_environment_mismatch',
    ]);
    expect(await failures(credentials({ application_id: PRODUCTION }))).toEqual([
      'environment: square_environment_mismatch',
    ]);
  });

  test.each([
    ['MERCHANT_PROFILE_READ', ['merchant: square_missing_scope', 'location: square_missing_scope']],
    ['PAYMENTS_READ', ['scopes: square_missing_scope']],
    ['PAYMENTS_WRITE', ['scopes: square_missing_scope']],
  ])('without the right %s', async (scope, expected) => {
    const { settings } = sandbox.control;
    settings.scopes = settings.scopes.filter(one => one !== scope);
    expect(await failures(credentials())).toEqual(expected);
  });

  test.each([
    [{ status: 'INACTIVE' }, 'location: square_location_inactive'],
    [{ capabilities: [] }, 'cards: square_cards_not_enabled'],
    [{ currency: 'CAD' }, 'currency: square_currency_mismatch'],
  ])('a location with %j', async (change, failure) => {
    Object.assign(sandbox.control.settings.location, change);
    expect(await failures(credentials())).toEqual([failure]);
  });

  test('without the internet it says unreachable, and blames nothing else', async () => {
    await sandbox.control.setNetwork('down');
    expect(await failures(credentials())).toEqual(['environment: square_unreachable']);
    await sandbox.control.setNetwork('up');
  });

  test('the environment is read from the application id alone', () => {
    expect([SANDBOX, PRODUCTION, '', 'sq0idb-x', 'SQ0IDP-x', ' sq0idp-x'].map(environmentOf)).toEqual([
      'sandbox',
      'production',
      ...Array<undefined>(4).fill(undefined),
    ]);
  });
});

describe('the stored connection', () => {
  test('keeps the token sealed, gives it to nobody who reads settings, and forgets it', async () => {
    const office = await TempOffice.create();
    keepSquare(office.ledger, office.person_id, credentials(), 'Lakeshore', 'Lakeshore Dental');
    expect(readSquare(office.ledger)).toEqual({
      application_id: SANDBOX,
      location_id: sandbox.locationId,
      location_name: 'Lakeshore',
      merchant_name: 'Lakeshore Dental',
    });
    office.restart();
    expect(readSquareToken(office.ledger)).toBe(sandbox.token);
    expect(office.ledger.database.prepare('SELECT group_concat(body) FROM journal').pluck().get()).not.toContain(
      sandbox.token,
    );
    forgetSquare(office.ledger, office.person_id);
    expect([readSquare(office.ledger), readSquareToken(office.ledger)]).toEqual([null, null]);
    expect(await office.verify()).toMatchObject({ ok: true });
    await office.close();
  });
});
