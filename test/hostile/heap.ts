import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChildProcess } from 'node:child_process';

/**
 * What is run instead of the app's own first file, beside it: it writes down what is alive in the memory of main when
 * the harness asks, and is otherwise the app. The product refuses a debugger and has no such door itself.
 */
const REMEMBERED = `import { writeHeapSnapshot } from 'node:v8';
process.on('message', message => {
  if (message?.kind === 'heap-snapshot') process.send({ kind: 'heap-written', file: writeHeapSnapshot(message.file) });
});
process.channel.unref();
await import('./index.js');
`;

/** The file to start instead of `entry`. */
export function withMemory(entry: string): string {
  const file = join(dirname(entry), 'remembered.js');
  writeFileSync(file, REMEMBERED);
  return file;
}

/** Writes everything that is alive in the memory of a process that was started so. Throws when it ends before. */
export function takeHeapSnapshot(child: ChildProcess, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onEnd = (): void => reject(new Error('the app ended before its memory was written'));
    child.once('exit', onEnd);
    child.on('message', function onWritten(message: { kind?: string; file?: string }) {
      if (message.kind !== 'heap-written' || message.file !== file) return;
      child.off('message', onWritten).off('exit', onEnd);
      if (existsSync(file)) resolve();
      else reject(new Error('the memory was not written'));
    });
    child.send({ kind: 'heap-snapshot', file });
  });
}
