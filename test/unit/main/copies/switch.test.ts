import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { finishSwitch, restoringFolder, switchOffice, type Boundary } from '../../../../main/copies/switch.ts';
import { tempFolder } from '../../../support/builders.ts';

let data: string;
let dispose: () => void;
beforeEach(() => {
  ({ folder: data, dispose } = tempFolder('tillside-switch-'));
  for (const [folder, text] of [
    [join(data, 'live'), 'old'],
    [restoringFolder(data, 'live'), 'restored'],
  ] as const) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'ledger.db'), text);
  }
});
afterEach(() => dispose());

const office = (): string => readFileSync(join(data, 'live', 'ledger.db'), 'utf8');
const aside = (): string[] =>
  readdirSync(data)
    .filter(name => name.startsWith('live.before-restore-'))
    .map(name => readFileSync(join(data, name, 'ledger.db'), 'utf8'));

class Cut extends Error {}
function cutAt(wanted: Boundary): void {
  const reached = (boundary: Boundary): void => {
    if (boundary === wanted) throw new Cut();
  };
  expect(() => switchOffice(data, 'live', 5, reached)).toThrow(Cut);
}

describe('the switch of the folders', () => {
  test('puts the restored office in its place and the old one aside', () => {
    switchOffice(data, 'live', 5);
    expect(office()).toBe('restored');
    expect(aside()).toEqual(['old']);
    expect(existsSync(restoringFolder(data, 'live'))).toBe(false);
  });

  test('cut short before it was noted, it never happened', () => {
    cutAt('prepared');
    finishSwitch(data, 'live');
    expect(office()).toBe('old');
    expect(aside()).toEqual([]);
    expect(readdirSync(data)).toEqual(['live']);
  });

  test.each(['noted', 'aside', 'in place', 'done'] as const)(
    'cut short at "%s", it is finished at the next start',
    at => {
      cutAt(at);
      finishSwitch(data, 'live');
      finishSwitch(data, 'live');
      expect(office()).toBe('restored');
      expect(aside()).toEqual(['old']);
    },
  );

  test('a note that is torn is no note', () => {
    writeFileSync(join(data, 'live.switch.json'), '{"aside": "live.bef');
    finishSwitch(data, 'live');
    expect(office()).toBe('old');
  });

  test('a note that points out of the folder is no note', () => {
    writeFileSync(join(data, 'live.switch.json'), '{"aside": "../elsewhere"}');
    finishSwitch(data, 'live');
    expect(office()).toBe('old');
  });

  test('two restores in the same instant put two folders aside', () => {
    switchOffice(data, 'live', 5);
    mkdirSync(restoringFolder(data, 'live'));
    writeFileSync(join(restoringFolder(data, 'live'), 'ledger.db'), 'again');
    switchOffice(data, 'live', 5);
    expect(office()).toBe('again');
    expect(aside().sort()).toEqual(['old', 'restored']);
  });
});
