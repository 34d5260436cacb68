import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SquareClient } from 'square';
import { describe, expect, test } from 'vitest';
import { errorOf, makeCustomer, raw, startBench, usd, useBench } from './support.ts';

const bench = useBench();
const control = () => bench.simulator.control;

function pay(idempotencyKey: string) {
  const request = { sourceId: 'cnon:card-nonce-ok', idempotencyKey, amountMoney: usd(1000) };
  return bench.client.payments.create(request);
}
const made = () => control().payments().length;

describe('faults', () => {
  test.each([
    [{ fault: 'drop_before_commit' }, undefined, 0],
    [{ fault: 'drop_after_commit' }, undefined, 1],
    [{ fault: 'status', status: 408 }, 408, 0],
    [{ fault: 'status', status: 500 }, 500, 0],
    [{ fault: 'status', status: 503 }, 503, 0],
    [{ fault: 'status', status: 503, commit: true }, 503, 1],
    [{ fault: 'html_502' }, 502, 0],
    [{ fault: 'truncated' }, undefined, 1],
  ] as const)('%j leaves the client in doubt, and the same key settles it', async (fault, status, effect) => {
    const key = bench.key();
    const before = made();
    control().addFault({ method: 'POST', path: '/v2/payments', ...fault });
    const error = await pay(key).then(
      () => null,
      (thrown: unknown) => thrown as { statusCode?: number },
    );
    expect(error).not.toBeNull();
    if (status !== undefined) expect(error!.statusCode).toBe(status);
    expect(made() - before).toBe(effect);
    expect((await pay(key)).payment!.status).toBe('COMPLETED');
    expect(made() - before).toBe(1);
  });

  test('a 200 that is not JSON reaches the caller as an answer without a payment', async () => {
    const key = bench.key();
    control().addFault({ fault: 'garbage_200' });
    // The SDK does not throw here: whoever calls it must treat an answer without a payment as an unknown outcome.
    expect((await pay(key)).payment).toBeUndefined();
    expect((await pay(key)).payment!.status).toBe('COMPLETED');
  });

  test('a 429 names its wait', async () => {
    control().addFault({ fault: 'status', status: 429, retry_after_s: 7 });
    const error = await errorOf(pay(bench.key()));
    expect(error.statusCode).toBe(429);
    expect(error.errors[0]).toMatchObject({ code: 'RATE_LIMITED', category: 'RATE_LIMIT_ERROR' });
    expect(error.rawResponse!.headers.get('retry-after')).toBe('7');
  });

  test('a fault strikes matching requests only, as often as it was told', async () => {
    control().addFault({ fault: 'status', status: 500, path: '/v2/customers*', times: 2 });
    expect((await pay(bench.key())).payment!.status).toBe('COMPLETED');
    await errorOf(bench.client.customers.list());
    await errorOf(makeCustomer(bench));
    expect(await makeCustomer(bench)).toBeTruthy();
    control().addFault({ fault: 'status', status: 500 });
    control().clearFaults();
    expect((await pay(bench.key())).payment!.status).toBe('COMPLETED');
  });

  test('a delayed answer comes late, its effect at once; the late original comes after the wait', async () => {
    const impatient = new SquareClient({
      token: bench.simulator.token,
      baseUrl: bench.simulator.baseUrl,
      maxRetries: 0,
      timeoutInSeconds: 0.1,
    });
    const request = { sourceId: 'cnon:card-nonce-ok', amountMoney: usd(1000) };
    const before = made();
    control().addFault({ fault: 'delay', delay_ms: 250 });
    await expect(impatient.payments.create({ ...request, idempotencyKey: bench.key() })).rejects.toThrow();
    expect(made()).toBe(before + 1);
    control().addFault({ fault: 'delay', delay_ms: 250, commit: false });
    await expect(impatient.payments.create({ ...request, idempotencyKey: bench.key() })).rejects.toThrow();
    expect(made()).toBe(before + 1);
    await expect.poll(made, { timeout: 2_000 }).toBe(before + 2);
  });

  test('a request may bring its own fault', async () => {
    const body = {
      source_id: 'cnon:card-nonce-ok',
      idempotency_key: bench.key(),
      amount_money: { amount: 1, currency: 'USD' },
    };
    const before = made();
    const dropped = raw(bench, 'POST', '/v2/payments', body, { 'x-simulator-fault': 'drop_after_commit' });
    await expect(dropped).rejects.toThrow();
    expect(made()).toBe(before + 1);
    const busy = await raw(bench, 'GET', '/v2/locations', undefined, { 'x-simulator-fault': 'status=503' });
    expect(busy.status).toBe(503);
  });

  test('a fault that makes no sense is refused', () => {
    expect(() => control().addFault({ fault: 'delay' })).toThrow('delay_ms');
    expect(() => control().addFault({ fault: 'explode' as never })).toThrow('drop_before_commit');
  });
});

