import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../../../../main/ledger/open.ts';
import { keepSquare } from '../../../../main/settings/square-connection.ts';
import { copyAsLeft, textsInFiles } from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';

const CANARIES = [
  'Quetzalcoatl Vandersloot',
  'canary note of the root canal',
  '+1 510 555 0187',
  'canary.quetzal@example.com',
];
const TOKEN = 'EAAAcanaryaccesstoken0123456789';
let office: TempOffice;
beforeAll(async () => {
  office = await TempOffice.create();
  const [name, note, phone, email] = CANARIES as [string, string, string, string];
  for (let index = 0; index < 30; index += 1) office.addCustomer(name, { note, phone, email });
  keepSquare(
    office.ledger,
    office.person_id,
    { application_id: 'sandbox-sq0idb-canary', access_token: TOKEN, location_id: 'L1' },
    'Lakeshore',
    'Lakeshore Dental',
  );
  // A temporary table makes the engine sort aside; with temporary files that would be plain text on the disk.
  sql(office.ledger.database, 'CREATE TEMP TABLE aside AS SELECT * FROM customer ORDER BY note, name').run();
});
afterAll(() => office.close());

describe('nothing of a person is readable on the disk', () => {
  test('not in the open ledger, its write-ahead log, its lock or its slots', () => {
    expect(textsInFiles(office.folder, [...CANARIES, 'Marisol Ortiz', TOKEN, 'Lakeshore', 'CREATE TABLE'])).toEqual([]);
  });

  test('control: the same scan finds what is there', async () => {
    const copy = copyAsLeft(office.folder);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${copy.folder}/plain.txt`, `before ${CANARIES[0]} after`);
    writeFileSync(`${copy.folder}/wide.txt`, Buffer.from(CANARIES[1]!, 'utf16le'));
    expect(textsInFiles(copy.folder, CANARIES).sort()).toEqual([CANARIES[0], CANARIES[1]].sort());
    copy.dispose();
  });

  test('not after a restart either, when the log is folded into the file', () => {
    office.restart();
    expect(textsInFiles(office.folder, [...CANARIES, TOKEN])).toEqual([]);
  });

  test('inside the journal names stay sealed even for who can read the file', () => {
    const bodies = sql(office.ledger.database, 'SELECT body FROM journal').pluck().all().join('\n');
    for (const canary of [...CANARIES, 'Marisol Ortiz', TOKEN]) expect(bodies).not.toContain(canary);
  });

  test('a person whose key is destroyed is erased, and every sum and hash still holds', async () => {
    const { customer_id } = office.addCustomer('Erasmus Gone');
    sql(office.ledger.database, 'DELETE FROM subject_key WHERE subject_id = ?').run(customer_id);
    const { rebuild } = await import('../../../../main/ledger/verify.ts');
    rebuild(office.ledger.database, (subject, sealed) => office.ledger.openPersonal(subject, sealed));
    expect(
      sql(office.ledger.database, 'SELECT name, phone FROM customer WHERE customer_id = ?').get(customer_id),
    ).toEqual({
      name: 'Erased customer',
      phone: '',
    });
    expect(await office.verify()).toMatchObject({ ok: true });
  });
});
