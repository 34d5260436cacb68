/** Device codes and devices: a code is made here, typed on a terminal by a person, and names that terminal from then on. */
import { DEVICE_CODE_LIFE_MS } from './assumptions.ts';
import { check, part, text, type JsonObject } from './checks.ts';
import { cursorParameters, pageAnswer, readLimit, readSortOrder, type Pager } from './cursors.ts';
import { refuse } from './errors.ts';
import type { Answer, Route } from './http.ts';
import { requireLocation } from './places.ts';
import type { Change } from './records.ts';
import type { DeviceCode, DeviceCodeRecord } from './records-terminal.ts';
import { testDevice } from './terminal-devices.ts';
import { iso, type World } from './world.ts';

const PAGE = 100;

export function deviceRoutes(world: World, pager: Pager): Route[] {
  const codes = 'DEVICE_CREDENTIAL_MANAGEMENT';
  return [
    {
      method: 'POST',
      path: '/v2/devices/codes',
      scope: codes,
      idempotent: { operation: 'CreateDeviceCode', required: true, max: 128 },
      handle: request => create(world, request.body),
    },
    {
      method: 'GET',
      path: '/v2/devices/codes',
      scope: codes,
      handle: request => listCodes(world, pager, request.query),
    },
    {
      method: 'GET',
      path: '/v2/devices/codes/{id}',
      scope: codes,
      handle(request) {
        const record = world.books.get('device_codes', request.parameters['id']!);
        if (!record) throw refuse('NOT_FOUND', 'Device code not found.', 'id');
        return { status: 200, body: { device_code: record.code } };
      },
    },
    {
      method: 'GET',
      path: '/v2/devices',
      scope: 'DEVICES_READ',
      handle: request => listDevices(world, pager, request.query),
    },
    {
      method: 'GET',
      path: '/v2/devices/{device_id}',
      scope: 'DEVICES_READ',
      handle(request) {
        const device = devices(world).find(candidate => candidate.id === request.parameters['device_id']);
        if (!device) throw refuse('NOT_FOUND', 'Device not found.', 'device_id');
        return { status: 200, body: { device } };
      },
    },
  ];
}

function create(world: World, body: JsonObject): Answer {
  check(body, {
    idempotency_key: { kind: 'string', required: true, min: 1, max: 128, bytes: true },
    device_code: {
      kind: 'object',
      required: true,
      shape: {
        name: { kind: 'string', max: 128 },
        product_type: { kind: 'string', required: true, values: ['TERMINAL_API'] },
        location_id: { kind: 'string', max: 50 },
      },
    },
  });
  const wish = part(body, 'device_code')!;
  requireLocation(world, text(wish, 'location_id'));
  const now_ms = world.now();
  const due_at_ms = now_ms + DEVICE_CODE_LIFE_MS;
  const name = text(wish, 'name');
  const code: DeviceCode = {
    id: world.id('', 13),
    ...(name === undefined ? {} : { name }),
    code: world.id('', 6).toUpperCase(),
    product_type: 'TERMINAL_API',
    location_id: world.meta.location_id,
    status: 'UNPAIRED',
    pair_by: iso(due_at_ms),
    created_at: iso(now_ms),
    status_changed_at: iso(now_ms),
  };
  const value = { code, hidden: { due_at_ms } };
  return { status: 200, body: { device_code: code }, changes: [{ table: 'device_codes', id: code.id, value }] };
}

/** A code that nobody typed in time. */
export function settleDeviceCode(_world: World, record: DeviceCodeRecord, at_ms: number): Change[] {
  const code: DeviceCode = { ...record.code, status: 'EXPIRED', status_changed_at: iso(at_ms) };
  return [{ table: 'device_codes', id: code.id, value: { code, hidden: { due_at_ms: null } } }];
}

/**
 * Somebody types a code on a terminal. `deviceId` makes it one of the published test devices; otherwise the terminal is
 * new, and waits for a person. Throws when the code is unknown, expired or used.
 */
export function pairDevice(world: World, typed: string, deviceId?: string): DeviceCode {
  const record = world.books.all('device_codes').find(candidate => candidate.code.code === typed);
  if (record?.code.status !== 'UNPAIRED') throw new Error(`The terminal does not take the code ${typed}.`);
  const at = iso(world.now());
  const device_id = deviceId ?? world.id('', 16).toUpperCase();
  const code: DeviceCode = { ...record.code, status: 'PAIRED', device_id, status_changed_at: at, paired_at: at };
  const value = { code, hidden: { due_at_ms: null } };
  world.books.commit(world.now(), [{ table: 'device_codes', id: code.id, value }]);
  return code;
}

/** Whether checkouts can be sent to it: a published test device, or one that was paired here. */
export function isKnownDevice(world: World, deviceId: string): boolean {
  return (
    testDevice(deviceId) !== null || world.books.all('device_codes').some(({ code }) => code.device_id === deviceId)
  );
}

function listCodes(world: World, pager: Pager, query: URLSearchParams): Answer {
  const location = query.get('location_id');
  if (location !== null) requireLocation(world, location);
  const status = query.get('status')?.split(',');
  const codes = world.books
    .all('device_codes')
    .map(record => record.code)
    .filter(code => status === undefined || status.includes(code.status));
  return pageAnswer(pager, 'device_codes', codes, {
    key: code => code.created_at,
    id: code => code.id,
    descending: true,
    limit: PAGE,
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
}

function listDevices(world: World, pager: Pager, query: URLSearchParams): Answer {
  const location = query.get('location_id');
  if (location !== null) requireLocation(world, location);
  return pageAnswer(pager, 'devices', devices(world), {
    key: device => device.attributes.updated_at,
    id: device => device.id,
    descending: readSortOrder(query, true),
    limit: readLimit(query, PAGE),
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
}

// The devices calls name a device with a prefix that the terminal calls do not use.
function devices(world: World) {
  const paired = world.books.all('device_codes').filter(({ code }) => code.device_id !== undefined);
  const latest = new Map(paired.map(({ code }) => [code.device_id!, code]));
  return [...latest.values()].map(code => ({
    id: `device:${code.device_id}`,
    attributes: {
      type: 'TERMINAL',
      manufacturer: 'Square',
      model: 'T2',
      name: code.name ?? 'Square Terminal',
      manufacturers_id: code.device_id,
      updated_at: code.paired_at!,
      version: '6.52.0038',
      merchant_token: world.meta.merchant_id,
    },
    components: [
      {
        type: 'APPLICATION',
        application_details: {
          application_type: 'TERMINAL_API',
          version: '6.52',
          session_location: code.location_id,
          device_code_id: code.id,
        },
      },
    ],
    status: { category: testDevice(code.device_id!)?.fate === 'offline' ? 'OFFLINE' : 'AVAILABLE' },
  }));
}
