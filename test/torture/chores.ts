import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Ballast } from '../../main/ledger/ballast.ts';
import { exportJournal } from '../../main/ledger/export.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { migrate, SCHEMA_VERSION } from '../../main/ledger/migrate.ts';
import { openDatabase } from '../../main/ledger/open.ts';
import { readSlots } from '../../main/ledger/slots.ts';
import { systemClock } from '../../main/platform/clock.ts';
import type { CrashPoint } from '../../main/platform/crash-points.ts';
import { writeTwice } from '../../main/platform/durable-file.ts';
import { PasswordTries } from '../../main/staff/tries.ts';

/** What the desk does beside payments, over and over until it is killed, and what must be so at the next start. */
export type Chore = {
  /** Once; `said` is what a person would have been told by then. */
  run(folder: string, said: number, ledger: Ledger): number;
  /** A sentence for everything that is not so. `said` is the last answer of `run` that was heard. */
  check(folder: string, said: number): string[];
};

const SIZES = { ballast_bytes: 3 * 1024 ** 2, least_free_bytes: 0 };
const GUESSER = 'somebody';

const countedPasswords: Chore = {
  run(folder) {
    const tries = new PasswordTries(folder, systemClock);
    tries.countWrong(GUESSER);
    return countOf(folder);
  },
  check: (folder, said) =>
    countOf(folder) < said ? [`${said} wrong passwords were counted, and now it is ${countOf(folder)}`] : [],
};

function countOf(folder: string): number {
  const file = join(folder, 'password-tries.json');
  if (!existsSync(file)) return 0;
  return (JSON.parse(readFileSync(file, 'utf8')) as Record<string, { wrong: number }>)[GUESSER]?.wrong ?? 0;
}

const slots: Chore = {
  run(folder, said) {
    writeTwice(folder, 'slots', readFileSync(join(folder, 'slots-a.json'), 'utf8'));
    return said;
  },
  check(folder) {
    readSlots(folder);
    return [];
  },
};

const migration: Chore = {
  run(folder, said) {
    const file = join(folder, 'migrated.db');
    rmSync(file, { force: true });
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
    const database = openDatabase({ file, key: KEY, create: true });
    migrate(database, null);
    database.close();
    return said;
  },
  check(folder) {
    const file = join(folder, 'migrated.db');
    if (!existsSync(file)) return [];
    const database = openDatabase({ file, key: KEY });
    const version = Number(database.pragma('user_version', { simple: true }));
    const tables = Number(database.prepare("SELECT count(*) FROM sqlite_master WHERE type = 'table'").pluck().get());
    database.close();
    return (version === 0 && tables === 0) || version === SCHEMA_VERSION
      ? []
      : [`half a migration: version ${version}`];
  },
};
const KEY = Buffer.alloc(32, 9);

const ballast: Chore = {
  run(folder, said) {
    const held = new Ballast(folder, SIZES);
    if (held.fillPiece()) held.release();
    return said;
  },
  check(folder) {
    const held = new Ballast(folder, SIZES);
    for (let pieces = 0; pieces < 5 && !held.fillPiece(); pieces += 1);
    const whole = held.held_bytes === SIZES.ballast_bytes;
    const released = held.release() && held.held_bytes === 0;
    return whole && released ? [] : ['the ballast does not recover'];
  },
};

/** What became of a half-written one, the stand-alone check says after the kill: see `half-export.ts`. */
const journalExport: Chore = {
  run(folder, said, ledger) {
    const file = join(folder, EXPORT);
    rmSync(file, { force: true });
    exportJournal(ledger.database, file);
    return said;
  },
  check: () => [],
};
export const EXPORT = 'journal.jsonl';

export const CHORES: Readonly<Partial<Record<CrashPoint, Chore>>> = {
  CP25: countedPasswords,
  CP31: slots,
  CP33: migration,
  CP38: journalExport,
  CP40: ballast,
};
