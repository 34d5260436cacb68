import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ARGUMENTS, findChromium, installed, typeCard } from './browser.ts';
import { usd, useBench } from './support.ts';

describe.skipIf(!installed)('the page of a payment link in Chromium', () => {
  const bench = useBench();
  const held: { browser?: Browser } = {};
  beforeAll(async () => {
    held.browser = await chromium.launch({ executablePath: findChromium()!, args: ARGUMENTS });
  });
  afterAll(() => held.browser?.close());

  async function open(): Promise<{ page: Page; orderId: string; faults: string[] }> {
    const quickPay = { name: 'Cleaning', priceMoney: usd(12_500), locationId: bench.simulator.locationId };
    const made = await bench.client.checkout.paymentLinks.create({ idempotencyKey: bench.key(), quickPay });
    const page = await held.browser!.newPage({ locale: 'en-US' });
    const faults: string[] = [];
    page.on('pageerror', error => faults.push(String(error)));
    page.on('console', message => message.type() === 'error' && faults.push(message.text()));
    await page.goto(made.paymentLink!.url!);
    return { page, orderId: made.paymentLink!.orderId!, faults };
  }
  const pressPay = (page: Page) => page.getByRole('button', { name: 'Pay' }).click();
  const says = (page: Page, text: string) => page.getByText(text).waitFor();

  test('a declined card is said, the next card pays, and no policy is broken', async () => {
    const { page, orderId, faults } = await open();
    await page.getByText('$125.00', { exact: true }).waitFor();
    const visited = { page, fields: page.frameLocator('.sq-card-wrapper iframe'), faults };
    await typeCard(visited, { number: '4000 0000 0000 0002' });
    await pressPay(page);
    await says(page, 'The card was declined.');
    await page.reload();
    await typeCard(visited, { number: '4111 1111 1111 1111' });
    await pressPay(page);
    await says(page, 'Paid. Thank you.');
    const order = (await bench.client.orders.get({ orderId })).order!;
    expect(order).toMatchObject({ state: 'OPEN', netAmountDueMoney: usd(0) });
    await page.reload();
    await says(page, 'This has been paid.');
    expect(faults).toEqual([]);
    await page.close();
  });

  test('a bank account is asked, and answers about a minute later', async () => {
    const { page, orderId, faults } = await open();
    await page.getByLabel('Pay with').selectOption({ label: 'Bank account' });
    await pressPay(page);
    await says(page, 'The bank has been asked');
    bench.simulator.control.advance(60_000);
    await page.reload();
    await says(page, 'This has been paid.');
    expect((await bench.client.orders.get({ orderId })).order!.netAmountDueMoney).toEqual(usd(0));
    expect(faults).toEqual([]);
    await page.close();
  });
});
