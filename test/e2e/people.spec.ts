import { readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test, type App } from '../support/app.ts';
import { OWNER } from '../support/desk-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const text = en.staff;
const CLERK = { name: 'Jordan Okafor', first: 'borrowed umbrella 12', own: 'yellow boat on a lake' };

type Axe = { run(root: Document, options: object): Promise<{ violations: { id: string }[] }> };

/** What axe finds, in both themes. */
async function accessible(app: App, where: string): Promise<void> {
  const { page } = app.desk;
  for (const theme of ['light', 'dark'] as const) {
    await app.desk.setTheme(theme);
    await page.waitForFunction(() => document.getAnimations().every(one => one.playState === 'finished'));
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: Axe };
      const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
      return (await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })).violations;
    });
    expect.soft(found, `${where}, ${theme}`).toEqual([]);
  }
}

async function openPeople(app: App): Promise<Page> {
  const { desk } = app;
  await desk.openPage('settings');
  await desk.page.getByRole('button', { name: text.people.title, exact: true }).click();
  await desk.page.getByRole('table', { name: text.people.caption }).waitFor();
  return desk.page;
}

async function typeInto(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.focus();
  await field.pressSequentially(value);
}

/** Adds the clerk by keyboard: the role is chosen with its own arrow keys, and Enter sends the form. */
async function addClerk(app: App): Promise<void> {
  const page = await openPeople(app);
  await page.getByRole('button', { name: text.people.add }).press('Enter');
  await page.keyboard.type(CLERK.name);
  await page.getByRole('radio', { name: new RegExp(`^${en.shell.roles.clerk}`) }).press('Space');
  await typeInto(page, text.form.firstPassword, CLERK.first);
  await typeInto(page, text.form.proof, OWNER.password);
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.people.added(CLERK.name))).toBeVisible();
}

async function signOut(app: App): Promise<void> {
  await app.desk.ask('session.sign_out');
  await app.desk.page.getByRole('heading', { name: en.people.title }).waitFor();
}

/** Chooses the tile by its number and types the password, without a mouse. */
async function signInAs(page: Page, place: number, name: string, password: string): Promise<void> {
  await page.getByRole('radio').first().focus();
  await page.keyboard.press(String(place));
  await page.getByLabel(en.people.passwordOf(name)).waitFor();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
}

async function arrive(app: App): Promise<void> {
  const { page } = app.desk;
  await signInAs(page, 2, CLERK.name, CLERK.first);
  await page.getByRole('heading', { name: text.password.chooseTitle(CLERK.name) }).waitFor();
  await page.keyboard.type(CLERK.own);
  await page.keyboard.press('Enter');
  await app.desk.heading(en.shell.pages.collect);
}

test('a clerk is added, chooses their own password at the first sign-in, and may do what a clerk may', async ({
  app,
}) => {
  const { desk } = app;
  const { page } = desk;
  await addClerk(app);
  await accessible(app, 'people');
  await signOut(app);
  await signInAs(page, 2, CLERK.name, CLERK.first);
  await page.getByRole('heading', { name: text.password.chooseTitle(CLERK.name) }).waitFor();
  await accessible(app, 'choosing a password');
  for (const name of ['customers.search', 'payments.new', 'activity.list', 'people.list']) {
    expect(await desk.call(name, {})).toMatchObject({ error: { code: 'desk_locked' } });
  }
  await page.getByLabel(text.password.own).fill('password123');
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.password.common)).toBeVisible();
  await page.getByLabel(text.password.own).fill(CLERK.own);
  await page.keyboard.press('Enter');
  await desk.heading(en.shell.pages.collect);
  await expect(page.getByRole('navigation').getByText(en.shell.pages.settings)).toHaveCount(0);
  for (const name of ['people.list', 'settings.get', 'reports.list', 'ledger.verify']) {
    expect(await desk.call(name, {})).toMatchObject({ error: { code: 'not_allowed' } });
  }
  await desk.takeCash('rafael iba', '10', '10');
  expect(app.complaints).toEqual([]);
});

test('a password is changed in the person’s menu; the old one opens nothing any more', async ({ app }) => {
  const { page } = app.desk;
  await page.getByRole('button', { name: new RegExp(OWNER.name) }).press('Enter');
  await page.getByRole('button', { name: en.shell.changePassword }).press('Enter');
  await page.getByLabel(text.password.old).waitFor();
  await accessible(app, 'own password');
  await page.getByLabel(text.password.old).fill('not the one');
  await page.getByLabel(text.password.own, { exact: true }).fill('a different lamp post');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: en.errors.wrong_password.title })).toBeVisible();
  await page.keyboard.type(OWNER.password);
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.password.saved)).toBeVisible();
  await signOut(app);
  const { people } = await app.desk.ask<{ people: { person_id: string }[] }>('session.state');
  const old = { person_id: people[0]!.person_id, password: OWNER.password };
  expect(await app.desk.call('session.sign_in', old)).toMatchObject({ error: { code: 'wrong_password' } });
  await app.desk.signIn('a different lamp post');
  expect(app.complaints).toEqual([]);
});

test('a person who is removed opens nothing, stays named in what they did, and the last owner stays', async ({
  app,
}) => {
  const { desk } = app;
  await addClerk(app);
  await signOut(app);
  await arrive(app);
  await desk.takeCash('rafael iba', '12.34', '20');
  await signOut(app);
  await signInAs(desk.page, 1, OWNER.name, OWNER.password);
  await desk.heading(en.shell.pages.collect);
  const page = await openPeople(app);
  const ownRow = page.getByRole('row').filter({ hasText: OWNER.name });
  await expect(ownRow.getByRole('button', { name: text.people.remove })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: `${text.people.remove} ${CLERK.name}` }).press('Enter');
  await accessible(app, 'removing somebody');
  await typeInto(page, text.form.proof, OWNER.password);
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.people.removed(CLERK.name))).toBeVisible();
  const day = await desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 10 };
  expect(await desk.ask('activity.list', list)).toMatchObject({ rows: [{ taken_by: CLERK.name }] });
  await signOut(app);
  await expect(page.getByRole('radio', { name: CLERK.name })).toHaveCount(0);
});

