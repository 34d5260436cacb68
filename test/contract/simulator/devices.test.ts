import { describe, expect, test } from 'vitest';
import { raw, refusalOf, useBench } from './support.ts';

const bench = useBench();
const SECOND = 1_000;

describe('device codes and devices', () => {
  test('a code is unpaired, then paired by a person, and the device is listed', async () => {
    const request = {
      idempotencyKey: bench.key(),
      deviceCode: { name: 'Counter 2', productType: 'TERMINAL_API' },
    } as const;
    const made = (await bench.client.devices.codes.create(request)).deviceCode!;
    expect(made).toMatchObject({ status: 'UNPAIRED', name: 'Counter 2', code: expect.stringMatching(/^[A-Z0-9]{6}$/) });
    expect(made.deviceId).toBeUndefined();
    expect((await bench.client.devices.codes.create(request)).deviceCode!.id).toBe(made.id);
    bench.simulator.control.people.pairDevice(made.code!);
    const paired = (await bench.client.devices.codes.get({ id: made.id! })).deviceCode!;
    expect(paired.status).toBe('PAIRED');
    const device = (await bench.client.devices.get({ deviceId: `device:${paired.deviceId!}` })).device!;
    expect(device).toMatchObject({ attributes: { name: 'Counter 2' }, status: { category: 'AVAILABLE' } });
    expect((await bench.client.devices.list()).data.map(entry => entry.id)).toContain(device.id);
    expect((await bench.client.devices.codes.list({ status: 'PAIRED' })).data.map(code => code.id)).toContain(made.id);
    expect(() => bench.simulator.control.people.pairDevice(made.code!)).toThrow('does not take');
  });

  test('a code that nobody types in five minutes expires', async () => {
    const request = { idempotencyKey: bench.key(), deviceCode: { productType: 'TERMINAL_API' } } as const;
    const { id, code } = (await bench.client.devices.codes.create(request)).deviceCode!;
    bench.simulator.control.advance(300 * SECOND);
    expect((await bench.client.devices.codes.get({ id: id! })).deviceCode!.status).toBe('EXPIRED');
    expect(() => bench.simulator.control.people.pairDevice(code!)).toThrow('does not take');
    expect(await refusalOf(bench.client.devices.codes.get({ id: 'nothing' }))).toBe('404 NOT_FOUND');
    expect(await refusalOf(bench.client.devices.get({ deviceId: 'device:nothing' }))).toBe('404 NOT_FOUND');
  });

  test('names of 129 letters and other keys are refused', async () => {
    const device_code = { name: 'x'.repeat(129), product_type: 'TERMINAL_API' };
    const body = { idempotency_key: 'k'.repeat(129), device_code };
    const answer = await raw(bench, 'POST', '/v2/devices/codes', body);
    expect(answer.body.errors!.map(error => error.field)).toEqual(['idempotency_key', 'device_code.name']);
  });

  test('without the permission no device is paired', async () => {
    const { settings } = bench.simulator.control;
    const given = settings.scopes;
    settings.scopes = given.filter(scope => scope !== 'DEVICE_CREDENTIAL_MANAGEMENT');
    expect(await refusalOf(bench.client.devices.codes.list())).toBe('403 INSUFFICIENT_SCOPES');
    settings.scopes = given;
  });

  test('another process plays the people at the terminals', async () => {
    const act = async (body: object) => {
      const headers = { authorization: `Bearer ${bench.simulator.token}`, 'content-type': 'application/json' };
      const url = `${bench.simulator.controlUrl}/_control/people`;
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      const answer = (await response.json()) as { [name: string]: { [name: string]: string } };
      return { status: response.status, answer };
    };
    const request = { idempotencyKey: bench.key(), deviceCode: { productType: 'TERMINAL_API' } } as const;
    const { code } = (await bench.client.devices.codes.create(request)).deviceCode!;
    const deviceId = (await act({ act: 'pair_device', code })).answer['device_code']!['device_id']!;
    expect((await act({ act: 'pair_device', code })).status).toBe(400);
    const checkout = { amountMoney: { amount: 700n, currency: 'USD' as const }, deviceOptions: { deviceId } };
    const made = await bench.client.terminal.checkouts.create({ idempotencyKey: bench.key(), checkout });
    const checkout_id = made.checkout!.id!;
    expect((await act({ act: 'tap_card', checkout_id })).status).toBe(400);
    bench.simulator.control.advance(2 * SECOND);
    expect((await act({ act: 'tap_card', checkout_id, decline: 'GENERIC_DECLINE' })).answer['payment']!['status']).toBe(
      'FAILED',
    );
    expect((await act({ act: 'tap_card', checkout_id })).answer['payment']!['status']).toBe('COMPLETED');
    expect((await act({ act: 'cancel_checkout', checkout_id })).status).toBe(400);
    expect((await act({ act: 'dance' })).status).toBe(400);
  });
});
