import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, liveTest as test, test as trainingTest, type App, type SquareProcess } from '../support/app.ts';
import { OFFICE, OWNER, VISA } from '../support/desk-driver.ts';
import { scanFolder } from '../support/scan-folder.ts';
import type { ErrorCode } from '../../common/errors.ts';
import { FEES } from '../../main/gateway/simulator/assumptions.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const text = en.settings.square;

type Typed = { application_id: string; access_token: string; location_id: string };
type Payment = {
  amount_money: { amount: number };
  location_id: string;
  processing_fee?: { amount_money: { amount: number } }[];
};

const good = (square: SquareProcess): Typed => ({
  application_id: square.application_id,
  access_token: square.token,
  location_id: square.location_id,
});

async function typeAndConnect(app: App, typed: Typed): Promise<void> {
  const { page } = app.desk;
  await page.getByLabel(text.application, { exact: true }).fill(typed.application_id);
  await page.getByLabel(text.token, { exact: true }).fill(typed.access_token);
  await page.getByLabel(text.locationId, { exact: true }).fill(typed.location_id);
  await page.getByRole('button', { name: text.connect, exact: true }).click();
}

async function refusedBecause(app: App, typed: Typed, code: ErrorCode): Promise<void> {
  await typeAndConnect(app, typed);
  await expect(app.desk.page.getByRole('alert'), code).toContainText(en.errors[code].title);
  await expect(app.desk.page.getByRole('alert'), code).toContainText(en.errors[code].help);
  expect(await app.desk.ask('settings.get'), code).toMatchObject({ square: { connected: false } });
}

const booksOf = async (square: SquareProcess): Promise<Payment[]> =>
  (await square.control<{ payments: Payment[] }>('books')).payments;

const feeOf = (minor: number, kind: keyof typeof FEES): number =>
  Math.round((minor * FEES[kind].rate) / 10_000) + FEES[kind].fixed;

/** Everything that the page can see: its document, what stands in its fields, and what the bridge answers. */
async function seenByThePage(app: App): Promise<string> {
  const { desk } = app;
  const day = await desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 100 };
  const answers = [
    await desk.call('settings.get'),
    await desk.call('session.state'),
    await desk.call('sync.state'),
    await desk.call('activity.list', list),
  ];
  const page = await desk.page.evaluate(() => {
    const typed = [...document.querySelectorAll('input')].map(input => input.value);
    return document.documentElement.outerHTML + typed.join('\n') + JSON.stringify({ ...localStorage });
  });
  return page + JSON.stringify(answers);
}

/** The data folder as another process finds it while the app runs. */
function onDisk(app: App, words: string[]): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'tillside-scan-'));
  execFileSync('cp', ['-r', app.folder, copy]);
  const { hits, files } = scanFolder(copy, VISA.number, words);
  rmSync(copy, { recursive: true, force: true });
  expect(files).toBeGreaterThan(10);
  return hits;
}

test('the live wizard asks for the typed groups and lands where Square is connected', async ({ app }) => {
  const { page } = app.desk;
  await page.getByLabel(en.setup.office.name, { exact: true }).fill(OFFICE);
  await page.keyboard.press('Enter');
  await page.getByLabel(en.setup.owner.name, { exact: true }).fill(OWNER.name);
  await page.getByLabel(en.setup.owner.password, { exact: true }).fill(OWNER.password);
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: en.setup.start.live }).check();
  const open = page.getByRole('button', { name: en.setup.start.goLive });
  await expect(open).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByText(en.setup.start.typeBoth).first()).toBeVisible();
  await open.click({ force: true });
  for (const input of await page.getByLabel(/^Group \d$/).all()) await input.fill('0000');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/This is not group \d/).first()).toBeVisible();
  expect(await app.desk.ask('session.state')).toMatchObject({ phase: 'setup' });
  const groups = page.getByRole('list', { name: en.setup.key.groups }).getByRole('listitem');
  const key = (await groups.allTextContents()).map(group => group.trim().slice(-4));
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const input = page.getByLabel(en.setup.key.group(number), { exact: true });
    if (await input.isVisible()) await input.fill(key[number - 1]!);
  }
  await page.keyboard.press('Enter');
  await app.desk.heading(en.shell.pages.settings);
  await expect(page.getByRole('button', { name: text.connect, exact: true })).toBeVisible();
  expect(await app.desk.ask('session.state')).toMatchObject({ phase: 'open', mode: 'live' });
});

