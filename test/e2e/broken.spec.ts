import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type App } from '../support/app.ts';
import { OWNER } from '../support/desk-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

type Code = keyof typeof en.brokenLedger.codes;
const text = en.brokenLedger;

/** What holds the books and the keys. The lock and the counted passwords are the running app's own notes. */
function fingerprints(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    entry => entry.isFile() && /^(ledger\.db|slots-|anchor-|device-secret|books)/.test(entry.name),
  );
  return Object.fromEntries(
    files
      // An empty write-ahead log is made by looking at the ledger and holds nothing.
      .filter(entry => !/-(wal|shm)$/.test(entry.name))
      .map(entry => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(folder.length), createHash('sha256').update(readFileSync(path)).digest('hex')];
      }),
  );
}

/** Runs a few lines against the ledger's own modules in a process of its own. `folder` and `groups` are given. */
function inChild(folder: string, groups: readonly string[], lines: string): string {
  const from = (name: string): string => new URL(`../../main/ledger/${name}.ts`, import.meta.url).href;
  const script = `
    import { join } from 'node:path';
    import { deriveKeys, readRecoveryKey } from ${JSON.stringify(from('keys'))};
    import { openRecoverySlot, readSlots } from ${JSON.stringify(from('slots'))};
    import { openDatabase } from ${JSON.stringify(from('open'))};
    const [folder, groups] = process.argv.slice(1);
    const ledgerKey = openRecoverySlot(readSlots(folder), readRecoveryKey(groups));
    const database = openDatabase({ file: join(folder, 'ledger.db'), key: deriveKeys(ledgerKey).page });
    ${lines}
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();`;
  const parameters = ['--input-type=module', '-e', script, folder, groups.join('')];
  return execFileSync(process.execPath, parameters, { encoding: 'utf8' });
}

/** Another program that holds the office's lock until it is ended, or until the test is. */
async function holdLock(folder: string): Promise<ChildProcess> {
  const open = new URL('../../main/ledger/open.ts', import.meta.url).href;
  const script = `import { claimFolder } from ${JSON.stringify(open)};
    claimFolder(process.argv[1]); process.stdout.write('held'); 
    process.stdin.resume().on('end', () => process.exit());`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder]);
  await new Promise(resolve => child.stdout.once('data', resolve));
  return child;
}

const office = (app: App): string => join(app.folder, 'training');

async function countRows(app: App): Promise<number> {
  const { desk } = app;
  const day = await desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 100 };
  return (await desk.ask<{ rows: unknown[] }>('activity.list', list)).rows.length;
}

async function typePassword(app: App): Promise<void> {
  await app.desk.page.getByLabel(en.people.passwordOf(OWNER.name)).fill(OWNER.password);
  await app.desk.page.keyboard.press('Enter');
}

type Damage = {
  code: Code;
  /** Starts the app anew after the harm. Else its office is closed and opened again, which is much quicker. */
  cold?: boolean;
  /** Whether a cold start shows the page before anybody could sign in. */
  early?: boolean;
  harm: (app: App) => unknown;
  repair: (app: App) => unknown;
};

/** Harms the closed office, looks at the page that says so, takes the cause away, and goes on where it stood. */
async function brokenAndBack(app: App, damage: Damage): Promise<void> {
  const { code, cold = false, early = false, harm, repair } = damage;
  const before = await countRows(app);
  // Going to the office where one already is closes its ledger and gives its lock back.
  if (cold) await app.host.close();
  else {
    await app.desk.ask('session.switch_mode', { mode: 'training' });
    await app.desk.page.getByLabel(en.people.passwordOf(OWNER.name)).waitFor();
  }
  await harm(app);
  const harmed = fingerprints(office(app));
  if (cold) await app.restart();
  const { page } = app.desk;
  if (!cold || !early) await typePassword(app);
  await expect(page.getByRole('heading', { level: 1 }), code).toHaveText(text.codes[code]!.title);
  await expect(page.getByText(text.kept)).toBeVisible();
  for (const step of text.codes[code]!.steps) await expect(page.getByText(step)).toBeVisible();
  expect(await app.desk.call('activity.list', {})).toMatchObject({ ok: false });
  expect(fingerprints(office(app)), code).toEqual(harmed);
  await page.getByRole('button', { name: text.retry }).click();
  if (!early) await typePassword(app);
  // The cause may be taken away only when this try is over; else it is this one that succeeds.
  else await expect(page.getByRole('button', { name: text.retry })).not.toHaveAttribute('aria-disabled');
  await expect(page.getByRole('heading', { level: 1 }), `${code} again`).toHaveText(text.codes[code]!.title);
  expect(fingerprints(office(app)), code).toEqual(harmed);
  await repair(app);
  await page.getByRole('button', { name: text.retry }).click();
  await typePassword(app);
  await app.desk.heading(en.shell.pages.collect);
  expect(await countRows(app), code).toBe(before);
}

