import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, liveTest as test, type App, type SquareProcess } from '../support/app.ts';
import { OWNER } from '../support/desk-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
type Axe = { run(root: Document, options: object): Promise<{ violations: { id: string }[] }> };

/** What axe finds, in both themes. */
async function accessible({ desk }: App, where: string): Promise<void> {
  const { page } = desk;
  for (const theme of ['light', 'dark'] as const) {
    await desk.setTheme(theme);
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

/** A live office at a simulator that the test steers: what is said there stays said until it is taken back. */
async function connected(app: App, square: SquareProcess): Promise<void> {
  const { application_id, token, location_id } = square;
  await square.control('settings', { list_lag_ms: 0 });
  await app.desk.setUpQuickly('live');
  await app.desk.ask('square.connect', { application_id, access_token: token, location_id });
}

/** Every charge fails from now on, the first one without a word. Square's lists still answer. */
async function deaf(square: SquareProcess, first: 'drop_after_commit' | 'drop_before_commit'): Promise<void> {
  const post = { method: 'POST', path: '/v2/payments' };
  const faults = [
    { ...post, fault: first },
    { ...post, fault: 'status', status: 500, times: 1000 },
  ];
  await square.control('faults', { faults });
}

async function newest({ desk }: App): Promise<{ attempt_id: string; reference: string; word: string }> {
  const day = await desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 1 };
  type Rows = { rows: { attempt_id: string; reference: string; word: string }[] };
  return (await desk.ask<Rows>('activity.list', list)).rows[0]!;
}

/** Square charges our reference although we were told otherwise: the late original. */
async function chargedLate(square: SquareProcess, reference: string): Promise<void> {
  await square.control('faults', { clear: true });
  const answer = await fetch(`${square.base_url}/v2/payments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${square.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ idempotency_key: reference, reference_id: reference, source_id: 'cnon:card-nonce-ok' },
      ...{ amount_money: { amount: 8800, currency: 'USD' }, location_id: square.location_id },
    }),
  });
  expect(answer.status).toBe(200);
}

test.describe('at a Square that does not answer', () => {
  test.describe.configure({ timeout: 150_000 });
  test.use({
    parameters: async ({ square, production }, use) => {
      const urls = ['--square-base-url', square.base_url, '--square-production-url', production.base_url];
      await use([...urls, '--gateway-timeout-ms', '1200']);
    },
  });

  test('a doubt is told with its checks, and ends as paid when Square’s list shows it', async ({ app, square }) => {
    const { desk } = app;
    await connected(app, square);
    await deaf(square, 'drop_after_commit');
    await desk.prepareCard(null, '88');
    await desk.charge();
    const told = await desk.outcome('in_doubt');
    expect(told).toContain('We do not know yet whether Square took $88.00.');
    expect(told).toMatch(/Next check (In \d+ s|Now)/);
    expect(told).toMatch(/Tried Sent (once|twice|\d+ times)/);
    await desk.ask('sync.now');
    expect(await desk.outcome('paid', 40_000)).toContain('Square took $88.00');
    expect((await square.control<{ payments: unknown[] }>('books')).payments).toHaveLength(1);
    expect(app.complaints).toEqual([]);
  });

  test('a manager closes a doubt, and what Square charges after all is found, shown and kept', async ({
    app,
    square,
  }) => {
    const { desk } = app;
    const { page } = desk;
    await connected(app, square);
    await deaf(square, 'drop_before_commit');
    await desk.prepareCard(null, '88');
    await desk.charge();
    await desk.outcome('in_doubt');
    const { reference, attempt_id } = await newest(app);
    const dialog = page.getByRole('dialog');
    const close = async (password: string): Promise<void> => {
      await page.getByRole('button', { name: `${en.doubt.doing.close}…` }).click();
      await expect(dialog.getByLabel(en.doubt.dialog.reason)).toBeFocused();
      await page.keyboard.type('The customer has to leave');
      await page.keyboard.press('Enter');
      await page.keyboard.type(password);
      await page.keyboard.press('Enter');
    };
    await close('wrong horse battery');
    await expect(dialog.getByRole('alert')).toContainText(en.errors.wrong_password.title);
    await dialog.getByLabel(en.doubt.dialog.password).fill(OWNER.password);
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('alert')).toContainText(en.errors.doubt_too_young.title);
    await expect(dialog).toContainText(/You can close it in \d+ s\./);
    await page.keyboard.press('Escape');
    app.host.setClockAhead(61_000);
    await accessible(app, 'in doubt');
    await close(OWNER.password);
    const closed = await desk.outcome('not_charged', 30_000);
    expect(closed).toContain(en.doubt.known.watchedWhat);
    await expect(page.getByRole('button', { name: en.result.next })).toBeFocused();
    await desk.nextCustomer();
    await chargedLate(square, reference);
    await desk.ask('sync.now');
    const banner = page.getByRole('region', { name: en.doubt.banner.name });
    await expect(banner).toContainText(en.doubt.banner.found(1));
    await banner.getByRole('button', { name: en.doubt.banner.show }).click();
    const story = page.getByRole('complementary').filter({ hasText: en.activity.story });
    await expect(story).toContainText('Closed as not charged by Dana Whitfield: The customer has to leave');
    await expect(story).toContainText('Square charged this after all');
    await accessible(app, 'found later');
    await story.getByRole('button', { name: `${en.doubt.doing.decide}…` }).click();
    await dialog.getByLabel(en.doubt.dialog.reason).fill('She was charged');
    await dialog.getByLabel(en.doubt.dialog.password).fill(OWNER.password);
    await dialog.getByRole('radio', { name: new RegExp(`^${en.doubt.found.giveBack}`) }).check();
    await dialog.getByRole('button', { name: en.doubt.found.yesGiveBack('$88.00') }).click();
    await expect(dialog.getByRole('alert')).toContainText(en.errors.refund_at_square.title);
    await accessible(app, 'keep or give back');
    await dialog.getByRole('radio', { name: new RegExp(`^${en.doubt.found.keep}`) }).check();
    await dialog.getByRole('button', { name: en.doubt.found.yesKeep('$88.00') }).click();
    await expect(story.getByRole('heading', { name: en.payments.words.paid.word })).toBeVisible();
    await expect(banner).toBeHidden();
    await expect(story).toContainText('Kept as a payment by Dana Whitfield: She was charged');
    expect(await desk.ask('payments.get', { attempt_id })).toMatchObject({
      attempt: { receipt_number: 'D1-000001' },
    });
    expect(app.complaints).toEqual([]);
  });

  test('a clerk cannot close a doubt, and is told whom to ask with which reference', async ({ app, square }) => {
    const { desk } = app;
    const { page } = desk;
    await connected(app, square);
    const { people } = await desk.ask<{ people: { person_id: string; role: string }[] }>('people.add', {
      ...{ name: 'Jordan Okafor', role: 'clerk', first_password: 'borrowed umbrella 12', proof: OWNER.password },
    });
    const { person_id } = people.find(person => person.role === 'clerk')!;
    await desk.ask('session.sign_out');
    await desk.ask('session.sign_in', { person_id, password: 'borrowed umbrella 12' });
    await desk.ask('people.choose_password', { new_password: 'yellow boat on a lake' });
    await desk.heading(en.shell.pages.collect);
    await deaf(square, 'drop_before_commit');
    await desk.prepareCard(null, '88');
    await desk.charge();
    await desk.outcome('in_doubt');
    const { reference, attempt_id } = await newest(app);
    await expect(page.getByText(en.doubt.doing.askManager(reference))).toBeVisible();
    await expect(page.getByRole('button', { name: `${en.doubt.doing.close}…` })).toHaveCount(0);
    app.host.setClockAhead(61_000);
    const decision = { attempt_id, reason: 'I want to', password: 'yellow boat on a lake' };
    expect(await desk.call('payments.close_doubt', decision)).toMatchObject({ error: { code: 'not_allowed' } });
    const found = { ...decision, choice: 'keep' };
    expect(await desk.call('payments.settle_found', found)).toMatchObject({ error: { code: 'not_allowed' } });
    await page.getByRole('button', { name: en.doubt.doing.evidence }).click();
    await expect(page.getByText(/Saved as .*Evidence D1-000001-.*\.pdf/)).toBeVisible();
    expect((await newest(app)).word).toBe('in_doubt');
  });

  test('a doubt of a day waits for a person, in sight on every page', async ({ app, square }) => {
    const { desk } = app;
    await connected(app, square);
    await deaf(square, 'drop_before_commit');
    await desk.prepareCard(null, '88');
    await desk.charge();
    await desk.outcome('in_doubt');
    const { attempt_id } = await newest(app);
    await desk.nextCustomer();
    const lists = { fault: 'status', status: 500, times: 1000, method: 'GET', path: '/v2/payments' };
    await square.control('faults', { faults: [lists] });
    app.host.setClockAhead(24 * 3_600_000 + 60_000);
    const banner = desk.page.getByRole('region', { name: en.doubt.banner.name });
    await expect
      .poll(async () => {
        await desk.ask('payments.ask_now', { attempt_id });
        return banner.isVisible();
      })
      .toBe(true);
    await expect(banner).toContainText(en.doubt.banner.manual(1));
    await desk.openPage('sync');
    await expect(banner).toBeVisible();
    await accessible(app, 'a doubt that waits for a person');
    await banner.getByRole('button').click();
    await expect(desk.page.getByText(en.doubt.known.handedOver)).toBeVisible();
    await expect(desk.page.getByText('A day without an answer: people have to end this')).toBeVisible();
  });
});
