import { expect, liveTest as test, type App, type SquareProcess } from '../support/app.ts';
import { OWNER } from '../support/desk-driver.ts';
import { activity, dialogOf, giveBack, leftOf, payByCard, word } from '../support/refund-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

/** Refunds that Square refuses, does not answer, or cannot make, at a simulator that the test steers. */
const text = en.refunds;

test.describe.configure({ timeout: 150_000 });
test.use({
  parameters: async ({ square, production }, use) => {
    const urls = ['--square-base-url', square.base_url, '--square-production-url', production.base_url];
    await use([...urls, '--gateway-timeout-ms', '1200']);
  },
});

async function connected({ desk }: App, square: SquareProcess): Promise<void> {
  const { application_id, token, location_id } = square;
  await square.control('settings', { list_lag_ms: 0 });
  await desk.setUpQuickly('live');
  await desk.ask('square.connect', { application_id, access_token: token, location_id });
}
const post = { method: 'POST', path: '/v2/refunds' };
const lists = { method: 'GET', path: '/v2/refunds', fault: 'status', status: 500, times: 1000 };

test('a payment of 13 months says why Square cannot, and goes back by check', async ({ app, square }) => {
  const { desk } = app;
  await connected(app, square);
  await payByCard(app, '60');
  const { attempt_id } = (await activity(desk)).rows[0]!;
  app.host.setClockAhead(400 * 24 * 3_600_000);
  type Ways = { ways: { available: boolean }[] };
  const first = async () => (await desk.ask<Ways>('refunds.offer', { attempt_id })).ways[0]!.available;
  await expect.poll(first).toBe(false);
  await desk.page.keyboard.press('g');
  await expect(dialogOf(app)).toContainText(
    `${text.obstacles.too_old} ${text.form.instead(['cash', 'check', 'other'])}`,
  );
  await expect(dialogOf(app).getByRole('radio', { name: text.ways.check })).toBeChecked();
  await expect(dialogOf(app).getByRole('radio', { name: text.ways.square })).toHaveCount(0);
  await desk.page.keyboard.type('Charged for the wrong visit');
  await desk.page.keyboard.press('Enter');
  await word(app, 'recorded');
  await expect(dialogOf(app)).toContainText(text.result.handedOut.check('$60.00'));
});

test('a refused refund says why, and what to do instead', async ({ app, square }) => {
  await connected(app, square);
  await payByCard(app, '60');
  await square.control('settings', { refund_outcome: 'REJECTED' });
  await giveBack(app);
  await word(app, 'pending');
  await square.control('advance', { ms: 600_000 });
  await dialogOf(app).getByRole('button', { name: text.result.askNow }).click();
  await word(app, 'refused');
  await expect(dialogOf(app)).toContainText(text.result.refusals.rejected.what);
  await expect(dialogOf(app)).toContainText(text.result.refusals.rejected.next);
});

test('a lost answer forbids a second refund, and ends by itself as one', async ({ app, square }) => {
  const { desk } = app;
  await connected(app, square);
  await payByCard(app, '60');
  await square.control('faults', { faults: [{ ...post, fault: 'drop_after_commit' }, lists] });
  await giveBack(app);
  await word(app, 'unknown');
  await expect(dialogOf(app)).toContainText('Do not give it back again.');
  expect(await leftOf(app)).toBe(0);
  await square.control('faults', { clear: true });
  await dialogOf(app).getByRole('button', { name: text.result.askNow }).click();
  await word(app, 'pending', 40_000);
  expect((await square.control<{ refunds: unknown[] }>('books')).refunds).toHaveLength(1);
  expect((await activity(desk)).rows[0]!.refunds).toHaveLength(1);
});

test('a manager cannot close a refund in doubt before Square was searched for long enough', async ({ app, square }) => {
  const { desk } = app;
  const { page } = desk;
  await connected(app, square);
  await payByCard(app, '60');
  await square.control('faults', { faults: [{ ...post, fault: 'status', status: 500, times: 1000 }] });
  await giveBack(app);
  await word(app, 'unknown');
  await dialogOf(app)
    .getByRole('button', { name: `${text.closing.button}…` })
    .click();
  await dialogOf(app).getByLabel(text.closing.reason).fill('The bank knows of nothing');
  await page.keyboard.press('Enter');
  await expect(dialogOf(app).getByLabel(text.closing.password)).toBeFocused();
  await page.keyboard.type(OWNER.password);
  await page.keyboard.press('Enter');
  await expect(dialogOf(app).getByRole('alert')).toContainText(en.errors.doubt_too_young.title);
  expect((await activity(desk)).rows[0]!.refunds[0]!).toMatchObject({ state: 'unknown' });
});
