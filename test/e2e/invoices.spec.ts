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
import { OWNER } from '../support/desk-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const { list, view } = en.customers;
const text = en.invoices;

test('money that came without a customer is attached from the tray, and the balance is right everywhere', async ({
  app,
}) => {
  const { desk } = app;
  const { page } = desk;
  const grace = await customerId(desk, 'grace lind');
  await addBill(desk, grace, 'INV-7', 80_00, 40);
  await addBill(desk, grace, 'INV-8', 50_00, 3);
  await desk.takeCash(null, '100', '100');
  await desk.openPage('customers');
  await button(app, /^Unallocated · 1/).press('Enter');
  await expect(page.getByRole('row', { name: /Total unallocated/ })).toContainText('100.00');
  await expect(button(app, text.tray.nobody)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(app).getByRole('combobox', { name: list.find })).toBeFocused();
  await page.keyboard.type('INV-7');
  await page.keyboard.press('Enter');
  await expect(dialog(app).getByLabel(text.move.paysOf('INV-7'))).toHaveValue('80.00');
  await expect(dialog(app).getByLabel(text.move.paysOf('INV-8'))).toHaveValue('20.00');
  await dialog(app).getByLabel(text.move.paysOf('INV-8')).fill('15.01');
  await expect(dialog(app).getByRole('row', { name: text.move.rest })).toContainText('4.99');
  await dialog(app).getByLabel(text.move.credit).fill('5');
  await expect(dialog(app).getByText(text.move.over('$0.01')).first()).toBeVisible();
  await dialog(app).getByLabel(text.move.credit).fill('');
  await button(app, text.move.restToCredit).click();
  await expect(dialog(app).getByLabel(text.move.credit)).toHaveValue('4.99');
  await dialog(app).getByLabel(text.move.reason).press('Enter');
  await expect(dialog(app).getByText(text.move.reasonMissing)).toBeVisible();
  await page.keyboard.type('Grace rang: it was hers');
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.move.done('$100.00'))).toBeVisible();
  await expect(page.getByRole('heading', { name: text.tray.none })).toBeVisible();

  await button(app, list.everybody).click();
  await search(app).fill('grace lind');
  await search(app).press('Enter');
  await page.getByRole('heading', { name: /^Grace/, level: 1 }).waitFor();
  await expect(figure(app, view.figures.owes)).toHaveText('34.99');
  await expect(figure(app, view.figures.overdue)).toHaveText('34.99');
  await expect(figure(app, view.figures.credit)).toHaveText('4.99');
  await expect(figure(app, view.figures.unallocated)).toHaveText('0.00');
  await expect(page.getByText('INV-7 80.00 · INV-8 15.01 · Credit 4.99')).toBeVisible();
  await expect(button(app, 'INV-7')).toHaveCount(0);
  await button(app, text.list.showAll).click();
  await expect(page.getByRole('row', { name: /INV-7/ })).toContainText(text.list.paid);
  expect(app.complaints).toEqual([]);
});

test('a payment is moved to another invoice for a reason, and both invoices keep the story', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  const walter = await customerId(desk, 'walter bran');
  const first = await addBill(desk, walter, 'INV-21', 60_00, 20);
  await addBill(desk, walter, 'INV-22', 60_00, 10);
  await addCash(desk, walter, 60_00, [[first, 60_00]]);
  await openCustomer(app, 'walter bran', 'Walter Brandt');
  await expect(page.getByText('INV-21 60.00')).toBeVisible();
  await button(app, text.payment.moveName('Cash $60.00')).press('Enter');
  await expect(dialog(app).getByLabel(text.move.paysOf('INV-21'))).toBeFocused();
  await expect(dialog(app).getByLabel(text.move.paysOf('INV-21'))).toHaveValue('60.00');
  await dialog(app).getByLabel(text.move.paysOf('INV-21')).fill('');
  await dialog(app).getByLabel(text.move.paysOf('INV-22')).fill('60.01');
  await expect(dialog(app).getByText(text.move.tooMuch('60.00'))).toBeVisible();
  await dialog(app).getByLabel(text.move.paysOf('INV-22')).fill('60');
  await dialog(app).getByLabel(text.move.reason).fill('meant for the second one');
  await page.keyboard.press('Enter');
  await expect(dialog(app)).toHaveCount(0);
  await expect(button(app, text.payment.moveName('Cash $60.00'))).toBeFocused();
  await expect(page.getByText('INV-22 60.00')).toBeVisible();
  await expect(figure(app, view.figures.owes)).toHaveText('60.00');
  await button(app, 'INV-21').press('Enter');
  await expect(dialog(app).getByRole('row', { name: /Cash/ })).toContainText(text.view.takenBack);
  await page.keyboard.press('Escape');
  await button(app, text.list.showAll).click();
  await button(app, 'INV-22').press('Enter');
  await expect(dialog(app).getByRole('row', { name: /Cash/ })).toContainText(text.view.stands);
  await expect(dialog(app)).toContainText(text.view.states.paid);
  expect(app.complaints).toEqual([]);
});

