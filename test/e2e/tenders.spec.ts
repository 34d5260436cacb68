import { expect, test } from '../support/app.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

type Attempt = {
  reference: string;
  word: string;
  sync: string;
  receipt_number: string;
  channel: string;
  tender: string;
};
type Activity = { rows: Attempt[]; counts: Record<string, number> };

const everything = async (desk: {
  ask<Value>(name: string, input: unknown): Promise<Value>;
  today(): Promise<string>;
}) => {
  const day = await desk.today();
  return desk.ask<Activity>('activity.list', { from: day, to: day, word: null, text: '', after: null, limit: 100 });
};

test('a card in the office is paid, confirmed and has a receipt on screen, as PDF and on paper', async ({ app }) => {
  const { desk } = app;
  await desk.prepareCard('marisol ort', '120');
  await expect(desk.page.getByRole('button', { name: 'Charge $120.00 to Visa in hand' })).toBeVisible();
  await desk.charge();
  expect(await desk.outcome('paid')).toContain('Square took $120.00 from Visa ending in 1111');
  await desk.page.keyboard.press('E');
  const dialog = desk.page.getByRole('dialog');
  await expect(dialog).toContainText('D1-000001');
  await expect(dialog).toContainText('TRAINING');
  await desk.page.keyboard.press('Escape');
  await desk.page.getByRole('button', { name: en.result.pdf }).click();
  await expect(desk.page.getByText(/Saved as .*Receipt D1-000001\.pdf/)).toBeVisible();
  await desk.page.keyboard.press('P');
  await expect(desk.page.getByText(en.result.printed)).toBeVisible();
  await desk.nextCustomer();
  expect((await everything(desk)).rows).toMatchObject([
    { word: 'paid', tender: 'card', channel: 'desk', sync: 'confirmed' },
  ]);
  expect(app.complaints).toEqual([]);
});

test('a card by phone waits for the read-back tick and carries the phone flags', async ({ app }) => {
  const { desk } = app;
  await desk.findCustomer('desmond ach');
  await desk.enterAmount('45.50');
  await desk.page.keyboard.press('F6');
  await desk.chooseWay('K');
  await desk.page.keyboard.press('F7');
  await desk.typeCard();
  await desk.charge();
  await expect(desk.page.getByText(en.collect.act.reasons.readBack)).toBeVisible();
  expect((await everything(desk)).rows).toEqual([]);
  await desk.page.getByLabel(en.collect.card.readBack).check();
  await desk.charge();
  await desk.outcome('paid');
  expect((await everything(desk)).rows).toMatchObject([{ word: 'paid', channel: 'phone' }]);
});

test('cash shows the change and is recorded without asking Square first', async ({ app }) => {
  const { desk } = app;
  await desk.takeCash('rafael iba', '73.40', '100');
  await expect(desk.page.getByRole('article')).toContainText('Give $26.60 change');
  await desk.settled();
  expect((await everything(desk)).rows).toMatchObject([{ tender: 'cash', word: 'paid', sync: 'confirmed' }]);
});

test('cash that is too little is not recorded', async ({ app }) => {
  const { desk } = app;
  await desk.findCustomer('rafael iba');
  await desk.enterAmount('73.40');
  await desk.chooseWay('C');
  await desk.page.getByRole('textbox', { name: en.collect.cash.tendered }).fill('50');
  await desk.charge();
  await expect(desk.page.getByText(en.collect.cash.tooLittle('$23.40'))).toBeVisible();
  expect((await everything(desk)).rows).toEqual([]);
});

test('a check is recorded with its number and told to Square', async ({ app }) => {
  const { desk } = app;
  await desk.takeCheck('noah feld', '305', '1187');
  await desk.settled();
  expect((await everything(desk)).rows).toMatchObject([{ tender: 'check', check_number: '1187', sync: 'confirmed' }]);
});

test('a quick charge without a customer stays unallocated', async ({ app }) => {
  const { desk } = app;
  await desk.takeCash(null, '42.50', '42.50');
  expect((await everything(desk)).rows).toMatchObject([{ customer: null, word: 'paid' }]);
});

test('pressing Charge many times in a row takes the money once', async ({ app }) => {
  const { desk } = app;
  await desk.prepareCard('grace lind', '210');
  await desk.page.evaluate(() => {
    const button = [...document.querySelectorAll('button')].find(one => one.textContent?.includes('Charge $210.00'));
    for (let press = 0; press < 20; press += 1) button?.click();
  });
  await desk.outcome('paid');
  await desk.settled();
  expect((await everything(desk)).rows).toHaveLength(1);
});

test('making a PDF leaves the size of the window as it was', async ({ app }) => {
  const { desk } = app;
  await desk.takeCash('rafael iba', '10', '10');
  const size = () => desk.page.evaluate(() => [window.innerWidth, window.innerHeight]);
  const before = await size();
  await desk.page.getByRole('button', { name: en.result.pdf }).click();
  await expect(desk.page.getByText(/Saved as/)).toBeVisible();
  expect(await size()).toEqual(before);
});
