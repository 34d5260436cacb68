import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import afterAllArtifactBuild, { checkFuses, EXPECTED, fuseProblems } from '../../../scripts/packaging/check-fuses.mjs';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const GOOD = EXPECTED.map(([, wanted]) => wanted).join('');
const program = (wire: string, version = 1, after = ''): Buffer =>
  Buffer.concat([
    Buffer.alloc(1_000_000),
    ...[Buffer.from(SENTINEL), Buffer.from([version, wire.length]), Buffer.from(wire + after)],
  ]);

const folder = mkdtempSync(join(tmpdir(), 'tillside-fuses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function release(name: string, files: Record<string, Buffer>): string {
  const out = join(folder, name);
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(out, path, '..'), { recursive: true });
    writeFileSync(join(out, path), bytes);
  }
  return out;
}

describe('the fuses of a program file', () => {
  test('are read byte for byte, and good ones have no problem', () => {
    expect(GOOD).toBe('01001100');
    expect(fuseProblems(program(GOOD))).toEqual([]);
    // A newer Electron has more of them; those that are known still have to be right.
    expect(fuseProblems(program(`${GOOD}1`))).toEqual([]);
  });

  test.each(EXPECTED.map(([name], index) => [name, index] as const))('are refused when %s is wrong', (name, index) => {
    const wrong = [...GOOD].map((bit, at) => (at === index ? (bit === '1' ? '0' : '1') : bit)).join('');
    expect(fuseProblems(program(wrong))).toHaveLength(1);
    expect(fuseProblems(program(wrong))?.[0]).toContain(name);
  });

  test('are refused when they were taken out, are too few, or of an unknown version', () => {
    expect(fuseProblems(program(`r${GOOD.slice(1)}`))).toEqual(['runAsNode is "r", not 0']);
    expect(fuseProblems(program(GOOD.slice(0, 7)))).toEqual(['grantFileProtocolExtraPrivileges is "missing", not 0']);
    expect(fuseProblems(program(GOOD, 2))).toHaveLength(1);
  });

  test('are all looked at in a program for two kinds of processor', () => {
    const both = Buffer.concat([program(GOOD), program(`1${GOOD.slice(1)}`)]);
    expect(fuseProblems(both)).toEqual(['runAsNode is "1", not 0']);
  });

  test('are not there in a file without the mark', () => {
    expect(fuseProblems(Buffer.alloc(10))).toBeNull();
  });
});

describe('the packaged apps in a folder', () => {
  test('pass with good fuses, and the hook publishes nothing more', () => {
    const outDir = release('good', {
      'linux-unpacked/tillside': program(GOOD),
      'linux-unpacked/libEGL.so': Buffer.alloc(1_000_001),
      'mac-arm64/Tillside.app/Contents/Frameworks/Electron Framework': program(GOOD),
      'Tillside.AppImage': program('1'.repeat(8)),
    });
    expect(afterAllArtifactBuild({ outDir })).toEqual([]);
  });

  test('fail with the file and the fuse by name', () => {
    const out = release('bad', { 'win-unpacked/Tillside.exe': program(`1${GOOD.slice(1)}`) });
    expect(() => checkFuses(out)).toThrow(/win-unpacked.Tillside\.exe: runAsNode is "1", not 0/);
  });

  test('fail when no program or no app is found, since nothing was read then', () => {
    expect(() => checkFuses(release('none', { 'linux-unpacked/tillside': Buffer.alloc(2_000_000) }))).toThrow(
      'linux-unpacked: no program with fuses',
    );
    expect(() => checkFuses(release('empty', { 'a.txt': Buffer.from('x') }))).toThrow('no fuse was read');
  });
});
