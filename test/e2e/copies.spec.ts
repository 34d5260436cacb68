import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { en } from '../../renderer/desk/lib/messages/en.ts';
import { expect, test, type App } from '../support/app.ts';
import { OWNER } from '../support/desk-driver.ts';

const text = en.copies;
const NEW_PASSWORD = 'four other long words';

/** A folder of this test that plays a drive. */
function drive(app: App): string {
  const folder = `${app.folder}-drive`;
  mkdirSync(folder, { recursive: true });
  return folder;
}
test.afterEach(({ app }) => rmSync(`${app.folder}-drive`, { recursive: true, force: true }));

const answerFolder = (app: App, folder: string): void =>
  app.host.answerDialog('showOpenDialog', { canceled: false, filePaths: [folder] });

async function openCopies(app: App): Promise<void> {
  await app.desk.openPage('settings');
  await app.desk.page.getByRole('button', { name: en.settings.sections.copies, exact: true }).click();
  await app.desk.page.getByRole('heading', { name: en.settings.sections.copies, exact: true }).waitFor();
}

async function takeCash(app: App, minor: number): Promise<void> {
  const { attempt_id } = await app.desk.ask<{ attempt_id: string }>('payments.new');
  const amount = { minor, currency: 'USD' };
  const details = { tender: 'cash', tendered: amount };
  await app.desk.ask('payments.take', { attempt_id, channel: 'desk', amount, customer_id: null, details });
}

async function makeFirstCopy(app: App): Promise<void> {
  const { page } = app.desk;
  answerFolder(app, drive(app));
  await page.getByRole('button', { name: text.choose.first }).click();
  await page.getByText(drive(app), { exact: true }).waitFor();
  await expect(page.getByRole('table')).toContainText(text.listWhere.first);
}

/** The three steps of bringing an office back, by keyboard from the key on. */
async function bringBack(app: App, groups: readonly string[]): Promise<void> {
  const { page } = app.desk;
  answerFolder(app, drive(app));
  await page.getByRole('button', { name: text.restore.find }).click();
  await page.getByRole('radio').first().waitFor();
  await page.getByRole('button', { name: en.setup.next }).click();
  await page.getByLabel(text.testKey, { exact: true }).fill(groups.join('-').toLowerCase());
  await page.keyboard.press('Enter');
  await page.getByLabel(text.restore.password, { exact: true }).fill(NEW_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: en.shell.mainNavigation }).waitFor();
}

test('a folder is chosen, a copy is made, and the test says what it would bring back', async ({ app }) => {
  const { page } = app.desk;
  await takeCash(app, 1200);
  await openCopies(app);
  await expect(page.getByText(text.notProtected)).toBeVisible();
  await makeFirstCopy(app);
  await takeCash(app, 3400);
  await expect(page.getByText(text.notCopied(1))).toBeVisible();
  await page.getByLabel(text.testKey, { exact: true }).fill('0000 1111');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText(en.errors.recovery_key_wrong.title);
  await page.getByLabel(text.testKey, { exact: true }).fill(app.desk.recoveryKey.join(' '));
  await page.keyboard.press('Enter');
  await expect(page.getByText(/The paper and the copy bring back .* would be missing\./)).toBeVisible();
  await expect(page.getByText(text.testNever)).toBeHidden();
  expect(existsSync(join(app.folder, 'training.testing'))).toBe(false);
  await page.getByRole('button', { name: text.make }).click();
  await expect(page.getByText(text.notCopied(0))).toBeVisible();
  expect(app.complaints).toEqual([]);
});

test('a drive that is pulled out is said calmly, and money goes on', async ({ app }) => {
  const { page } = app.desk;
  await openCopies(app);
  await makeFirstCopy(app);
  rmSync(drive(app), { recursive: true });
  rmSync(`${app.folder}-drive`, { recursive: true, force: true });
  await page.getByRole('button', { name: text.make }).click();
  await expect(page.getByText(en.errors.copy_folder_away.title).first()).toBeVisible();
  await takeCash(app, 5600);
});

test('a lost computer: the copy and the paper bring the office back, and no number is given twice', async ({ app }) => {
  test.setTimeout(150_000);
  const { desk } = app;
  await takeCash(app, 1200);
  await openCopies(app);
  await makeFirstCopy(app);
  const groups = desk.recoveryKey;
  await app.host.close();
  rmSync(join(app.folder, 'training'), { recursive: true });
  rmSync(join(app.folder, 'training.copies.json'), { force: true });
  await app.restart().catch(() => {});
  await app.desk.page.getByRole('button', { name: text.restore.have }).click();
  await bringBack(app, groups);
  const refused = await app.desk.call('payments.take', {
    attempt_id: (await app.desk.ask<{ attempt_id: string }>('payments.new')).attempt_id,
    ...{ channel: 'desk', amount: { minor: 99, currency: 'USD' }, customer_id: null },
    details: { tender: 'cash', tendered: { minor: 99, currency: 'USD' } },
  });
  expect(refused.error?.code).toBe('restore_catching_up');
  await expect
    .poll(async () => (await app.desk.ask<{ restored: { caught_up: boolean } }>('copies.state')).restored.caught_up, {
      timeout: 90_000,
    })
    .toBe(true);
  await takeCash(app, 7800);
  const day = await app.desk.today();
  const { rows } = await app.desk.ask<{ rows: { receipt_number: string }[] }>('activity.list', {
    ...{ from: day, to: day, word: null, text: '', after: null, limit: 100 },
  });
  expect(rows.map(row => row.receipt_number)).toContain('D1.2-000001');
  await app.restart();
  await app.desk.signIn(NEW_PASSWORD);
});

test('a damaged ledger is replaced by its copy, and put aside whole', async ({ app }) => {
  test.setTimeout(90_000);
  await takeCash(app, 1200);
  await openCopies(app);
  await makeFirstCopy(app);
  const groups = app.desk.recoveryKey;
  await app.host.close();
  rmSync(join(app.folder, 'training', 'ledger.db'));
  await app.restart().catch(() => {});
  const { page } = app.desk;
  await page.getByLabel(en.people.passwordOf(OWNER.name)).fill(OWNER.password);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: text.restore.fromBroken }).click();
  await bringBack(app, groups);
  expect(readdirSync(app.folder).filter(name => name.startsWith('training.before-restore-'))).toHaveLength(1);
  await openCopies(app);
  await expect(page.getByText(/This desk was restored on/)).toBeVisible();
});
