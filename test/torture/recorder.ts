import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NotRun } from '../verify/suite.ts';

/** Builds the library that stands in front of the C library. Answers its path, or why there is none. */
export function buildRecorder(folder: string): string | NotRun {
  if (process.platform !== 'linux') return { not_run: 'the recorder needs Linux' };
  const compiler = ['cc', 'gcc', 'clang'].find(name => spawnSync(name, ['--version']).status === 0);
  if (!compiler) return { not_run: 'there is no C compiler on this computer, which the recorder needs' };
  const library = join(folder, 'recorder.so');
  const source = fileURLToPath(new URL('./recorder.c', import.meta.url));
  execFileSync(compiler, ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl', '-lpthread']);
  return library;
}
