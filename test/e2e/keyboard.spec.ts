import type { Page } from 'playwright-core';
import { expect, test } from '../support/app.ts';
import { OWNER, VISA, type DeskDriver } from '../support/desk-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

/**
 * Where the keyboard is, and whether a person can see it there: a ring around the control, or around what it stands
 * for (a tile for its radio, the slot for Square's fields), or the caret of a field that is alone in its dialog.
 */
async function focused(page: Page): Promise<{ lost: boolean; visible: boolean; what: string }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) {
      return { lost: true, visible: false, what: 'nothing' };
    }
    const ring = (candidate: Element | null): boolean => {
      if (candidate === null) return false;
      return [null, '::after'].some(part => {
        const { outlineStyle, outlineWidth } = getComputedStyle(candidate, part);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
      });
    };
    const parents = [element, element.parentElement, element.parentElement?.parentElement ?? null];
    const around = element.closest('tr, label') ?? null;
    const slot = element instanceof HTMLIFrameElement ? document.querySelector('.slot.focused') : null;
    const caret = element.matches('dialog input, input[inputmode="decimal"]');
    // The page itself is where the reading goes on; it has no edge of its own.
    const visible = element.id === 'page' || caret || [...parents, around, slot].some(ring);
    return {
      lost: false,
      visible,
      what: `${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`,
    };
  });
}

/** A key, and then the focus must be somewhere that can be seen. Takes its time, because a page may still be coming. */
async function press(desk: DeskDriver, key: string): Promise<void> {
  await desk.page.keyboard.press(key);
  await expect
    .poll(() => focused(desk.page), { message: `the focus after ${key}` })
    .toMatchObject({
      ...{ lost: false, visible: true },
    });
}

const type = (desk: DeskDriver, text: string): Promise<void> => desk.page.keyboard.type(text);

async function find(desk: DeskDriver, name: string): Promise<void> {
  await expect(desk.page.getByRole('combobox', { name: en.collect.who.find })).toBeFocused();
  await type(desk, name);
  await desk.page.getByRole('option').first().waitFor();
  await press(desk, 'Enter');
  await expect(desk.amount).toBeFocused();
}

/** Square's fields go on by themselves from a full number to the date and the code. */
async function typeCardBlindly(desk: DeskDriver): Promise<void> {
  const frame = await desk.cardFrame();
  await expect(frame.getByLabel(/card number/i)).toBeFocused();
  for (const part of [VISA.number, '1230', '111', '94103']) await type(desk, part);
  await expect.poll(() => desk.ask('card_fields.state')).toMatchObject({ complete: true });
}

async function paid(desk: DeskDriver): Promise<void> {
  await desk.outcome('paid');
  await expect(desk.page.getByRole('button', { name: en.result.next })).toBeFocused();
}

