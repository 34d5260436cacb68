import { expect } from '@playwright/test';
import type { Locator } from 'playwright-core';
import { en } from '../../renderer/desk/lib/messages/en.ts';
import type { App } from './app.ts';

/** Gives money back on screen as a person does, for the journeys about it. */
const text = en.refunds;
export const dialogOf = ({ desk }: App): Locator => desk.page.getByRole('dialog');
export const storyOf = ({ desk }: App): Locator =>
  desk.page.getByRole('complementary').filter({ hasText: en.activity.story });

type Offer = { refundable: { minor: number } };
export const leftOf = async ({ desk }: App): Promise<number> => {
  const { rows } = await activity(desk);
  return (await desk.ask<Offer>('refunds.offer', { attempt_id: rows[0]!.attempt_id })).refundable.minor;
};

type Row = {
  attempt_id: string;
  refunds: { refund_id: string; state: string }[];
  refunded: { minor: number } | null;
};
export async function activity(desk: App['desk']): Promise<{ rows: Row[] }> {
  const day = await desk.today();
  const filter = { from: day, to: day, word: null, text: '', after: null, limit: 10 };
  return desk.ask('activity.list', filter);
}

export async function payByCard({ desk }: App, amount: string, customer: string | null = null): Promise<void> {
  await desk.prepareCard(customer, amount);
  await desk.charge();
  await desk.outcome('paid');
}

/** From a result: one key, the reason, Enter. */
export async function giveBack(app: App, part?: string): Promise<void> {
  const { page } = app.desk;
  await page.keyboard.press('g');
  const reason = dialogOf(app).getByLabel(text.form.reason, { exact: true });
  await expect(reason).toBeFocused();
  if (part !== undefined) {
    await dialogOf(app).getByLabel(text.form.amount, { exact: true }).fill(part);
    await reason.focus();
  }
  await page.keyboard.type('Charged for the wrong visit');
  await page.keyboard.press('Enter');
}

export async function word(app: App, state: keyof typeof text.result.words, timeout_ms = 20_000): Promise<void> {
  const heading = dialogOf(app).getByRole('heading', { name: text.result.words[state], exact: true });
  await expect(heading).toBeVisible({ timeout: timeout_ms });
}
