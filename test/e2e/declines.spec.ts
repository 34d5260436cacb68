import { expect, test } from '../support/app.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';
import type { TestCard } from '../support/desk-driver.ts';

/** What Square's sandbox cards trigger, and what the clerk must read. */
const DECLINES: [what: string, card: TestCard, reason: keyof typeof en.payments.declines][] = [
  ['a wrong security code', { number: '4111111111111111', cvv: '911' }, 'cvv'],
  ['a wrong postal code', { number: '4111111111111111', postal: '99999' }, 'postal_code'],
  ['a wrong expiry date', { number: '4111111111111111', expiry: '0140' }, 'expiration'],
  ['a card that the bank declines', { number: '4000000000000002' }, 'generic'],
];

for (const [what, card, reason] of DECLINES) {
  test(`${what} is declined in words, moves no money and lets another card be typed`, async ({ app }) => {
    const { desk } = app;
    await desk.prepareCard('walter bran', '60', card);
    await desk.charge();
    const alert = desk.page.getByRole('alert').filter({ hasText: en.collect.decline.head });
    await expect(alert).toContainText(en.payments.declines[reason].what);
    await expect(alert).toContainText(en.payments.declines[reason].say);
    const day = await desk.today();
    const activity = { from: day, to: day, word: null, text: '', after: null, limit: 10 };
    expect(await desk.ask('activity.list', activity)).toMatchObject({ rows: [{ word: 'declined', decline: reason }] });
    await desk.charge();
    await desk.typeCard();
    await desk.charge();
    await desk.outcome('paid');
    const table = await desk.ask<{ totals: { amount: { minor: number } } }>('reports.run', {
      report_id: 'payments',
      parameters: { from: day, to: day },
    });
    expect(table.totals.amount.minor).toBe(6000);
  });
}

test('an incomplete or mistyped card is refused by the fields and leaves no attempt', async ({ app }) => {
  const { desk } = app;
  await desk.prepareCard('walter bran', '60', { number: '4111111111111112', postal: '94103' });
  await desk.charge();
  await expect(desk.page.getByText(en.errors.card_fields_incomplete.title)).toBeVisible();
  const day = await desk.today();
  const activity = { from: day, to: day, word: null, text: '', after: null, limit: 10 };
  expect(await desk.ask('activity.list', activity)).toMatchObject({ rows: [] });
});

test('a bank challenge is answered inside the payment view and the card is then charged', async ({ app }) => {
  const { desk } = app;
  await desk.prepareCard('priya fel', '75', { number: '4310000000201019' });
  await desk.charge();
  const challenge = desk.page.frameLocator('iframe').frameLocator('iframe[src*="challenge"]');
  await challenge.getByLabel('Code').fill('000000');
  await challenge.getByRole('button', { name: 'Confirm' }).click();
  await expect(challenge.getByRole('alert')).not.toBeEmpty();
  await challenge.getByLabel('Code').fill('123456');
  await challenge.getByRole('button', { name: 'Confirm' }).click();
  await desk.outcome('paid');
});

test('a bank challenge that is cancelled charges nothing', async ({ app }) => {
  const { desk } = app;
  await desk.prepareCard('priya fel', '75', { number: '4310000000201019' });
  await desk.charge();
  const challenge = desk.page.frameLocator('iframe').frameLocator('iframe[src*="challenge"]');
  await challenge.getByRole('button', { name: 'Cancel' }).click();
  await expect(desk.page.getByText(en.errors.card_cancelled.title)).toBeVisible();
});

test('an amount over the limit, or not an amount at all, is refused in a sentence before anything is asked', async ({
  app,
}) => {
  const { desk } = app;
  await desk.findCustomer('walter bran');
  const says = async (typed: string, sentence: string | RegExp): Promise<void> => {
    await desk.amount.fill(typed);
    await desk.amount.blur();
    await expect(desk.page.getByText(sentence).first()).toBeVisible();
    await desk.amount.focus();
  };
  await says('twelve', en.collect.amountProblems.letters);
  await says('12.345', en.collect.amountProblems.decimals(2));
  await says('0', en.collect.amountProblems.zero);
  await says('-5', en.collect.amountProblems.negative);
  await says('50000.01', /at most \$50,000\.00/);
});
