import type { Page } from 'playwright-core';
import { customerScenes } from './customer-scenes.ts';
import { peopleScenes } from './people-scenes.ts';
import { refundScenes } from './refund-scenes.ts';
import type { Situation } from './situations.ts';

/** One picture: a situation, and what a person pressed to get there. Everything by keyboard, as at the desk. */
export type Scene = {
  readonly name: string;
  readonly situation: Situation;
  readonly role?: string;
  readonly steps?: (page: Page) => Promise<void>;
};

async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text);
  await page.waitForTimeout(150);
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(80);
  }
}

async function customer(page: Page): Promise<void> {
  await page.waitForSelector('[role=combobox]:focus', { timeout: 5000 });
  await type(page, 'ort');
  await press(page, 'Enter');
  await page.waitForSelector('#who-name', { timeout: 5000 });
}

/** Customer by three letters, amount, and Enter into the card. */
async function toCard(page: Page): Promise<void> {
  await customer(page);
  await type(page, '120');
  await press(page, 'Enter');
  await page.waitForTimeout(400);
}

async function fillCard(page: Page): Promise<void> {
  await page.click('#fake-payment-view', { timeout: 5000 });
  await page.waitForTimeout(100);
}

async function charge(page: Page): Promise<void> {
  await toCard(page);
  await fillCard(page);
  await press(page, 'F2');
  await page.waitForTimeout(800);
}

async function phone(page: Page): Promise<void> {
  await toCard(page);
  await press(page, 'F6');
  await page.waitForTimeout(300);
}

/** Opens the dialog that ends a doubt and presses its button with this password. */
async function decide(page: Page, password: string): Promise<void> {
  await page.getByRole('button', { name: /…$/ }).click();
  await type(page, 'The customer has to leave');
  await press(page, 'Enter');
  await type(page, password);
  await press(page, 'Enter');
  await page.waitForTimeout(300);
}

const RESULTS: readonly Situation[] = [
  'declined',
  'in_doubt',
  'held',
  'queued',
  'refused',
  'not_charged',
  'cancelled',
  'working',
  'manual',
  'found_later',
];

