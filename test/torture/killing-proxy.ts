import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The moments between the desk and Square at which the desk is killed. */
export const MOMENTS = ['before connect', 'after request bytes', 'after commit', 'after reply headers'] as const;
export type Moment = (typeof MOMENTS)[number];

export type KillingProxy = {
  readonly port: number;
  /** Kills at the `count`th time that the moment comes for a request that moves money. */
  arm(moment: Moment, count: number, kill: () => void): void;
  disarm(): void;
  close(): Promise<void>;
};

/** Stands between the desk and the simulator, so that a process can be killed at an exact point of the exchange. */
export async function startKillingProxy(target: () => number): Promise<KillingProxy> {
  let armed: { moment: Moment; left: number; kill: () => void } | undefined;
  /** True once, when it is time; the caller then goes no further. */
  const strikes = (moment: Moment): boolean => {
    if (armed?.moment !== moment || (armed.left -= 1) > 0) return false;
    const { kill } = armed;
    armed = undefined;
    kill();
    return true;
  };
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
    const moves = message.method === 'POST';
    if (moves && strikes('after request bytes')) return;
    const answer = await forward(message, Buffer.concat(chunks), target());
    if (moves && strikes('after commit')) return;
    response.writeHead(answer.status, answer.headers);
    if (moves && armed?.moment === 'after reply headers') {
      response.flushHeaders();
      await new Promise(resolve => setImmediate(resolve));
      if (strikes('after reply headers')) return;
    }
    response.end(answer.body);
  };
  const server = createServer((message, response) => {
    handle(message, response).catch(() => response.destroy());
  });
  server.on('connection', socket => {
    if (strikes('before connect')) socket.destroy();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arm: (moment, count, kill) => (armed = { moment, left: count, kill }),
    disarm: () => (armed = undefined),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = { status: number; headers: Record<string, string>; body: Buffer };

function forward(message: IncomingMessage, body: Buffer, port: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = message;
    const onward = send(
      { host: '127.0.0.1', port, method, path: url, headers: { ...headers, connection: 'close' }, agent: false },
      reply => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () => {
          const type = reply.headers['content-type'] ?? 'application/json';
          const whole = Buffer.concat(chunks);
          const length = String(whole.length);
          resolve({
            status: reply.statusCode ?? 502,
            headers: { 'content-type': type, 'content-length': length },
            body: whole,
          });
        });
      },
    );
    onward.on('error', reject);
    onward.end(body);
  });
}
