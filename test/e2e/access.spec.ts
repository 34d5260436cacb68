import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, test, type App } from '../support/app.ts';
import { addBill, addCash, button, customerId, dialog, openCustomer } from '../support/bills-by-hand.ts';
import { OFFICE, OWNER } from '../support/desk-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const THEMES = ['light', 'dark'] as const;

type Checked = {
  violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[];
  passes: unknown[];
};
type Axe = { run(root: Document, options: object): Promise<Checked> };

/** What axe finds on the page as it is, in words. An empty page passes nothing, so that must be told from a good one. */
async function findings(page: Page): Promise<string[]> {
  // Evaluated by the debugger, because the page's policy lets no script in by any other way, and rightly so.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(rules => {
    const { axe } = window as unknown as { axe: Axe };
    // Square's fields are Square's; `pay` is checked where it is alone.
    return axe.run(document, { runOnly: rules, iframes: false, resultTypes: ['violations'] });
  }, RULES);
  if (passes.length === 0) return ['axe found nothing to look at'];
  return violations.flatMap(found =>
    found.nodes.map(node => `${found.id}: ${String(node.target)} ${node.failureSummary ?? ''}`),
  );
}

/** Looks at the page in both themes. `where` names it in the report. */
async function check(app: App, where: string): Promise<void> {
  for (const theme of THEMES) {
    await app.desk.setTheme(theme);
    // Half-way between two themes no colour is the one that will be read.
    await app.desk.page.waitForFunction(() => document.getAnimations().every(one => one.playState === 'finished'));
    expect.soft(await findings(app.desk.page), `${where}, ${theme}`).toEqual([]);
  }
}

/** How far the page, and what lies in it, can be pushed sideways, except where a region scrolls on purpose. */
async function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const name = (element: Element): string => `${element.tagName.toLowerCase()}.${element.className}`;
    const wide = [document.scrollingElement!, document.body, document.getElementById('page')!]
      .filter(element => element.scrollWidth > element.clientWidth + 1)
      .map(element => `${name(element)} is ${element.scrollWidth - element.clientWidth} px too wide`);
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const out = [...document.querySelectorAll('#app button, #app input, #app h1, #app h2')].filter(element => {
      const box = element.getBoundingClientRect();
      const shown = box.width > 1 && box.height > 1 && getComputedStyle(element).visibility === 'visible';
      return shown && (box.right > innerWidth + 1 || box.left < -1) && !scrolls(element.parentElement);
    });
    return [...wide, ...out.map(element => `${name(element)} lies outside`)];
  });
}

/** What would move: everything with a transition or an animation that takes any time. */
const moving = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter(element => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        return `${transitionDuration},${animationDuration}`.split(',').some(time => Number.parseFloat(time) > 0);
      })
      .map(element => element.tagName),
  );

async function resize(page: Page, width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.waitForFunction(([wide, high]) => innerWidth === wide && innerHeight === high, [width, height] as const);
}

test.describe('before the desk is open', () => {
  test.use({ office: 'none' });

  test('set-up and sign-in have no violation', async ({ app }) => {
    const { page } = app.desk;
    await page.getByLabel(en.setup.office.name, { exact: true }).fill(OFFICE);
    await check(app, 'set-up, office');
    await page.keyboard.press('Enter');
    await page.getByLabel(en.setup.owner.name, { exact: true }).fill(OWNER.name);
    await page.getByLabel(en.setup.owner.password, { exact: true }).fill(OWNER.password);
    await check(app, 'set-up, owner');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: en.setup.key.groups }).getByRole('listitem').nth(7).waitFor();
    await check(app, 'set-up, key');
    await page.keyboard.press('Enter');
    await app.desk.heading(en.shell.pages.collect);
    await page.keyboard.press('Control+l');
    await page.getByLabel(en.people.passwordOf(OWNER.name)).waitFor();
    await check(app, 'locked');
    await page.keyboard.type('not the password');
    await page.keyboard.press('Enter');
    await expect(page.getByText(en.people.wrongPassword)).toBeVisible();
    await check(app, 'wrong password');
  });
});

