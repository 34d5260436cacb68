import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { printRecoveryKey } from '../../../../main/ledger/keys.ts';
import { cardOf, cashOf } from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';
import { ROOT } from '../../../tidy/sources.ts';

let office: TempOffice;
let out: string;

beforeAll(async () => {
  office = await TempOffice.create();
  await office.take(cardOf(office));
  await office.take(cashOf(office));
  await office.settle();
  await office.sync.now();
  out = join(office.folder, 'journal.jsonl');
});
afterAll(() => office.close());

/** The command as a person runs it, while the desk has the ledger open. */
function ledgerCommand(...given: string[]) {
  const unlock = printRecoveryKey(office.recoveryKey).join('-');
  const program = join(ROOT, 'main', 'ledger', 'cli.ts');
  return spawnSync(process.execPath, [program, ...given, '--ledger', join(office.folder, 'ledger.db')], {
    encoding: 'utf8',
    env: { ...process.env, TILLSIDE_UNLOCK: unlock },
  });
}

describe('ledger export', () => {
  test('writes a file that the stand-alone check finds whole, up to the head of the running desk', () => {
    const { status, stdout } = ledgerCommand('export', '--out', out, '--json');
    expect(status).toBe(0);
    const { seq, hash } = office.ledger.head;
    expect(JSON.parse(stdout)).toMatchObject({ exported: seq });
    const check = join(ROOT, 'scripts', 'verify-journal.mjs');
    const checked = spawnSync(process.execPath, [check, '--json', '--head', hash.toString('hex'), out], {
      encoding: 'utf8',
    });
    expect(JSON.parse(checked.stdout)).toMatchObject({ ok: true, records: seq });
    expect(readFileSync(out, 'utf8')).not.toContain('Marisol');
  });

  test('never writes over a file that is there', () => {
    const before = readFileSync(out, 'utf8');
    expect(ledgerCommand('export', '--out', out).status).toBe(1);
    expect(readFileSync(out, 'utf8')).toBe(before);
  });

  test('wants a name for the file, and no other command takes one', () => {
    expect(ledgerCommand('export').status).toBe(2);
    expect(ledgerCommand('verify', '--out', out).status).toBe(2);
  });
});