/** Puts the office's folder aside as it is, and brings it back. */
function aside(app: App): { folder: string; back: () => void; dispose: () => void } {
  const copy = mkdtempSync(join(tmpdir(), 'tillside-aside-'));
  cpSync(office(app), copy, { recursive: true });
  return {
    folder: copy,
    back: () => cpSync(copy, office(app), { recursive: true }),
    dispose: () => rmSync(copy, { recursive: true, force: true }),
  };
}

const ledger = (app: App): string => join(office(app), 'ledger.db');

/** A harm that overwrites something, undone from a copy that was made just before. */
function undoable(code: Code, harm: (app: App) => void, when: { cold?: boolean; early?: boolean } = {}): Damage {
  let kept: ReturnType<typeof aside> | undefined;
  return {
    ...{ code, ...when },
    harm(app) {
      kept = aside(app);
      harm(app);
    },
    repair() {
      kept!.back();
      kept!.dispose();
    },
  };
}

function overwrite(file: string, bytes: Buffer): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, 0);
  closeSync(handle);
}

test.describe.configure({ timeout: 90_000 });

test('a ledger that is older, cut short, overwritten or gone is told apart, kept, and opens again', async ({ app }) => {
  await app.desk.takeCash('hannah', '20', '20');
  await app.host.close();
  const older = aside(app);
  await app.restart();
  await app.desk.signIn();
  await app.desk.takeCash('hannah', '30', '30');
  const damages = [
    // Only the ledger is the older one: the anchors remember what it has lost.
    undoable('ledger_behind_anchor', one => cpSync(join(older.folder, 'ledger.db'), ledger(one)), {
      cold: true,
    }),
    undoable('ledger_damaged', one => truncateSync(ledger(one), 20_000)),
    undoable('ledger_damaged', one => overwrite(ledger(one), Buffer.alloc(4096, 'garbage'))),
    undoable('ledger_missing', one => rmSync(ledger(one))),
  ];
  for (const damage of damages) await brokenAndBack(app, damage);
  older.dispose();
});

test('a newer ledger, lost keys and a second program are told apart, kept, and open again', async ({ app }) => {
  await app.desk.takeCash('hannah', '20', '20');
  const groups = app.desk.recoveryKey;
  const setVersion = (version: string) => (one: App) =>
    inChild(
      office(one),
      groups,
      `process.stdout.write(String(database.pragma('user_version', { simple: true })));
      database.pragma('user_version=${version}');`,
    );
  let version = '';
  await brokenAndBack(app, {
    code: 'ledger_newer',
    harm: one => (version = setVersion('9999')(one)),
    repair: one => setVersion(version)(one),
  });
  const garbageSlots = (one: App): void => {
    for (const copy of ['a', 'b']) writeFileSync(join(office(one), `slots-${copy}.json`), 'garbage');
  };
  await brokenAndBack(app, undoable('keys_damaged', garbageSlots, { cold: true, early: true }));
  const secret = (one: App): string => join(office(one), 'device-secret.bin');
  await brokenAndBack(app, {
    ...{ code: 'keyring_lost', early: true },
    harm: one => renameSync(secret(one), `${secret(one)}.away`),
    repair: one => renameSync(`${secret(one)}.away`, secret(one)),
  });
  let other: ChildProcess | undefined;
  await brokenAndBack(app, {
    code: 'ledger_in_use',
    harm: async one => (other = await holdLock(office(one))),
    repair: async () => {
      const gone = new Promise(resolve => other!.once('exit', resolve));
      other!.kill();
      await gone;
    },
  });
});
