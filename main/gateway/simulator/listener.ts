/** A loopback HTTP listener that can go away and come back on the same port, as a network does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Handler } from './api.ts';

export type Listener = {
  port(): number;
  /** Listens, on the same port after the first time. */
  up(): Promise<void>;
  /** Stops listening and destroys open connections. */
  down(): Promise<void>;
};

export function makeListener(port: number, handle: Handler): Listener {
  let server: Server | null = null;
  let known = port;
  return {
    port: () => known,
    async up() {
      if (server) return;
      const created = createServer((message, response) => void handle(message, response));
      await new Promise<void>((resolve, reject) => {
        created.once('error', error => {
          reject(new Error(`The simulator cannot listen on port ${known} of 127.0.0.1.`, { cause: error }));
        });
        created.listen(known, '127.0.0.1', resolve);
      });
      known = (created.address() as AddressInfo).port;
      server = created;
    },
    async down() {
      const closing = server;
      server = null;
      if (!closing) return;
      await new Promise<void>(resolve => {
        closing.close(() => resolve());
        closing.closeAllConnections();
      });
    },
  };
}
