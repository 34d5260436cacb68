import { expect, test } from '../support/app.ts';
import {
  addBill,
  addCash,
  button,
  customerId,
  dialog,
  figure,
  openCustomer,
  search,
} from '../support/bills-by-hand.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const { list, form, view } = en.customers;
const text = en.invoices;

test('a customer is added and billed by keyboard, and the payment is taken from their page', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  await desk.openPage('customers');
  await expect(search(app)).toBeFocused();
  await page.keyboard.type('Ada Quill');
  await expect(page.getByRole('heading', { name: list.nothing('Ada Quill') })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog(app).getByLabel(form.name)).toHaveValue('Ada Quill');
  await dialog(app).getByLabel(form.email).fill('ada@');
  await page.keyboard.press('Enter');
  await expect(dialog(app).getByText(form.emailWrong)).toBeVisible();
  await dialog(app).getByLabel(form.email).fill('ada@example.com');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Ada Quill', level: 1 }).waitFor();
  await expect(page.getByText(text.list.noneOpen)).toBeVisible();

  await page.keyboard.press('b');
  await page.keyboard.type('Crown');
  await page.keyboard.press('Tab');
  await page.keyboard.type('1,200.10');
  await page.keyboard.press('Tab');
  await page.keyboard.type('99.01');
  await dialog(app).getByRole('button', { name: text.form.addLine }).press('Enter');
  await page.keyboard.type('Regular customer');
  await page.keyboard.press('Tab');
  await page.keyboard.type('-0.11');
  await expect(dialog(app).getByRole('status')).toContainText('1,299.00');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Invoice D1-INV-1001 over \$1,299\.00 was added/)).toBeVisible();
  await expect(figure(app, view.figures.owes)).toHaveText('1,299.00');
  await expect(figure(app, view.figures.overdue)).toHaveText('0.00');

  await page.keyboard.press('F2');
  await expect(page.getByRole('heading', { name: 'Ada Quill', level: 2 })).toBeVisible();
  await expect(desk.amount).toBeFocused();
  await page.getByTitle(view.open).press('Enter');
  await page.getByRole('heading', { name: 'Ada Quill', level: 1 }).waitFor();
  expect(app.complaints).toEqual([]);
});

test('a customer who is put away comes back with Undo, or from the list of those put away', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  await openCustomer(app, 'rafael iba', 'Rafael Ibarra');
  await button(app, view.putAway).press('Enter');
  await button(app, view.undo).press('Enter');
  await expect(page.getByText(view.wasTakenBack('Rafael Ibarra'))).toBeVisible();
  await button(app, view.putAway).press('Enter');
  await expect(page.getByText(view.isAway)).toBeVisible();
  await expect(button(app, `${view.collect} F2`)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(search(app)).toHaveValue('rafael iba');
  await expect(page.getByRole('heading', { name: list.nothing('rafael iba') })).toBeVisible();
  await page.getByLabel(list.archived).check();
  await button(app, 'Rafael Ibarra').press('Enter');
  await button(app, view.takeBack).press('Enter');
  await expect(page.getByText(view.isAway)).toHaveCount(0);
  await page.keyboard.press('c');
  await dialog(app).getByLabel(form.note).fill('Calls after four');
  await dialog(app).getByLabel(form.phone).fill('(510) 555-0199');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Calls after four')).toBeVisible();
  await expect(page.getByText('(510) 555-0199')).toBeVisible();
  expect(app.complaints).toEqual([]);
});

test('a customer is found by invoice, amount and card, and the list says by what', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  const ines = await customerId(desk, 'desmond ach');
  await addBill(desk, ines, 'INV-4711', 123_45, 0);
  await addCash(desk, ines, 67_89);
  await desk.prepareCard('grace lind', '210');
  await desk.charge();
  await desk.outcome('paid');
  await desk.openPage('customers');
  for (const [typed, name, because] of [
    ['4711', 'Desmond Achebe', 'Invoice INV-4711'],
    ['123.45', 'Desmond Achebe', 'Owes this on INV-4711'],
    ['67.89', 'Desmond Achebe', 'Paid this, receipt D1-000001'],
    ['1111', 'Grace Lindqvist', 'Paid with Visa 1111'],
  ] as const) {
    await search(app).fill(typed);
    await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText(because);
  }
  await search(app).fill('desmond achebe');
  await page.keyboard.press('ArrowDown');
  await expect(button(app, 'Desmond Achebe')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Desmond Achebe', level: 1 }).waitFor();
  await page.keyboard.press('Escape');
  await expect(button(app, 'Desmond Achebe')).toBeFocused();
  expect(app.complaints).toEqual([]);
});
