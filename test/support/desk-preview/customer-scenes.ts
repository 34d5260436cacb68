import type { Page } from 'playwright-core';
import type { Situation } from './situations.ts';

type Scene = {
  readonly name: string;
  readonly situation: Situation;
  readonly role?: string;
  readonly steps?: (page: Page) => Promise<void>;
};

async function list(page: Page, typed = ''): Promise<void> {
  await page.keyboard.press('Alt+3');
  await page.waitForSelector('input[type=search]:focus', { timeout: 5000 });
  await page.keyboard.type(typed);
  await page.waitForTimeout(300);
}

async function marisol(page: Page): Promise<void> {
  await list(page, 'marisol');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Marisol Ortiz', level: 1 }).waitFor({ timeout: 5000 });
  await page.waitForTimeout(250);
}

async function invoice(page: Page, number: string): Promise<void> {
  await marisol(page);
  await page.getByRole('button', { name: number }).click();
  await page.waitForTimeout(200);
}

async function tray(page: Page): Promise<void> {
  await list(page);
  await page.getByRole('button', { name: /^Unallocated/ }).click();
  await page.waitForTimeout(200);
}

const press = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).last().click({ timeout: 3000 });
  await page.waitForTimeout(200);
};

/** Customers, what they owe and the money that pays nothing yet, as a person gets to them. */
export const customerScenes: readonly Scene[] = [
  { name: 'customers-list', situation: 'open', steps: page => list(page) },
  { name: 'customers-found', situation: 'open', steps: page => list(page, 'ort') },
  { name: 'customers-nobody', situation: 'open', steps: page => list(page, 'zzyx') },
  { name: 'customers-add', situation: 'open', steps: page => list(page, 'zzyx').then(() => press(/^Add/)(page)) },
  { name: 'customer-view', situation: 'open', steps: marisol },
  {
    name: 'customer-reader',
    situation: 'open',
    role: 'accountant',
    steps: async page => {
      await page.keyboard.press('Alt+2');
      await page.waitForSelector('input[type=search]:focus');
      await page.keyboard.type('marisol');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(400);
    },
  },
  { name: 'customer-all', situation: 'open', steps: page => marisol(page).then(() => press('All invoices')(page)) },
  { name: 'customer-change', situation: 'open', steps: page => marisol(page).then(() => press(/^Change/)(page)) },
  { name: 'customer-away', situation: 'open', steps: page => marisol(page).then(() => press('Put away')(page)) },
  { name: 'invoice-new', situation: 'open', steps: page => marisol(page).then(() => page.keyboard.press('b')) },
  {
    name: 'invoice-wrong',
    situation: 'open',
    steps: async page => {
      await marisol(page);
      await page.keyboard.press('b');
      await page.waitForTimeout(150);
      await page.getByRole('button', { name: 'Another line' }).click();
      await page.getByLabel('Line 1, net').fill('12.345');
      await page.keyboard.press('Enter');
    },
  },
  { name: 'invoice-view', situation: 'open', steps: page => invoice(page, 'INV-2031') },
  {
    name: 'invoice-change',
    situation: 'open',
    steps: page => invoice(page, 'INV-2031').then(() => press(/^Change$/)(page)),
  },
  { name: 'invoice-void', situation: 'open', steps: page => invoice(page, 'INV-2031').then(() => press('Void')(page)) },
  {
    name: 'invoice-credit',
    situation: 'open',
    steps: page => invoice(page, 'INV-2031').then(() => press('Use credit')(page)),
  },
  {
    name: 'move-money',
    situation: 'open',
    steps: page => marisol(page).then(() => press(/^Move Visa 4417/)(page)),
  },
  {
    name: 'move-over',
    situation: 'open',
    steps: async page => {
      await marisol(page);
      await press(/^Move Visa 4242/)(page);
      await page.getByLabel('Keep as credit').fill('30');
      await page.keyboard.press('Enter');
    },
  },
  { name: 'tray', situation: 'open', steps: tray },
  { name: 'tray-whose', situation: 'open', steps: page => tray(page).then(() => press('Nobody yet')(page)) },
];
