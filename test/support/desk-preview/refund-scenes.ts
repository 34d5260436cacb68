import type { Page } from 'playwright-core';
import type { Situation } from './situations.ts';

/** The pages about giving money back. */

async function story(page: Page, payer: string): Promise<void> {
  page.setDefaultTimeout(5000);
  await page.keyboard.press('Alt+2');
  await page.locator('[data-attempt]').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(payer);
  await page.waitForTimeout(500);
  await page.locator('[data-attempt]').first().click();
  await page.waitForTimeout(300);
}

async function ask(page: Page, payer: string): Promise<void> {
  await story(page, payer);
  await page.locator('aside').focus();
  await page.keyboard.press('g');
  await page.waitForTimeout(300);
}

async function give(page: Page, payer: string, part?: string): Promise<void> {
  await ask(page, payer);
  if (part !== undefined) await page.getByLabel('Amount', { exact: true }).fill(part);
  await page.getByLabel('Reason').fill('Charged for the wrong visit');
  await page.getByLabel('Reason').press('Enter');
  await page.waitForTimeout(300);
}

type Steps = (page: Page) => Promise<void>;
export const refundScenes: readonly { name: string; situation: Situation; role?: string; steps: Steps }[] = [
  { name: 'refund-card', situation: 'open', steps: page => ask(page, 'Salgado') },
  { name: 'refund-second', situation: 'open', role: 'lead', steps: page => ask(page, 'Ortiz') },
  { name: 'refund-cash', situation: 'open', steps: page => ask(page, 'Ibarra') },
  { name: 'refund-old', situation: 'old_payment', steps: page => ask(page, 'Salgado') },
  { name: 'refund-disputed', situation: 'disputed', steps: page => ask(page, 'Salgado') },
  { name: 'refund-offline', situation: 'offline', steps: page => ask(page, 'Salgado') },
  {
    name: 'refund-wrong',
    situation: 'open',
    steps: async page => {
      await ask(page, 'Salgado');
      await page.getByLabel('Amount', { exact: true }).fill('500');
      await page.keyboard.press('Tab');
    },
  },
  { name: 'refund-pending', situation: 'open', steps: page => give(page, 'Salgado') },
  {
    name: 'refund-close',
    situation: 'in_doubt',
    steps: async page => {
      await give(page, 'Salgado');
      await page.getByRole('button', { name: /…$/ }).click();
      await page.keyboard.type('The bank shows it');
      await page.keyboard.press('Enter');
      await page.keyboard.type('slow');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'refund-sync',
    situation: 'in_doubt',
    steps: async page => {
      await give(page, 'Salgado');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Alt+4');
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'refund-limit',
    situation: 'open',
    steps: async page => {
      await page.keyboard.press('Alt+5');
      await page.getByRole('button', { name: 'Charging', exact: true }).click();
    },
  },
  {
    name: 'refund-paper',
    situation: 'open',
    steps: async page => {
      await give(page, 'Salgado');
      await page.getByRole('button', { name: 'Paper' }).click();
      await page.waitForTimeout(200);
    },
  },
  { name: 'refund-doubt', situation: 'in_doubt', steps: page => give(page, 'Salgado') },
  { name: 'refund-refused', situation: 'refused', steps: page => give(page, 'Salgado') },
  { name: 'refund-handed-out', situation: 'open', steps: page => give(page, 'Ibarra', '10') },
  ...(['open', 'in_doubt'] as const).map(situation => ({
    name: `refund-story-${situation}`,
    situation,
    steps: async (page: Page) => {
      await give(page, 'Salgado', '20');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(300);
    },
  })),
];
