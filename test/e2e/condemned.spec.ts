import { execFileSync } from 'node:child_process';
import { expect, test, type App } from '../support/app.ts';
import { OWNER } from '../support/desk-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const text = en.brokenLedger;

/**
 * A disk that takes no write any more: the system refuses each one that would make a file longer than `bytes`, and the
 * engine reports an I/O error, as it does for a disk that fails.
 */
function limitFiles(app: App, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(app.host.process.pid), `--fsize=${bytes}:unlimited`]);
}

type Shown = { receipt_number: string | null; word: string };

const shownPayments = async (app: App): Promise<Shown[]> => {
  const day = await app.desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 100 };
  const { rows } = await app.desk.ask<{ rows: Shown[] }>('activity.list', list);
  return rows.map(({ receipt_number, word }) => ({ receipt_number, word }));
};

/** The view of Square's fields as it lies over the desk page. */
const fieldsAreVisible = (app: App): Promise<boolean> =>
  app.desk.page
    .locator('iframe[title="Payment"]')
    .evaluateAll(views => views.some(view => getComputedStyle(view).visibility === 'visible'));

async function typePassword(app: App): Promise<void> {
  await app.desk.page.getByLabel(en.people.passwordOf(OWNER.name)).fill(OWNER.password);
  await app.desk.page.keyboard.press('Enter');
}

test('no card field stays on a desk that was locked', async ({ app }) => {
  await app.desk.prepareCard('hannah', '20');
  await expect.poll(() => fieldsAreVisible(app)).toBe(true);
  await app.desk.page.keyboard.press('Control+l');
  await expect(app.desk.page.getByRole('heading', { name: en.people.lockedTitle })).toBeVisible();
  await expect.poll(() => fieldsAreVisible(app)).toBe(false);
  // The next customer's payment must not find this customer's card.
  await typePassword(app);
  await app.desk.heading(en.shell.pages.collect);
  expect(await app.desk.ask('card_fields.state')).toMatchObject({ complete: false, brand: null });
});

test.describe('a disk that fails while the desk is open', () => {
  test.skip(process.platform !== 'linux', 'only Linux can limit the files of another process');

  test('stops the desk at once, says what to do, and everything that was said is there afterwards', async ({ app }) => {
    const { desk } = app;
    const { page } = desk;
    await desk.takeCash('hannah', '20', '20');
    await desk.takeCheckNext('noah feld', '31', '77');
    const said = await shownPayments(app);
    expect(said).toHaveLength(2);
    await desk.nextCustomer();
    await desk.prepareCard('marisol ort', '45');
    limitFiles(app, 1);
    await desk.charge();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(text.failing.title);
    await expect(page.locator('#page')).toBeFocused();
    for (const step of text.failing.steps) await expect(page.getByText(step)).toBeVisible();
    await expect.poll(() => fieldsAreVisible(app)).toBe(false);
    for (const name of ['payments.take', 'payments.new', 'activity.list', 'card_fields.focus'])
      expect(await desk.call(name, {})).toMatchObject({ ok: false, error: { code: 'not_signed_in' } });

    // While the disk goes on failing the office does not open, and says the same again.
    await page.getByRole('button', { name: text.restart }).click();
    await typePassword(app);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(text.failing.title);

    limitFiles(app, 'unlimited');
    await page.getByRole('button', { name: text.restart }).click();
    await typePassword(app);
    await desk.heading(en.shell.pages.collect);
    await desk.settled();
    const after = await shownPayments(app);
    expect(after).toEqual(expect.arrayContaining(said));
    expect(after.filter(({ word }) => word === 'paid')).toHaveLength(2);
    await desk.takeCash('rafael iba', '10', '10');
    const numbers = (await shownPayments(app))
      .map(({ receipt_number }) => receipt_number)
      .filter(number => number !== null);
    expect(numbers.sort()).toEqual(['D1-000001', 'D1-000002', 'D1-000003']);
  });
});
