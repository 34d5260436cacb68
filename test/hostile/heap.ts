import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * Writes everything that is alive in the memory of a process to a file, by the inspector that the harness started it
 * with; the product has none. `logs` is what the process said, its inspector's address among it. False without one.
 */
export async function takeHeapSnapshot(logs: readonly string[], file: string): Promise<boolean> {
  const address = logs.map(line => /Debugger listening on (ws:\S+)/.exec(line)?.[1]).find(found => found !== undefined);
  if (address === undefined) return false;
  const socket = new WebSocket(address);
  const handle = openSync(file, 'w');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => {
        socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
        socket.send(JSON.stringify({ id: 2, method: 'HeapProfiler.takeHeapSnapshot', params: {} }));
      });
      socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
        const message = JSON.parse(data) as { id?: number; method?: string; params?: { chunk?: string } };
        if (message.params?.chunk !== undefined) writeSync(handle, message.params.chunk);
        if (message.id === 2) resolve();
      });
      socket.addEventListener('error', () => reject(new Error('the inspector does not answer')));
    });
    return true;
  } finally {
    closeSync(handle);
    socket.close();
  }
}
