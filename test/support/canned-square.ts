import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { money } from '../../common/money.ts';
import type { Gateway, GatewayConnection, MoneyOutcome, PaymentRequest } from '../../main/gateway/gateway.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';

type Answer = { status: number; body: string; headers?: Record<string, string> };
type Received = { method: string; path: string; body: string; authorization: string | undefined };

/** A server that answers whatever the test says, to show what the adapter makes of it. */
export type CannedSquare = {
  answer: Answer;
  received: Received[];
  connection(): GatewayConnection;
  gateway(): Gateway;
  /** Sends a payment and has it answered so. */
  sent(status: number, body: unknown, headers?: Record<string, string>): Promise<MoneyOutcome>;
};

/** One server per test file; read its fields inside tests only. */
export function useCannedSquare(): CannedSquare {
  let server: Server;
  const canned: CannedSquare = {
    answer: { status: 200, body: '{}' },
    received: [],
    connection: () => ({
      environment: 'simulator',
      base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      access_token: 'EAAA-contract',
      location_id: 'LOCATION1',
      currency: 'USD',
      timeout_ms: 1000,
    }),
    gateway: () => createSquareGateway(canned.connection()),
    async sent(status, body, headers) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      canned.answer = { status, body: text, ...(headers ? { headers } : {}) };
      return canned.gateway().createPayment(await canned.gateway().prepare(paymentRequest()));
    },
  };
  beforeAll(async () => {
    server = cannedServer(canned);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    canned.received = [];
  });
  return canned;
}

function cannedServer(canned: CannedSquare): Server {
  return createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const { method = '', url = '', headers } = message;
      const body = Buffer.concat(chunks).toString('utf8');
      canned.received.push({ method, path: url, body, authorization: headers.authorization });
      const { status, headers: given, body: text } = canned.answer;
      response.writeHead(status, { 'content-type': 'application/json', ...given });
      response.end(text);
    });
  });
}

export const paymentRequest = (change: Partial<PaymentRequest> = {}): PaymentRequest => ({
  idempotency_key: '0190b3a4-7c1d-7e2f-8a3b-4c5d6e7f8a9b',
  amount: money(1250, 'USD'),
  reference: 'D1-000001-a1b2c3d4',
  source: { kind: 'token', token: 'cnon:test', channel: 'desk', two_phase: true },
  note: '',
  ...change,
});

/** What Square answers to that request when all went well. */
export const squarePayment = (change: object = {}) => ({
  id: 'PAYMENT1',
  status: 'COMPLETED',
  amount_money: { amount: 1250, currency: 'USD' },
  reference_id: 'D1-000001-a1b2c3d4',
  source_type: 'CARD',
  created_at: '2026-01-15T15:00:00.000Z',
  updated_at: '2026-01-15T15:00:01.000Z',
  version_token: 'v1',
  card_details: { card: { card_brand: 'VISA', last_4: '1111' } },
  ...change,
});

export const squareErrors = (...codes: string[]) => ({
  errors: codes.map(code => ({ category: 'PAYMENT_METHOD_ERROR', code })),
});