describe('the network', () => {
  test('down refuses connections, up answers on the same port with the same books', async () => {
    const { payment } = await pay(bench.key());
    await control().setNetwork('down');
    // The first call may still meet the destroyed connection in the client's pool.
    const codeOfCall = () =>
      fetch(`${bench.simulator.baseUrl}/v2/locations`).then(
        () => 'answered',
        (error: Error) => (error.cause as { code: string }).code,
      );
    await expect.poll(codeOfCall).toBe('ECONNREFUSED');
    await control().setNetwork('up');
    expect((await bench.client.payments.get({ paymentId: payment!.id! })).payment!.id).toBe(payment!.id);
  });
});

describe('the control listener', () => {
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${bench.simulator.controlUrl}/_control/${path}`, {
      method,
      headers: { authorization: `Bearer ${bench.simulator.token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as { [name: string]: never } };
  };

  test('it stays up while the network is down', async () => {
    expect((await call('POST', 'network', { state: 'down' })).status).toBe(200);
    await expect(fetch(bench.simulator.baseUrl)).rejects.toThrow();
    expect((await call('GET', 'books')).body['payments']).toBeInstanceOf(Array);
    await call('POST', 'network', { state: 'up' });
    expect((await bench.client.locations.list()).locations).toHaveLength(1);
  });

  test('faults, time, foreign payments and settings work from outside', async () => {
    expect((await call('POST', 'faults', { fault: 'status', status: 500 })).body).toEqual({ added: 1 });
    expect((await errorOf(bench.client.locations.list())).statusCode).toBe(500);
    const before = control().now();
    await call('POST', 'advance', { ms: 60_000 });
    expect(control().now() - before).toBeGreaterThanOrEqual(60_000);
    const foreign = await call('POST', 'foreign-payment', { amount_minor: 777, source: 'CASH' });
    expect(foreign.body).toMatchObject({ payment: { source_type: 'CASH', total_money: { amount: 777 } } });
    const changed = await call('POST', 'settings', { list_lag_ms: 0, location: { status: 'INACTIVE' } });
    expect(changed.body).toMatchObject({ settings: { location: { status: 'INACTIVE', currency: 'USD' } } });
    await call('POST', 'settings', { location: { status: 'ACTIVE' } });
    expect((await call('POST', 'settings', { lists_lag_ms: 0 })).status).toBe(400);
    expect((await call('POST', 'settings', { script: 'maybe' })).status).toBe(400);
    expect((await call('POST', 'faults', { fault: 'explode' })).status).toBe(400);
  });

  test('it asks for the bearer token', async () => {
    expect((await fetch(`${bench.simulator.controlUrl}/_control/books`)).status).toBe(401);
  });
});

describe('durable books', () => {
  test('a restart keeps payments, keys, cards, tokens, time and identity, and drops a torn line', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'simulator-'));
    const first = await startBench({ directory });
    const request = { sourceId: 'cnon:card-nonce-ok', idempotencyKey: 'kept', amountMoney: usd(1234) };
    const { payment } = await first.client.payments.create(request);
    const hold = await first.client.payments.create({ ...request, idempotencyKey: 'hold', autocomplete: false });
    first.simulator.control.advance(3_600_000);
    const identity = [first.simulator.applicationId, first.simulator.locationId];
    const then = first.simulator.control.now();
    await first.simulator.close();
    appendFileSync(join(directory, 'books.jsonl'), '{"at_ms":1,"changes":[{"tab');

    const second = await startBench({ directory });
    expect([second.simulator.applicationId, second.simulator.locationId]).toEqual(identity);
    expect(second.simulator.control.now()).toBeGreaterThanOrEqual(then);
    expect((await second.client.payments.create(request)).payment!.id).toBe(payment!.id);
    second.simulator.control.advance(7 * 86_400_000);
    const expired = await second.client.payments.get({ paymentId: hold.payment!.id! });
    expect(expired.payment!.status).toBe('CANCELED');
    await second.simulator.close();

    const third = await startBench({ directory });
    expect(third.simulator.control.payments()).toHaveLength(2);
    await third.simulator.close();
    appendFileSync(join(directory, 'books.jsonl'), 'nonsense\n');
    await expect(startBench({ directory })).rejects.toThrow('damaged at byte');
    rmSync(directory, { recursive: true });
  });
});

describe('the command line', () => {
  const cli = fileURLToPath(new URL('../../../main/gateway/simulator/cli.ts', import.meta.url));

  test('it prints the base URL first, alone, serves, and stops on SIGTERM', async () => {
    const child = spawn(process.execPath, [cli, '--token', 'cli-token'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = await new Promise<string[]>(resolve => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('location ')) resolve(text.trim().split('\n'));
      });
    });
    expect(lines[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const response = await fetch(`${lines[0]}/v2/locations`, { headers: { authorization: 'Bearer cli-token' } });
    expect(response.status).toBe(200);
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