test('connecting names whatever is wrong, and then connects', async ({ app, square, production }) => {
  const { desk } = app;
  await desk.setUpQuickly('live');
  await desk.openPage('settings');
  const right = good(square);
  await refusedBecause(app, { ...right, access_token: 'EAAAnotthetoken' }, 'square_unauthorized');
  await refusedBecause(app, { ...right, access_token: production.token }, 'square_environment_mismatch');
  await refusedBecause(app, { ...right, application_id: 'my application' }, 'square_application_id_invalid');
  await refusedBecause(app, { ...right, application_id: 'sq0idp-live-application' }, 'preview_refuses_live');
  await refusedBecause(app, { ...right, location_id: 'LNOWHERE' }, 'square_location_unknown');
  const settings = await square.control<{ settings: Record<string, unknown> }>('settings');
  const cases: [change: object, code: ErrorCode][] = [
    [{ scopes: ['PAYMENTS_READ', 'MERCHANT_PROFILE_READ'] }, 'square_missing_scope'],
    [{ location: { status: 'INACTIVE' } }, 'square_location_inactive'],
    [{ location: { currency: 'CAD' } }, 'square_currency_mismatch'],
    [{ location: { capabilities: [] } }, 'square_cards_not_enabled'],
  ];
  for (const [change, code] of cases) {
    await square.control('settings', change);
    await refusedBecause(app, right, code);
    await square.control('settings', settings.settings);
  }
  await square.control('network', { state: 'down' });
  await refusedBecause(app, right, 'square_unreachable');
  await square.control('network', { state: 'up' });
  await typeAndConnect(app, right);
  await expect(desk.page.getByText(text.connectedNow('Lakeshore'))).toBeVisible();
  expect(await booksOf(square)).toEqual([]);
  expect(await seenByThePage(app)).not.toContain(square.token);
  const again = await desk.call('square.connect', right);
  expect(again.ok).toBe(true);
  expect(JSON.stringify(again)).not.toContain(square.token);
  expect(JSON.stringify(await desk.call('square.test', right))).not.toContain(square.token);
  expect(app.host.logs.join('\n')).not.toContain(square.token);
  expect(onDisk(app, [square.token])).toEqual([]);
});

test('live cards reach Square once with their flags; fees follow; disconnecting waits', async ({ app, square }) => {
  const { desk } = app;
  await square.control('settings', { list_lag_ms: 3000, fee_delay_ms: 1500 });
  await desk.setUpQuickly('live');
  await desk.ask('square.connect', good(square));
  await desk.ask('customers.add', { name: 'Marisol Ortiz', phone: '', email: '', note: '' });
  await desk.prepareCard(null, '120.10');
  await desk.charge();
  await desk.outcome('paid');
  await desk.nextCustomer();
  await desk.preparePhoneCard('marisol', '45.50');
  await desk.charge();
  await desk.outcome('paid');
  const books = await booksOf(square);
  expect(books.map(payment => payment.amount_money.amount)).toEqual([12_010, 4550]);
  expect(books.every(payment => payment.location_id === square.location_id)).toBe(true);
  const day = await desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 100 };
  type Rows = { rows: { sync: string; fee: { minor: number } | null; reference: string }[] };
  const fees = async (): Promise<boolean[]> => {
    await desk.ask('sync.now');
    const { rows } = await desk.ask<Rows>('activity.list', list);
    return rows.map(row => row.sync === 'confirmed' && (row.fee?.minor ?? 0) > 0);
  };
  await expect.poll(fees, { timeout: 20_000, intervals: [500] }).toEqual([true, true]);
  // Square charges more for a card that the seller keyed in: the fee tells which flags it was sent with.
  const charged = (await booksOf(square)).map(payment => payment.processing_fee?.[0]?.amount_money.amount);
  expect(charged).toEqual([feeOf(12_010, 'online'), feeOf(4550, 'keyed')]);
  await square.control('network', { state: 'down' });
  await desk.nextCustomer();
  await desk.takeCash('marisol', '10', '10');
  await desk.openPage('settings');
  await desk.page.getByRole('button', { name: text.disconnect, exact: true }).click();
  await desk.page.getByRole('button', { name: text.disconnectYes }).click();
  await expect(desk.page.getByRole('alert')).toContainText(en.errors.queue_not_empty.title);
  await square.control('network', { state: 'up' });
  await desk.settled();
  expect(await booksOf(square)).toHaveLength(3);
  await desk.page.getByRole('button', { name: text.disconnect, exact: true }).click();
  await desk.page.getByRole('button', { name: text.disconnectYes }).click();
  await expect(desk.page.getByText(text.disconnected)).toBeVisible();
  expect(onDisk(app, [square.token])).toEqual([]);
  expect(app.complaints).toEqual([]);
});

trainingTest('a training office can never be given a credential', async ({ app }) => {
  const typed = { application_id: 'sandbox-sq0idb-x', access_token: 'EAAAsomething', location_id: 'L1' };
  for (const name of ['square.test', 'square.connect', 'square.disconnect']) {
    const input = name === 'square.disconnect' ? {} : typed;
    expect(await app.desk.call(name, input), name).toMatchObject({ ok: false, error: { code: 'live_only' } });
  }
  await app.desk.openPage('settings');
  await expect(app.desk.page.getByText(text.trainingWhat)).toBeVisible();
  await expect(app.desk.page.getByLabel(text.token, { exact: true })).toHaveCount(0);
});
