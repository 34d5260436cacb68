import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../../scripts/find-chromium.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tillside-scripts-'));
const isLinux = process.platform === 'linux';
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function command(script: string, parameters: string[], environment: Record<string, string> = {}) {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...rest } = process.env;
  const result = spawnSync(process.execPath, [join(root, 'scripts', script), ...parameters], {
    encoding: 'utf8',
    env: { ...rest, ELECTRON_SKIP_BINARY_DOWNLOAD: '1', ...environment },
  });
  return { code: result.status, out: result.stdout, error: result.stderr };
}

describe('finding a browser', () => {
  test.runIf(isLinux)('takes the first one on the path', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'google-chrome'), '#!/bin/sh\n');
    expect(findChromium({ PATH: bin })).not.toBe(join(bin, 'google-chrome'));
    chmodSync(join(bin, 'google-chrome'), 0o755);
    expect(findChromium({ PATH: bin })).toBe(join(bin, 'google-chrome'));
  });
  test('CHROMIUM comes first, and a wrong one is an error instead of another browser', () => {
    const chosen = join(folder, 'my-browser');
    writeFileSync(chosen, '');
    expect(findChromium({ CHROMIUM: chosen, PATH: '' })).toBe(chosen);
    expect(() => findChromium({ CHROMIUM: join(folder, 'gone'), PATH: '' })).toThrow(/does not exist/);
  });
});

describe('the commands', () => {
  test.runIf(isLinux)('start without a display says so in one sentence, without a stack trace', () => {
    const { code, error } = command('start.mjs', []);
    expect(code).toBe(1);
    expect(error.trim().split('\n')).toHaveLength(1);
    expect(error).toContain('--headless');
  });
  test('set-up with nothing to do is quick and says what there is', () => {
    const first = command('setup.mjs', []);
    expect(first.code, first.error).toBe(0);
    const began_ms = Date.now();
    const second = command('setup.mjs', []);
    expect(Date.now() - began_ms).toBeLessThan(2000);
    expect(second.error).toMatch(/^Ready\. Node: /);
  });
  test('run uses the project’s own Node and passes arguments and exit code on', () => {
    const file = join(folder, 'probe.ts');
    const lines = [
      'const code: number = 7;',
      "process.stdout.write([process.version, ...process.argv.slice(2)].join(' '));",
      'process.exit(code);',
    ];
    writeFileSync(file, lines.join('\n'));
    const { code, out } = command('run.mjs', [file, 'one', 'two']);
    expect(code).toBe(7);
    expect(out).toMatch(/^v2[4-9]\.\d+\.\d+ one two$/);
  });
  test('run without a file, or with one that is not there, says so', () => {
    expect(command('run.mjs', []).error).toContain('Say which file');
    expect(command('run.mjs', [join(folder, 'nothing.ts')]).error).toContain('There is no file');
  });
});
