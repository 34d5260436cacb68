import { addDays } from '../../common/time.ts';
import { expect } from '@playwright/test';
import type { Locator } from 'playwright-core';
import { en } from '../../renderer/desk/lib/messages/en.ts';
import type { App } from './app.ts';
import type { DeskDriver } from './desk-driver.ts';

/** What journeys about invoices begin with, made through the bridge: customers, invoices and cash that is in. */
export const usd = (minor: number) => ({ minor, currency: 'USD' });
type Share = { invoice_id: string; amount: { minor: number } };

export async function customerId(desk: DeskDriver, text: string): Promise<string> {
  const { found } = await desk.ask<{ found: { customer_id: string }[] }>('customers.search', { text, limit: 1 });
  return found[0]!.customer_id;
}

/** An invoice with one line that was due so many days ago; answers its id. */
export async function addBill(
  desk: DeskDriver,
  customer_id: string,
  number: string,
  minor: number,
  late = 0,
): Promise<string> {
  const { invoice_id } = await desk.ask<{ invoice_id: string }>('invoices.new');
  const due_on = addDays(await desk.today(), -late);
  await desk.ask('invoices.add', {
    ...{ invoice_id, customer_id, number, issued_on: addDays(due_on, -30), due_on, note: '' },
    lines: [{ description: `Work for ${number}`, net: usd(minor), tax: usd(0) }],
  });
  return invoice_id;
}

/** Cash that is in; answers the payment's id. */
export async function addCash(
  desk: DeskDriver,
  customer_id: string | null,
  minor: number,
  pays: readonly (readonly [invoice_id: string, minor: number])[] = [],
): Promise<string> {
  const { attempt_id } = await desk.ask<{ attempt_id: string }>('payments.new');
  await desk.ask('payments.take', {
    ...{ attempt_id, channel: 'desk', amount: usd(minor), customer_id },
    pays: pays.map(([invoice_id, part]): Share => ({ invoice_id, amount: usd(part) })),
    details: { tender: 'cash', tendered: usd(minor) },
  });
  return attempt_id;
}

/** Opens Customers, types into its search and takes the first one with Enter. */
export async function openCustomer(app: App, typed: string, name: string): Promise<void> {
  const { page } = app.desk;
  await app.desk.openPage('customers');
  await expect(search(app)).toBeFocused();
  await page.keyboard.type(typed);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}
export const search = (app: App): Locator => app.desk.page.getByRole('searchbox', { name: en.customers.list.find });
export const dialog = (app: App): Locator => app.desk.page.getByRole('dialog');
export const figure = (app: App, label: string): Locator =>
  app.desk.page
    .getByRole('region', { name: en.customers.view.figures.name })
    .locator('div', { has: app.desk.page.locator(`dt:text-is("${label}")`) })
    .locator('dd');
export const button = (app: App, name: string | RegExp): Locator =>
  app.desk.page.getByRole('button', { name, exact: true });
