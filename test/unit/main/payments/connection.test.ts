import { beforeEach, describe, expect, test } from 'vitest';
import { Connection } from '../../../../main/payments/connection.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';

let clock: FakeClock;
let reachable: boolean;
let probes: number[];
let connection: Connection;
let news: boolean[];
beforeEach(() => {
  clock = createFakeClock();
  reachable = true;
  probes = [];
  news = [];
  connection = new Connection(clock, () => {
    probes.push(clock.now());
    return Promise.resolve(reachable);
  });
  connection.onChange(online => news.push(online));
});

describe('the connection', () => {
  test('is learnt from the calls, and told only when it changes', () => {
    connection.report(true);
    connection.report(false);
    connection.report(false);
    connection.report(true);
    connection.report(true);
    expect(news).toEqual([false, true]);
  });

  test('while offline, looks again ever more rarely, at the latest after fifteen seconds', async () => {
    reachable = false;
    connection.report(false);
    const began_ms = clock.now();
    await clock.advance(120_000);
    const gaps = probes.map((at, index) => at - (probes[index - 1] ?? began_ms));
    expect(gaps.slice(0, 5)).toEqual([1000, 2000, 4000, 8000, 15_000]);
    expect(Math.max(...gaps)).toBe(15_000);
    expect(connection.next_probe_at_ms).toBeGreaterThan(clock.now());
  });

  test('is online as soon as a probe is answered, and then stops looking', async () => {
    reachable = false;
    connection.report(false);
    await clock.advance(10_000);
    reachable = true;
    await clock.advance(15_000);
    expect(connection.online).toBe(true);
    const looked = probes.length;
    await clock.advance(600_000);
    expect(probes).toHaveLength(looked);
    expect([connection.next_probe_at_ms, clock.waiting]).toEqual([null, 0]);
  });

  test('after the next loss begins quickly again', async () => {
    reachable = false;
    connection.report(false);
    await clock.advance(60_000);
    connection.report(true);
    probes = [];
    const began_ms = clock.now();
    connection.report(false);
    await clock.advance(1000);
    expect(probes).toEqual([began_ms + 1000]);
  });

  test('looks at once when a person asks, and knows since when', async () => {
    const lost_ms = clock.now() + 5000;
    await clock.advance(5000);
    reachable = false;
    expect(await connection.check()).toBe(false);
    expect([connection.online, connection.since_ms]).toEqual([false, lost_ms]);
  });

  test('once stopped, asks no more and changes no more', async () => {
    reachable = false;
    connection.report(false);
    connection.stop();
    await clock.advance(60_000);
    expect(probes).toEqual([]);
    await connection.check();
    expect(clock.waiting).toBe(0);
  });
});
