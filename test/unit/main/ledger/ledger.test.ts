import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../common/errors.ts';
import { Ledger } from '../../../../main/ledger/ledger.ts';
import { sql } from '../../../../main/ledger/open.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { systemRandom } from '../../../../main/platform/ids.ts';
import { countFacts, tempFolder } from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create();
});
afterEach(() => office.close());

describe('one write is one transaction', () => {
  test('when it throws, nothing of it remains: no fact, no projection, no head', () => {
    const { head } = office.ledger;
    const facts = countFacts(office.ledger.database);
    const half = (): void =>
      office.ledger.write('desk', write => {
        write.fact('setting.changed', { name: 'office_name', value: 'half' });
        sql(write.database, "INSERT INTO sync_cursor VALUES ('half', '1')").run();
        throw new AppError('customer_not_found');
      });
    expect(half).toThrow(expect.objectContaining({ code: 'customer_not_found' }));
    expect(office.ledger.head).toEqual(head);
    expect(countFacts(office.ledger.database)).toBe(facts);
    expect(sql(office.ledger.database, 'SELECT count(*) FROM sync_cursor').pluck().get()).toBe(0);
    office.ledger.write('desk', write => write.fact('setting.changed', { name: 'office_name', value: 'whole' }));
    expect(office.ledger.head.seq).toBe(head.seq + 1);
  });

  test('a fact that breaks its schema is refused before it is hashed', () => {
    const facts = countFacts(office.ledger.database);
    for (const body of [{}, { name: 'office_name' }, { name: 'nonsense', value: 'x' }, { name: 'locale', value: 1 }]) {
      expect(() => office.ledger.write('desk', write => write.fact('setting.changed', body as never))).toThrow();
    }
    expect(() => office.ledger.write('desk', write => write.fact('moon.landed' as never, {} as never))).toThrow();
    expect(countFacts(office.ledger.database)).toBe(facts);
  });

  test('who listens hears of commits with facts, and of no others', () => {
    let heard = 0;
    office.ledger.onCommit(() => {
      heard += 1;
    });
    office.ledger.write('desk', () => {});
    expect(heard).toBe(0);
    office.ledger.write('desk', write => {
      write.fact('setting.changed', { name: 'locale', value: 'en-GB' });
      write.fact('setting.changed', { name: 'locale', value: 'en-US' });
    });
    expect(heard).toBe(1);
  });
});

describe('one owner', () => {
  test('a process that was thought dead cannot write after another one took over', () => {
    sql(office.ledger.database, 'UPDATE ledger_identity SET owner_epoch = owner_epoch + 1').run();
    const facts = countFacts(office.ledger.database);
    expect(() => office.addCustomer('Too Late')).toThrow('still owns the ledger');
    expect(countFacts(office.ledger.database)).toBe(facts);
  });

  test('every opening takes the next epoch', () => {
    const epoch = (): unknown => sql(office.ledger.database, 'SELECT owner_epoch FROM ledger_identity').pluck().get();
    const before = epoch();
    office.restart();
    expect(epoch()).toBe(Number(before) + 1);
  });
});

describe('secrets', () => {
  test('open under their own name alone', () => {
    const sealed = office.ledger.sealSecret('one', 'the token');
    expect(office.ledger.openSecret('one', sealed)).toBe('the token');
    expect(() => office.ledger.openSecret('two', sealed)).toThrow(expect.objectContaining({ code: 'ledger_damaged' }));
  });
});

test('an emptied ledger file is refused as damaged, and no new ledger is made in its place', () => {
  const { folder, dispose } = tempFolder();
  const file = join(folder, 'ledger.db');
  const options = {
    file,
    anchorFolder: folder,
    ledgerKey: systemRandom(32),
    clock: createFakeClock(),
    random: systemRandom,
  };
  const identity = { ledger_id: 'x', mode: 'training', desk: 'D1', incarnation: 1 } as const;
  Ledger.create(options, identity).close();
  truncateSync(file, 0);
  expect(() => Ledger.open(options)).toThrow(expect.objectContaining({ code: 'ledger_damaged' }));
  expect(statSync(file).size).toBe(0);
  dispose();
});

test('a ledger that has lost records in the middle of its journal is refused at opening', () => {
  const { folder, dispose } = tempFolder();
  const options = {
    ...{ file: join(folder, 'ledger.db'), anchorFolder: folder, ledgerKey: systemRandom(32) },
    ...{ clock: createFakeClock(), random: systemRandom },
  };
  const ledger = Ledger.create(options, { ledger_id: 'x', mode: 'training', desk: 'D1', incarnation: 1 });
  for (const value of ['one', 'two', 'three']) {
    ledger.write('desk', write => write.fact('setting.changed', { name: 'office_name', value }));
  }
  // As a disk does that never wrote a page: past the triggers, which guard against programs and not against disks.
  ledger.database.exec('DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE seq = 2');
  ledger.close();
  expect(() => Ledger.open(options)).toThrow(expect.objectContaining({ code: 'ledger_damaged' }));
  dispose();
});