export const scenes: readonly Scene[] = [
  { name: 'collect-empty', situation: 'open' },
  { name: 'collect-search', situation: 'open', steps: page => type(page, 'ort') },
  {
    name: 'collect-add',
    situation: 'open',
    steps: async page => {
      await type(page, 'Ada Quill');
      await press(page, 'Enter');
    },
  },
  { name: 'collect-card', situation: 'open', steps: toCard },
  {
    name: 'collect-complete',
    situation: 'open',
    steps: async page => {
      await toCard(page);
      await fillCard(page);
    },
  },
  { name: 'collect-live', situation: 'live', role: 'clerk', steps: toCard },
  { name: 'collect-fields-fail', situation: 'fields_fail', steps: toCard },
  { name: 'collect-fields-slow', situation: 'fields_slow', steps: toCard },
  { name: 'collect-not-connected', situation: 'not_connected', steps: toCard },
  { name: 'collect-phone', situation: 'open', steps: phone },
  {
    name: 'collect-phone-read-back',
    situation: 'open',
    steps: async page => {
      await phone(page);
      await press(page, 'F7');
      await fillCard(page);
    },
  },
  {
    name: 'collect-cash',
    situation: 'open',
    steps: async page => {
      await customer(page);
      await type(page, '73.40');
      await press(page, 'F4');
      await type(page, '100');
    },
  },
  {
    name: 'collect-check',
    situation: 'open',
    steps: async page => {
      await customer(page);
      await type(page, '305');
      await press(page, 'Enter', 'Tab');
      await page.getByRole('radio', { name: /Check/ }).check({ force: true });
      await type(page, '1187');
    },
  },
  {
    name: 'collect-wrong-amount',
    situation: 'open',
    steps: async page => {
      await customer(page);
      await type(page, '60000');
    },
  },
  {
    name: 'collect-quick',
    situation: 'open',
    steps: async page => {
      await press(page, 'F8');
      await type(page, '4250');
    },
  },
  { name: 'collect-offline', situation: 'offline', steps: toCard },
  { name: 'result-paid', situation: 'open', steps: charge },
  ...RESULTS.map(situation => ({ name: `result-${situation}`, situation, steps: charge })),
  { name: 'result-refusal', situation: 'refusing', steps: charge },
  { name: 'repeat-doubt', situation: 'refusing', steps: charge },
  { name: 'repeat-doubt-clerk', situation: 'refusing', role: 'clerk', steps: charge },
  { name: 'repeat-card', situation: 'repeating', steps: charge },
  {
    name: 'repeat-cash',
    situation: 'repeating',
    steps: async page => {
      await customer(page);
      await type(page, '26.50');
      await press(page, 'F4');
      await type(page, '40');
      await press(page, 'F2');
      await page.waitForTimeout(700);
      await type(page, 'Two visits');
    },
  },
  { name: 'doubt-clerk', situation: 'in_doubt', role: 'clerk', steps: charge },
  { name: 'doubt-close', situation: 'in_doubt', steps: page => charge(page).then(() => decide(page, 'slow')) },
  { name: 'doubt-found', situation: 'found_later', steps: page => charge(page).then(() => decide(page, 'wrong')) },
  ...(['in_doubt', 'not_charged', 'found_later', 'manual'] as const).map(situation => ({
    name: `story-${situation}`,
    situation,
    steps: async (page: Page) => {
      await charge(page);
      await press(page, 'Alt+2');
      await page.waitForTimeout(300);
      await page.locator('[data-attempt]').first().click();
      await page.waitForTimeout(300);
    },
  })),
  {
    name: 'sync-difference',
    situation: 'found_later',
    steps: async page => {
      await charge(page);
      await press(page, 'Alt+5');
    },
  },
  {
    name: 'result-cash',
    situation: 'open',
    steps: async page => {
      await customer(page);
      await type(page, '73.40');
      await press(page, 'F4');
      await type(page, '100');
      await press(page, 'F2');
      await page.waitForTimeout(700);
    },
  },
  {
    name: 'result-receipt',
    situation: 'open',
    steps: async page => {
      await charge(page);
      await press(page, 'e');
    },
  },
  {
    name: 'palette',
    situation: 'open',
    steps: async page => {
      await toCard(page);
      await press(page, 'Control+k');
      await type(page, 'ort');
    },
  },
  {
    name: 'key-map',
    situation: 'open',
    steps: async page => {
      await toCard(page);
      await page.click('h2');
      await press(page, '?');
    },
  },
  { name: 'person-menu', situation: 'open', steps: page => page.click('.me') },
  ...(['activity', 'customers', 'reports', 'sync', 'settings'] as const).map((name, index) => ({
    name: `page-${name}`,
    situation: 'open' as const,
    steps: async (page: Page) => press(page, `Alt+${index + 2}`),
  })),
  ...(['open', 'restored'] as const).map(situation => ({
    name: `copies-${situation}`,
    situation,
    steps: async (page: Page) => {
      await press(page, 'Alt+6');
      await page.getByRole('button', { name: 'Copies', exact: true }).click();
      await page.waitForTimeout(200);
    },
  })),
  {
    name: 'restore-found',
    situation: 'setup',
    steps: async page => {
      await page.getByRole('button', { name: 'I have a copy' }).click();
      await page.getByRole('button', { name: 'Choose the folder with copies' }).click();
    },
  },
  {
    name: 'restore-key',
    situation: 'setup',
    steps: async page => {
      await page.getByRole('button', { name: 'I have a copy' }).click();
      await page.getByRole('button', { name: 'Choose the folder with copies' }).click();
      await page.waitForTimeout(150);
      await page.getByRole('button', { name: /Continue/ }).click();
      await type(page, 'WRONG');
      await press(page, 'Enter');
    },
  },
  {
    name: 'restore-who',
    situation: 'broken',
    steps: async page => {
      await page.getByRole('button', { name: 'Restore a copy' }).click();
      await page.getByRole('button', { name: 'Choose the folder with copies' }).click();
      await page.waitForTimeout(150);
      await page.getByRole('button', { name: /Continue/ }).click();
      await type(page, '7KQ4 M2XD 9RTA HV6P 3NZE YB8S C5WJ G1FK');
      await press(page, 'Enter');
    },
  },
  ...refundScenes,
  ...peopleScenes,
  ...customerScenes,
  { name: 'page-setup', situation: 'setup' },
  { name: 'page-signed-out', situation: 'signed_out' },
  {
    name: 'page-mending',
    situation: 'mending',
    steps: async page => {
      await page.getByLabel(/^Password of/).fill('correct horse');
      await press(page, 'Enter');
    },
  },
  { name: 'page-locked', situation: 'locked' },
  { name: 'page-broken', situation: 'broken' },
  { name: 'page-disk-failing', situation: 'disk_failing' },
];
