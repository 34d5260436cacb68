import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../common/errors.ts';
import { Ballast } from '../../../../main/ledger/ballast.ts';
import { TempOffice } from '../../../support/temp-office.ts';

const MB = 1024 ** 2;
const SIZES = { ballast_bytes: 3 * MB, least_free_bytes: 10 * MB };
let office: TempOffice;
let free_bytes = 0;
const ballast = (): Ballast => new Ballast(office.folder, SIZES, () => free_bytes);
const noPause = (): Promise<void> => Promise.resolve();

beforeEach(async () => {
  office = await TempOffice.create();
  free_bytes = 1000 * MB;
});
afterEach(() => office.close());

describe('the ballast', () => {
  test('is filled to its size, given back, and filled again', async () => {
    await ballast().fill(noPause);
    expect(ballast().held_bytes).toBe(3 * MB);
    expect(statSync(join(office.folder, 'ballast')).blocks * 512).toBeGreaterThanOrEqual(3 * MB);
    expect(ballast().release()).toBe(true);
    expect(ballast().held_bytes).toBe(0);
    expect(ballast().release()).toBe(false);
    await ballast().fill(noPause);
    expect(ballast().held_bytes).toBe(3 * MB);
  });

  test('is never the reason for a full disk', async () => {
    free_bytes = 12 * MB;
    await ballast().fill(noPause);
    expect(ballast().held_bytes).toBe(0);
  });

  test('is whole again by itself when half of it was lost', async () => {
    ballast().fillPiece();
    expect(ballast().held_bytes).toBe(MB);
    await ballast().fill(noPause);
    expect(ballast().held_bytes).toBe(3 * MB);
  });
});

describe('before a charge', () => {
  test('too little room is a full disk', () => {
    free_bytes = 10 * MB - 1;
    expect(() => ballast().assertRoom(office.ledger)).toThrow(expect.objectContaining({ code: 'disk_full' }));
    free_bytes = 10 * MB;
    ballast().assertRoom(office.ledger);
  });

  test('a commit is tried, and leaves no fact', () => {
    const before = office.ledger.head.seq;
    ballast().assertRoom(office.ledger);
    ballast().assertRoom(office.ledger);
    expect(office.ledger.head.seq).toBe(before);
    expect(office.ledger.database.prepare('SELECT length(filling) FROM probe').pluck().all()).toEqual([65_536]);
  });
});

describe('a result that Square already gave', () => {
  const full = (times: number) => {
    let left = times;
    return (): void => {
      if ((left -= 1) >= 0) throw new AppError('disk_full');
    };
  };

  test('is stored with the room of the ballast', async () => {
    await ballast().fill(noPause);
    office.ledger.useBallast(ballast());
    const fails = full(1);
    office.ledger.writeResult('desk', write => {
      fails();
      write.fact('setting.changed', { name: 'office_name', value: 'Stored' });
    });
    expect(ballast().held_bytes).toBe(0);
    expect((await office.verify()).ok).toBe(true);
  });

  test('without a ballast it is said that the disk is full', () => {
    const fails = full(1);
    expect(() => office.ledger.writeResult('desk', fails)).toThrow(expect.objectContaining({ code: 'disk_full' }));
  });

  test('no other write takes the ballast', async () => {
    await ballast().fill(noPause);
    office.ledger.useBallast(ballast());
    expect(() => office.ledger.write('desk', full(1))).toThrow(expect.objectContaining({ code: 'disk_full' }));
    expect(ballast().held_bytes).toBe(3 * MB);
  });
});