test.describe('a day without the mouse', () => {
  test('card, phone card, cash and check', async ({ app }) => {
    const { desk } = app;
    const { page } = desk;
    await find(desk, 'marisol ort');
    await type(desk, '120');
    await press(desk, 'Enter');
    await typeCardBlindly(desk);
    await press(desk, 'Tab');
    await expect(page.getByRole('button', { name: /^Charge \$120\.00/ })).toBeFocused();
    await press(desk, 'F2');
    await paid(desk);
    await press(desk, 'Enter');

    await find(desk, 'desmond ach');
    await press(desk, 'F6');
    await type(desk, '45.50');
    await press(desk, 'Enter');
    await desk.cardFrame();
    await press(desk, 'F7');
    await expect(page.getByText(/Recording paused/).first()).toBeVisible();
    await typeCardBlindly(desk);
    await press(desk, 'Tab');
    await expect(page.getByLabel(en.collect.card.readBack)).toBeFocused();
    await press(desk, 'Space');
    await expect(page.getByLabel(en.collect.card.readBack)).toBeChecked();
    await press(desk, 'F2');
    await paid(desk);
    await press(desk, 'Enter');

    await find(desk, 'rafael iba');
    await type(desk, '73.40');
    await press(desk, 'F4');
    await expect(page.getByRole('textbox', { name: en.collect.cash.tendered })).toBeFocused();
    await type(desk, '100');
    await press(desk, 'Enter');
    // One press, one step: it leads to the button and does not press it.
    await expect(page.getByRole('button', { name: /^Record \$73\.40/ })).toBeFocused();
    await expect(page.getByRole('article')).toHaveCount(0);
    await press(desk, 'Enter');
    await paid(desk);
    await press(desk, 'Enter');

    await find(desk, 'noah feld');
    await type(desk, '305');
    await press(desk, 'Tab');
    await press(desk, 'h');
    await expect(page.getByRole('textbox', { name: en.collect.check.number })).toBeFocused();
    await type(desk, '1187');
    await press(desk, 'F2');
    await paid(desk);
    await press(desk, 'Enter');
    await expect(page.getByRole('combobox', { name: en.collect.who.find })).toBeFocused();
  });

  test('Activity, Reports, the map, the palette and the lock', async ({ app }) => {
    const { desk } = app;
    const { page } = desk;
    await desk.takeCash('hannah', '20', '20');
    await desk.takeCheckNext('noah feld', '31', '77');
    await press(desk, 'Alt+2');
    await page.getByRole('heading', { name: en.activity.title, level: 1 }).waitFor();
    await page.locator('[data-attempt]').nth(1).waitFor();
    await press(desk, 'ArrowDown');
    await press(desk, 'ArrowDown');
    await expect(page.locator('[data-attempt]').nth(1)).toBeFocused();
    await press(desk, 'Enter');
    await expect(page.getByRole('complementary')).toContainText('$20.00');
    await press(desk, 'Escape');
    await expect(page.getByRole('complementary')).toHaveCount(0);
    await expect(page.locator('[data-attempt]').nth(1)).toBeFocused();

    await press(desk, 'Alt+4');
    await expect(page.getByRole('table')).toContainText('51.00');
    await press(desk, 'Control+e');
    await expect(page.getByText(/rows written to .*\.csv$/)).toBeVisible();

    await press(desk, '?');
    const map = page.getByRole('dialog', { name: en.shell.keyMap });
    await expect(map).toContainText(en.reports.keys.export);
    await expect(map).toContainText(en.shell.lock);
    await press(desk, 'Escape');
    await expect(map).toHaveCount(0);

    await press(desk, 'Control+k');
    await type(desk, 'grace lind');
    await page.getByRole('dialog').getByRole('option').first().waitFor();
    await press(desk, 'Enter');
    await expect(desk.amount).toBeFocused();
    await type(desk, '10');
    await press(desk, 'F4');
    await type(desk, '10');
    await press(desk, 'F2');
    await paid(desk);

    await press(desk, 'Control+l');
    await expect(page.getByLabel(en.people.passwordOf(OWNER.name))).toBeFocused();
    await type(desk, OWNER.password);
    await press(desk, 'Enter');
    await desk.heading(en.shell.pages.collect);
    await expect(page.getByRole('button', { name: en.result.next })).toHaveCount(0);
    expect(app.complaints).toEqual([]);
  });

  test('a decline, a cancelled dialog and every page keep the keyboard', async ({ app }) => {
    const { desk } = app;
    const { page } = desk;
    await desk.prepareCard('walter bran', '60', { number: '4000000000000002' });
    await press(desk, 'F2');
    await page.getByRole('alert').filter({ hasText: en.collect.decline.head }).waitFor();
    await press(desk, 'F2');
    await typeCardBlindly(desk);
    await press(desk, 'Tab');
    await press(desk, 'F2');
    await paid(desk);
    await press(desk, 'e');
    await expect(page.getByRole('dialog')).toContainText('D1-000001');
    await press(desk, 'Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    for (const key of ['Alt+2', 'Alt+3', 'Alt+4', 'Alt+5', 'Alt+6']) {
      await press(desk, key);
      await press(desk, 'Tab');
    }
    await press(desk, 'Alt+1');
    await expect(page.getByRole('button', { name: en.result.next })).toBeFocused();
  });

  test('a keyboard that comes to the fields late, or beside them, goes on to the card number', async ({ app }) => {
    const { desk } = app;
    const { page } = desk;
    await find(desk, 'walter bran');
    await type(desk, '60');
    await press(desk, 'Enter');
    const number = (await desk.cardFrame()).getByLabel(/card number/i);
    await expect(number).toBeFocused();
    // What a busy computer does now and then: the page's own step comes first, and the view is focused after it.
    const view = page.locator('iframe[title="Payment"]');
    await view.evaluate(element => element.focus());
    await expect(number).toBeFocused();
    await view.click({ position: { x: 2, y: 2 } });
    await expect(number).toBeFocused();
    await expect.poll(() => focused(page)).toMatchObject({ lost: false, visible: true });
  });
});