test('with the keyring lost the recovery key opens the same books, and the others get new passwords', async ({
  app,
}) => {
  await addClerk(app);
  await app.desk.openPage('collect');
  await app.desk.takeCash('hannah', '20', '20');
  const key = app.desk.recoveryKey.join(' ').toLowerCase();
  await app.host.close();
  renameSync(`${app.folder}-keyring`, `${app.folder}-keyring.lost`);
  await app.restart();
  const { desk } = app;
  const { page } = desk;
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(en.brokenLedger.codes.keyring_lost!.title);
  await page.getByRole('button', { name: text.recovery.use }).press('Enter');
  await page.getByRole('textbox', { name: text.recovery.key }).waitFor();
  await accessible(app, 'recovery');
  await page.keyboard.type('0000 '.repeat(8));
  await page.keyboard.press('Enter');
  await expect(page.getByText(en.errors.recovery_key_wrong.title)).toBeVisible();
  await page.getByRole('textbox', { name: text.recovery.key }).fill(key);
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.recovery.lost)).toBeVisible();
  await page.getByLabel(text.recovery.newPassword(OWNER.name)).fill('found it in the safe');
  await page.keyboard.press('Enter');
  await desk.heading(en.shell.pages.collect);
  const day = await desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 10 };
  expect(await desk.ask('activity.list', list)).toMatchObject({ rows: [{ word: 'paid' }] });
  await openPeople(app);
  await expect(page.getByRole('row').filter({ hasText: CLERK.name })).toContainText(text.people.states.needs_password);
  await page.getByRole('button', { name: `${text.people.password} ${CLERK.name}` }).press('Enter');
  await typeInto(page, text.form.firstPassword, CLERK.first);
  await typeInto(page, text.form.proof, 'found it in the safe');
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.people.passwordSet(CLERK.name))).toBeVisible();
  await signOut(app);
  await arrive(app);
  expect(app.complaints).toEqual([]);
});

test('the recovery key also opens from the sign-in page, for an owner who forgot the password', async ({ app }) => {
  const key = app.desk.recoveryKey.join('');
  await app.restart();
  const { page } = app.desk;
  await page.getByRole('button', { name: text.recovery.use }).press('Enter');
  await page.getByRole('textbox', { name: text.recovery.key }).fill(key);
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.recovery.kept)).toBeVisible();
  await page.getByLabel(text.recovery.newPassword(OWNER.name)).fill('remembered this time');
  await page.keyboard.press('Enter');
  await app.desk.heading(en.shell.pages.collect);
  await signOut(app);
  await app.desk.signIn('remembered this time');
});

test('the ledger key is changed with a new recovery key; everything and everybody is still there', async ({ app }) => {
  const { desk } = app;
  await desk.takeCash('hannah', '20', '20');
  await desk.nextCustomer();
  const page = await openPeople(app);
  const before = readFileSync(join(app.folder, 'training', 'slots-a.json'), 'utf8');
  await page.getByRole('button', { name: text.keys.ledger, exact: true }).press('Enter');
  await typeInto(page, text.form.proof, OWNER.password);
  await page.keyboard.press('Enter');
  const groups = page.getByRole('list', { name: text.keys.groups }).getByRole('listitem');
  await groups.nth(7).waitFor();
  await accessible(app, 'a new recovery key');
  const key = (await groups.allTextContents()).map(group => group.trim().slice(-4));
  for (const input of await page.getByLabel(/^Group \d$/).all()) {
    const label = await input.evaluate(element => (element as HTMLInputElement).labels?.[0]?.textContent ?? '');
    await input.fill(key[Number(/\d/.exec(label)![0]) - 1]!);
  }
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.keys.acceptedBoth)).toBeVisible({ timeout: 20_000 });
  expect(await desk.ask('ledger.verify')).toMatchObject({ ok: true });
  const after = readFileSync(join(app.folder, 'training', 'slots-a.json'), 'utf8');
  expect(after).not.toBe(before);
  await desk.openPage('collect');
  await desk.takeCash('hannah', '30', '30');
  await app.restart();
  await app.desk.signIn();
  const day = await app.desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 10 };
  expect((await app.desk.ask<{ rows: unknown[] }>('activity.list', list)).rows).toHaveLength(2);
  await signOut(app);
  expect(await app.desk.call('recovery.open', { key: desk.recoveryKey.join('') })).toMatchObject({
    error: { code: 'recovery_key_wrong' },
  });
  expect(await app.desk.call('recovery.open', { key: key.join('-') })).toMatchObject({ ok: true });
  expect(app.complaints).toEqual([]);
});

test('a desk that nobody touches locks itself after the minutes that were set', async ({ app }) => {
  const page = await openPeople(app);
  await page.getByLabel(text.lock.after).selectOption({ label: text.lock.minutes(1) });
  await expect(page.getByText(text.lock.saved(1))).toBeVisible();
  app.host.idle(60);
  await expect(page.getByRole('heading', { name: en.people.lockedTitle })).toBeVisible({ timeout: 8000 });
  expect(await app.desk.call('activity.list', {})).toMatchObject({ error: { code: 'desk_locked' } });
  app.host.idle(undefined);
});