test('an invoice cannot ask for less than is paid; voided it gives its money back to the tray', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  const noah = await customerId(desk, 'noah feld');
  const first = await addBill(desk, noah, 'INV-31', 90_00, 5);
  await addBill(desk, noah, 'INV-32', 30_00, 1);
  await addCash(desk, noah, 70_00, [[first, 70_00]]);
  await openCustomer(app, 'noah feld', 'Noah Feldman');
  await button(app, 'INV-31').press('Enter');
  await dialog(app).getByRole('button', { name: text.view.change, exact: true }).press('Enter');
  await dialog(app).getByLabel(text.form.netOf(1)).fill('69.99');
  await page.keyboard.press('Enter');
  await expect(dialog(app).getByRole('alert')).toContainText(en.errors.invoice_paid_more.title);
  await expect(dialog(app).getByText(text.form.paidMore('$70.00'))).toBeVisible();
  await dialog(app).getByLabel(text.form.netOf(1)).fill('75');
  await page.keyboard.press('Enter');
  await expect(dialog(app)).toContainText(text.view.states.part);
  await expect(dialog(app)).toContainText('75.00');

  await dialog(app).getByRole('button', { name: text.view.void, exact: true }).press('Enter');
  await page.keyboard.press('Enter');
  await expect(dialog(app).getByText(text.voiding.reasonMissing)).toBeVisible();
  await page.keyboard.type('billed twice');
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.voiding.done('INV-31'))).toBeVisible();
  await expect(dialog(app)).toContainText(text.view.states.voided);
  await expect(dialog(app).getByRole('button', { name: text.view.change, exact: true })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(figure(app, view.figures.owes)).toHaveText('30.00');
  await expect(figure(app, view.figures.unallocated)).toHaveText('70.00');

  await button(app, 'INV-32').press('Enter');
  await dialog(app).getByRole('button', { name: text.view.useCredit }).press('Enter');
  await expect(dialog(app).getByLabel(text.credit.amount)).toHaveValue('30.00');
  await page.keyboard.type('12.50');
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.credit.done('$12.50', 'INV-32'))).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(figure(app, view.figures.owes)).toHaveText('17.50');
  await expect(figure(app, view.figures.credit)).toHaveText('57.50');
  expect(app.complaints).toEqual([]);
});

test('whoever may not edit sees what is owed and what pays it, and no button that would refuse', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  const walter = await customerId(desk, 'walter bran');
  const first = await addBill(desk, walter, 'INV-51', 60_00, 20);
  await addCash(desk, walter, 75_00, [[first, 45_00]]);
  const [before, after] = ['borrowed umbrella 12', 'yellow boat on a lake'];
  const { people } = await desk.ask<{ people: { person_id: string; name: string }[] }>('people.add', {
    ...{ name: 'Priya Nair', role: 'accountant', first_password: before, proof: OWNER.password },
  });
  const { person_id } = people.find(person => person.name === 'Priya Nair')!;
  await desk.ask('session.sign_out');
  await desk.ask('session.sign_in', { person_id, password: before });
  await desk.ask('people.choose_password', { new_password: after });
  await page.getByRole('navigation', { name: en.shell.mainNavigation }).waitFor();
  await page.getByRole('navigation').getByRole('button', { name: list.title }).click();
  await expect(page.getByRole('button', { name: new RegExp(list.add) })).toHaveCount(0);
  await search(app).fill('walter bran');
  await search(app).press('Enter');
  await page.getByRole('heading', { name: 'Walter Brandt', level: 1 }).waitFor();
  await expect(figure(app, view.figures.owes)).toHaveText('15.00');
  await expect(page.getByText('INV-51 45.00 · Unallocated 30.00')).toBeVisible();
  const names = [view.change, view.putAway, view.collect, text.list.add, text.payment.move];
  for (const name of names) {
    await expect(page.getByRole('main').getByRole('button', { name }), name).toHaveCount(0);
  }
  await page.keyboard.press('b');
  await expect(dialog(app)).toHaveCount(0);
  await button(app, 'INV-51').press('Enter');
  await expect(dialog(app).getByRole('row', { name: /Cash/ })).toContainText('45.00');
  const deeds = [text.view.change, text.view.void, text.view.useCredit];
  for (const name of deeds) await expect(dialog(app).getByRole('button', { name, exact: true })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await button(app, /^Unallocated · 1/).click();
  await button(app, 'Walter Brandt').press('Enter');
  await expect(page.getByRole('complementary')).toContainText('$75.00');
  expect(app.complaints).toEqual([]);
});

test('what is typed stays while the ledger goes on behind the dialog', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  const noah = await customerId(desk, 'noah feld');
  const first = await addBill(desk, noah, 'INV-61', 90_00, 5);
  await openCustomer(app, 'noah feld', 'Noah Feldman');
  await page.keyboard.press('b');
  await page.keyboard.type('Half of a cro');
  await addCash(desk, noah, 20_00, [[first, 10_00]]);
  await expect(figure(app, view.figures.owes)).toHaveText('80.00');
  await page.keyboard.type('wn');
  await expect(dialog(app).getByLabel(text.form.descriptionOf(1))).toHaveValue('Half of a crown');
  await page.keyboard.press('Escape');
  await button(app, text.payment.moveName('Cash $20.00')).press('Enter');
  await dialog(app).getByLabel(text.move.paysOf('INV-61')).fill('12.34');
  await addCash(desk, noah, 80_00, [[first, 75_00]]);
  await expect(dialog(app).getByRole('row', { name: /INV-61/ })).toContainText('15.00');
  await expect(dialog(app).getByLabel(text.move.paysOf('INV-61'))).toHaveValue('12.34');
  expect(app.complaints).toEqual([]);
});
