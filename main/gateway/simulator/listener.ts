/** A loopback HTTP listener that can go away and come back on the same port, as a network does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Handler } from './http.ts';

export type Listener = {
  port(): number;
  /** Listens, on the same port after the first time. */
  up(): Promise<void>;
  /** Stops listening and destroys open connections. */
  down(): Promise<void>;
};

/** How many pieces of a connection are remembered for wiping; a card request is far smaller. */
const REMEMBERED_CHUNKS = 8;
const chunksOf = new WeakMap<Socket, Buffer[]>();

// Listening to the data also keeps Node from reading into one long-lived buffer that nobody could wipe.
function rememberChunks(socket: Socket): void {
  const chunks: Buffer[] = [];
  chunksOf.set(socket, chunks);
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (chunks.length > REMEMBERED_CHUNKS) chunks.shift();
  });
}

/** Overwrites what was read from the connection so far: a card number was among it. */
export function wipeConnection(socket: Socket): void {
  for (const chunk of chunksOf.get(socket)?.splice(0) ?? []) chunk.fill(0);
}

export function makeListener(port: number, handle: Handler): Listener {
  let server: Server | null = null;
  let known = port;
  return {
    port: () => known,
    async up() {
      if (server) return;
      const created = createServer((message, response) => void handle(message, response));
      created.on('connection', rememberChunks);
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
