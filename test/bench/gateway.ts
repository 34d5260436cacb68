import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import { startSimulator } from '../../main/gateway/simulator/simulator.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { makeIds, systemRandom } from '../../main/platform/ids.ts';
import { dollars, tempFolder } from '../support/builders.ts';
import { timedAsync } from './measure.ts';

const WARM_UP = 5;

/**
 * What a card payment costs at the gateway alone: the same two requests, authorise and capture, through the real
 * adapter to the same simulator with durable books, in one process as in the training office. Milliseconds for both
 * requests together, one value per payment.
 */
export async function gatewayTimes(count: number): Promise<number[]> {
  const { folder, dispose } = tempFolder('tillside-bench-');
  const newId = makeIds(systemClock, systemRandom);
  const simulator = await startSimulator({
    ...{ clock: systemClock, random: systemRandom, token: 'EAAA-bench', directory: folder },
  });
  try {
    const gateway = createSquareGateway({
      ...{ environment: 'simulator', base_url: simulator.baseUrl, access_token: simulator.token },
      ...{ location_id: simulator.locationId, currency: 'USD', timeout_ms: 20_000 },
    });
    const took: number[] = [];
    for (let payment = 0; payment < WARM_UP + count; payment += 1) {
      const body = await gateway.prepare({
        idempotency_key: newId(),
        amount: dollars(1000 + payment),
        reference: `D1-${String(payment).padStart(6, '0')}-00000000`,
        source: { kind: 'token', token: 'cnon:card-nonce-ok', channel: 'desk', two_phase: true },
        note: '',
      });
      const one_ms = await timedAsync(async () => {
        const held = await gateway.createPayment(body);
        if (held.kind !== 'approved') throw new Error(`the hold ended as ${held.kind}`);
        const { square_payment_id, version_token } = held.payment;
        const captured = await gateway.completePayment(square_payment_id, version_token);
        if (captured.kind !== 'completed') throw new Error(`the capture ended as ${captured.kind}`);
      });
      if (payment >= WARM_UP) took.push(one_ms);
    }
    return took;
  } finally {
    await simulator.close();
    dispose();
  }
}
