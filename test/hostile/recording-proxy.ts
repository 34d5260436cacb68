import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** The one address that a card may go to: where Square's own frame exchanges it for a token. */
const TOKEN_PATH = '/v1/tokens';

export type RecordingProxy = { readonly base_url: string; readonly recorded: () => number; close(): void };

/** Stands between the app and Square, and writes down everything that is asked, but for what is asked for a token. */
export async function startRecordingProxy(square_url: string, folder: string): Promise<RecordingProxy> {
  mkdirSync(folder, { recursive: true });
  let recorded = 0;
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      const { method, url = '/', headers } = incoming;
      const isToken = method === 'POST' && url === TOKEN_PATH;
      recorded += 1;
      const head = Buffer.from(`${method} ${url}\n${JSON.stringify(headers)}\n\n`);
      writeFileSync(join(folder, `${recorded}.http`), isToken ? head : Buffer.concat([head, body]));
      const onward = request(`${square_url}${url}`, { method, headers }, answer => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base_url: `http://127.0.0.1:${port}`,
    recorded: () => recorded,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