test('Collect has no violation from the empty page to the result, and speaks the amount and the result', async ({
  app,
}) => {
  const { desk } = app;
  const { page } = desk;
  await check(app, 'Collect, empty');
  await page.getByRole('combobox', { name: en.collect.who.find }).fill('ma');
  await page.getByRole('option').nth(2).waitFor();
  await check(app, 'Collect, found');
  await desk.prepareCard('marisol ort', '120');
  await expect(page.getByRole('status').filter({ hasText: '$120.00' })).not.toHaveCount(0);
  await check(app, 'Collect, card');
  const pay = await app.host.payFrame();
  await pay.evaluate(AXE);
  const inside = await pay.evaluate(
    rules => (window as unknown as { axe: Axe }).axe.run(document, { runOnly: rules, iframes: false }),
    RULES,
  );
  expect
    .soft(
      inside.violations.map(found => [found.id, found.nodes[0]?.target]),
      'the payment view',
    )
    .toEqual([]);
  await desk.charge();
  const told = await desk.outcome('paid');
  const spoken = (await page.getByRole('status').allInnerTexts()).join(' ');
  expect(spoken).toContain('Square took $120.00 from Visa ending in 1111');
  expect(told).toContain('Square took $120.00');
  await check(app, 'Collect, result');
  await desk.nextCustomer();
  await desk.preparePhoneCard('desmond ach', '45.50', { number: '4000000000000002' });
  await check(app, 'Collect, phone');
  await desk.charge();
  await page.getByRole('alert').filter({ hasText: en.collect.decline.head }).waitFor();
  await check(app, 'Collect, declined');
});

test('Activity, Reports, Sync, Settings and the key map have no violation', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  await desk.takeCash('hannah', '20', '20');
  await desk.takeCheckNext(null, '31', '77');
  await desk.openPage('activity');
  await page.locator('[data-attempt]').first().click();
  await page.getByRole('complementary').getByText('$31.00').first().waitFor();
  await check(app, 'Activity');
  await desk.openPage('reports');
  await page.getByRole('table').waitFor();
  await check(app, 'Reports');
  await desk.openPage('sync');
  await page.getByRole('table').waitFor();
  await check(app, 'Sync');
  await desk.openPage('settings');
  for (const section of Object.values(en.settings.sections)) {
    await page
      .getByRole('navigation', { name: en.settings.sectionsName })
      .getByRole('button', { name: section })
      .click();
    await check(app, `Settings, ${section}`);
  }
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: en.shell.keyMap }).waitFor();
  await check(app, 'the key map');
});

test('Customers, an invoice, its form, moving money and the tray have no violation', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  const grace = await customerId(desk, 'grace lind');
  const first = await addBill(desk, grace, 'INV-1', 80_00, 9);
  await addCash(desk, grace, 60_00, [[first, 50_00]]);
  await desk.openPage('customers');
  await button(app, /^Grace/)
    .first()
    .waitFor();
  await check(app, 'Customers');
  await openCustomer(app, 'grace lind', 'Grace Lindqvist');
  await button(app, en.invoices.payment.moveName('Cash $60.00')).waitFor();
  await check(app, 'one customer');
  await button(app, 'INV-1').click();
  await dialog(app).getByRole('row', { name: /Cash/ }).waitFor();
  await check(app, 'an invoice');
  await dialog(app).getByRole('button', { name: en.invoices.view.change, exact: true }).click();
  await dialog(app).getByLabel(en.invoices.form.netOf(1)).fill('x');
  await check(app, 'the form of an invoice');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await button(app, en.invoices.payment.moveName('Cash $60.00')).click();
  await dialog(app).getByLabel(en.invoices.move.paysOf('INV-1')).waitFor();
  await check(app, 'what a payment pays');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await button(app, /^Unallocated · 1/).click();
  await page.getByRole('row', { name: /Total unallocated/ }).waitFor();
  await check(app, 'the tray');
});

test('nothing moves when the system asks for rest, and nothing scrolls sideways down to 200 %', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  expect(await moving(page)).not.toEqual([]);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await moving(page)).toEqual([]);
  await desk.takeCash('hannah', '20', '20');
  await desk.nextCustomer();
  await desk.findCustomer('marisol ort');
  await desk.enterAmount('120');
  await desk.chooseWay('K');
  await desk.cardFrame();
  for (const [width, height] of [
    [1024, 700],
    [640, 400],
  ] as const) {
    await resize(page, width, height);
    for (const name of ['collect', 'activity', 'customers', 'reports', 'sync', 'settings'] as const) {
      await desk.openPage(name);
      expect.soft(await sideways(page), `${name} at ${width} x ${height}`).toEqual([]);
    }
    await desk.openPage('collect');
  }
});
