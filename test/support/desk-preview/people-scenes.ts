import type { Page } from 'playwright-core';
import type { Situation } from './situations.ts';

async function openPeople(page: Page): Promise<void> {
  await page.keyboard.press('Alt+6');
  await page.getByRole('button', { name: 'People', exact: true }).click();
  await page.waitForTimeout(200);
}

async function enter(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(200);
}

type Scene = { readonly name: string; readonly situation: Situation; readonly steps?: (page: Page) => Promise<void> };

/** People, passwords and keys, as a person gets to them. */
export const peopleScenes: readonly Scene[] = [
  { name: 'people-list', situation: 'open', steps: openPeople },
  {
    name: 'people-add',
    situation: 'open',
    steps: async page => {
      await openPeople(page);
      await page.getByRole('button', { name: 'Add a person' }).click();
      await enter(page, 'Rosa Lind');
    },
  },
  {
    name: 'people-remove',
    situation: 'open',
    steps: async page => {
      await openPeople(page);
      await page.getByRole('button', { name: /^Remove Jordan/ }).click();
    },
  },
  {
    name: 'people-keys',
    situation: 'open',
    steps: async page => {
      await openPeople(page);
      await page.getByRole('button', { name: 'Change the ledger key' }).click();
      await enter(page, 'correct horse');
    },
  },
  {
    name: 'people-password',
    situation: 'open',
    steps: async page => {
      await page.click('.me');
      await page.getByRole('button', { name: 'Change my password' }).click();
    },
  },
  {
    name: 'people-recovery',
    situation: 'signed_out',
    steps: async page => {
      await page.getByRole('button', { name: 'Use the recovery key' }).click();
      await enter(page, '4TN8 QW2M 0XKD B7RE ZC5H 9PVA J3SG Y6F1');
    },
  },
  {
    name: 'people-choose',
    situation: 'choose_password',
  },
];
