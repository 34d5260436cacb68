import { expect, test } from '../support/app.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const text = en.promises;
type Promises = { promises: { state: string; amount: { minor: number } }[]; kept: number };

test('a promise is noted with P, a day and Enter, is shown, and is kept by the payment', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  const { found } = await desk.ask<{ found: { customer_id: string; name: string }[] }>('customers.search', {
    ...{ text: 'marisol ort', limit: 1 },
  });
  const { customer_id, name } = found[0]!;
  const promises = () => desk.ask<Promises>('promises.of', { customer_id });
  await desk.findCustomer('marisol ort');
  await desk.enterAmount('85');
  // From inside the amount: no amount has letters, so they are keys there.
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog', { name: text.title });
  await expect(dialog.getByLabel(text.day)).toBeFocused();
  await page.keyboard.type('yesterday');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText(text.dayWrong);
  await dialog.getByLabel(text.day).fill('+10');
  await expect(dialog.getByRole('status')).toContainText(`${name} pays $85.00 by`);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  expect(await promises()).toMatchObject({ promises: [{ state: 'open', amount: { minor: 85_00 } }] });
  // It is in sight while the customer is, and the amount on screen would keep it.
  await expect(page.getByText(/^Keeps the promise of \$85\.00 by/)).toBeVisible();
  await desk.enterAmount('20');
  await expect(page.getByText(/^Promised \$85\.00 by/)).toBeVisible();
  await desk.enterAmount('85');
  await desk.takeCashOf('85');
  expect(await promises()).toMatchObject({ kept: 1, promises: [{ state: 'kept' }] });
  await expect(page.getByText(text.rate(1, 1))).toBeVisible();
  expect(app.complaints).toEqual([]);
});

test('a promise that was noted by mistake is taken back, and Escape notes nothing', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  await desk.findCustomer('desmond ach');
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog', { name: text.title });
  await dialog.getByLabel(text.day).fill('fri');
  await dialog.getByLabel(text.amount).fill('40');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/^Promised/)).toHaveCount(0);
  await expect(desk.amount).toBeFocused();
  await page.keyboard.press('p');
  await dialog.getByLabel(text.day).fill('fri');
  await dialog.getByLabel(text.amount).fill('40');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Promised \$40\.00 by/)).toBeVisible();
  await page.getByRole('button', { name: text.withdraw }).click();
  await expect(page.getByText(/^Promised/)).toHaveCount(0);
});
