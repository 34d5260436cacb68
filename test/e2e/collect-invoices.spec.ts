import { expect, test, type App } from '../support/app.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const owed = en.collect.owed;
type Invoice = { invoice_id: string; number: string; open: { minor: number } };
type Owed = { invoices: Invoice[]; open: { minor: number } };

/** The customer who is found by this, with invoices of these sums, the oldest first. */
async function bill({ desk }: App, text: string, sums: readonly number[]): Promise<{ customer_id: string }> {
  const found = await desk.ask<{ found: { customer_id: string }[] }>('customers.search', { text, limit: 1 });
  const { customer_id } = found.found[0]!;
  for (const [at, minor] of sums.entries()) {
    const { invoice_id } = await desk.ask<{ invoice_id: string }>('invoices.new');
    const usd = (value: number) => ({ minor: value, currency: 'USD' });
    const lines = [{ description: `Visit ${at + 1}`, net: usd(minor), tax: usd(0) }];
    const dates = { issued_on: `2026-0${at + 1}-10`, due_on: `2026-0${at + 2}-10` };
    await desk.ask('invoices.add', { invoice_id, customer_id, number: `INV-${at + 1}`, note: '', lines, ...dates });
  }
  return { customer_id };
}

const openOf = async ({ desk }: App, customer_id: string): Promise<[string, number][]> =>
  (await desk.ask<Owed>('invoices.list', { customer_id, which: 'open' })).invoices.map(one => [
    one.number,
    one.open.minor,
  ]);

test('what is typed pays the oldest invoices first, and the balance is told before and after', async ({ app }) => {
  const { desk } = app;
  const { customer_id } = await bill(app, 'marisol ort', [85_00, 60_00, 140_00]);
  await desk.findCustomer('marisol ort');
  const list = desk.page.getByRole('region', { name: owed.title });
  await expect(list.getByRole('row', { name: /Visit 1/ })).toContainText('85.00');
  await desk.enterAmount('120');
  await expect(desk.page.getByText('Pays INV-1 in full and $35.00 of INV-2, which keeps $25.00 open.')).toBeVisible();
  await expect(list.getByLabel(owed.payNamed('INV-3'))).not.toBeChecked();
  await expect(desk.page.getByRole('region', { name: en.collect.earlier.after })).toContainText(/165\.00/);
  await desk.chooseWay('C');
  await desk.page.getByRole('textbox', { name: en.collect.cash.tendered }).fill('120');
  await desk.charge();
  await desk.outcome('paid');
  expect(await openOf(app, customer_id)).toEqual([
    ['INV-2', 25_00],
    ['INV-3', 140_00],
  ]);
  // The list beside the result is what is owed now, and nothing in it can be ticked any more.
  await expect(list.getByRole('row', { name: /Visit 2/ })).toContainText('25.00');
  await expect(list.getByRole('checkbox')).toHaveCount(0);
  expect(app.complaints).toEqual([]);
});

test('invoices are ticked, parts are typed, and it can be for no invoice at all', async ({ app }) => {
  const { desk } = app;
  const { customer_id } = await bill(app, 'marisol ort', [85_00, 60_00, 140_00]);
  await desk.findCustomer('marisol ort');
  const list = desk.page.getByRole('region', { name: owed.title });
  // Ticking makes the amount, ticking one more makes it more.
  await list.getByLabel(owed.payNamed('INV-2')).check();
  await expect(desk.amount).toHaveValue('60.00');
  await list.getByLabel(owed.payNamed('INV-3')).check();
  await expect(desk.amount).toHaveValue('200.00');
  await desk.enterAmount('100');
  await list.getByLabel(owed.paysOf('INV-3')).fill('70');
  await list.getByLabel(owed.paysOf('INV-3')).blur();
  await expect(list.getByLabel(owed.paysOf('INV-1'))).toHaveValue('30.00');
  // More than is open is not taken; what is shown is what is paid.
  await list.getByLabel(owed.paysOf('INV-1')).fill('999');
  await list.getByLabel(owed.paysOf('INV-1')).blur();
  await expect(list.getByLabel(owed.paysOf('INV-1'))).toHaveValue('85.00');
  await desk.page.getByRole('button', { name: owed.without, exact: true }).click();
  await expect(desk.page.getByText(en.collect.amount.unallocated('$100.00'))).toBeVisible();
  await desk.takeCashOf('100');
  expect((await openOf(app, customer_id)).map(([, minor]) => minor)).toEqual([85_00, 60_00, 140_00]);
});

test('cash for an invoice that was found by its number takes three keys', async ({ app }) => {
  const { desk } = app;
  const { customer_id } = await bill(app, 'marisol ort', [85_00, 60_00]);
  await desk.findCustomer('INV-2');
  await expect(desk.amount).toHaveValue('60.00');
  let keys = 0;
  const press = async (key: string): Promise<void> => {
    keys += 1;
    await desk.page.keyboard.press(key);
  };
  await press('F4');
  await expect(desk.page.getByRole('textbox', { name: en.collect.cash.tendered })).toBeFocused();
  await press('Enter');
  await expect(desk.page.getByRole('button', { name: /F2$/ }).last()).toBeFocused();
  await press('F2');
  await desk.outcome('paid');
  expect(keys).toBe(3);
  expect(await openOf(app, customer_id)).toEqual([['INV-1', 85_00]]);
});

test('the amounts that are offered are one key each, and Down steps through them from the field', async ({ app }) => {
  const { desk } = app;
  await bill(app, 'marisol ort', [85_00, 60_00]);
  await desk.findCustomer('marisol ort');
  await desk.page.getByRole('button', { name: owed.offers.oldest }).waitFor();
  await desk.page.keyboard.press('ArrowDown');
  await expect(desk.amount).toHaveValue('85.00');
  await desk.page.keyboard.press('ArrowDown');
  await expect(desk.amount).toHaveValue('145.00');
  await desk.page.keyboard.press('ArrowUp');
  await expect(desk.amount).toHaveValue('85.00');
  await desk.amount.blur();
  await desk.page.keyboard.press('2');
  await expect(desk.amount).toHaveValue('145.00');
});

test('a card pays an invoice only once Square has taken the money', async ({ app }) => {
  const { desk } = app;
  const { customer_id } = await bill(app, 'marisol ort', [85_00, 60_00]);
  await desk.findCustomer('INV-1');
  await expect(desk.amount).toHaveValue('85.00');
  await desk.chooseWay('K');
  await desk.typeCard({ number: '4000000000000002' });
  await desk.charge();
  await expect(desk.page.getByText(en.collect.act.receiptNone)).toBeVisible();
  expect((await openOf(app, customer_id)).map(([, minor]) => minor)).toEqual([85_00, 60_00]);
  await desk.page.keyboard.press('Escape');
  await desk.chooseWay('K');
  await desk.typeCard();
  await desk.charge();
  await desk.outcome('paid');
  expect(await openOf(app, customer_id)).toEqual([['INV-2', 60_00]]);
});
