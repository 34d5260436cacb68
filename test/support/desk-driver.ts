import type { Frame, Locator, Page } from 'playwright-core';
import { en } from '../../renderer/desk/lib/messages/en.ts';

/**
 * Drives the desk as a person does: by keyboard and by what is written on the screen. Used by the journeys and by the
 * demo, so that both break when a text or a key stops working.
 */
export type TestCard = { number: string; expiry?: string; cvv?: string; postal?: string };

export const VISA: TestCard = { number: '4111111111111111' };
export const OWNER = { name: 'Dana Whitfield', password: 'correct horse battery' };
export const OFFICE = 'Lakeshore Dental';

type Word = keyof typeof en.payments.words;

export class DeskDriver {
  readonly page: Page;
  recoveryKey: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(15_000);
  }

  /** A call over the real bridge, as the page itself makes it. For looking, not for doing what a person does by hand. */
  async call(name: string, input: unknown = {}): Promise<{ ok: boolean; value?: never; error?: { code: string } }> {
    return this.page.evaluate(
      ([called, given]) =>
        (window as unknown as { desk: { call(name: unknown, input: unknown): Promise<never> } }).desk.call(
          called,
          given,
        ),
      [name, input] as const,
    );
  }

  /** The value of a call that must succeed. */
  async ask<Value = Record<string, unknown>>(name: string, input: unknown = {}): Promise<Value> {
    const answer = await this.call(name, input);
    if (!answer.ok) throw new Error(`${name} was refused: ${JSON.stringify(answer.error)}`);
    return answer.value as Value;
  }

  /** The wizard, typed from the first field to the open desk. `key` types two groups back from the paper. */
  async setUp(options: { mode?: 'training' | 'live'; key?: boolean; desk?: string } = {}): Promise<void> {
    const { page } = this;
    const { mode = 'training', key = true, desk = 'D1' } = options;
    await page.getByLabel(en.setup.office.name, { exact: true }).fill(OFFICE);
    await page.getByLabel(en.setup.office.desk, { exact: true }).fill(desk);
    await page.keyboard.press('Enter');
    await page.getByLabel(en.setup.owner.name, { exact: true }).fill(OWNER.name);
    await page.getByLabel(en.setup.owner.password, { exact: true }).fill(OWNER.password);
    await page.keyboard.press('Enter');
    if (mode === 'live') await page.getByRole('radio', { name: en.setup.start.live }).check();
    const groups = page.getByRole('list', { name: en.setup.key.groups }).getByRole('listitem');
    await groups.nth(7).waitFor();
    this.recoveryKey = (await groups.allTextContents()).map(text => text.trim().slice(-4));
    if (key) {
      for (const input of await page.getByLabel(/^Group \d$/).all()) {
        const label = await input.evaluate(element => (element as HTMLInputElement).labels?.[0]?.textContent ?? '');
        await input.fill(this.recoveryKey[Number(/\d/.exec(label)![0]) - 1]!);
      }
    }
    await page.keyboard.press('Enter');
    await this.heading(mode === 'live' ? en.shell.pages.settings : en.shell.pages.collect);
  }

  /** The same through the bridge, for tests that are about something else. */
  async setUpQuickly(mode: 'training' | 'live' = 'training'): Promise<void> {
    const begun = await this.ask<{ recovery_groups: string[]; ask_groups: number[] }>('setup.begin', {
      ...{ mode, office_name: OFFICE, desk_code: 'D1', time_zone: 'America/Chicago', currency: 'USD' },
      ...{ owner_name: OWNER.name, password: OWNER.password },
    });
    this.recoveryKey = begun.recovery_groups;
    const typed_groups = begun.ask_groups.map(group => begun.recovery_groups[group - 1]!);
    await this.ask('setup.finish', { typed_groups });
    await this.heading(en.shell.pages.collect);
  }

  async heading(name: string): Promise<void> {
    await this.page.getByRole('heading', { name, level: 1, exact: true }).waitFor({ state: 'attached' });
  }

  async signIn(password = OWNER.password): Promise<void> {
    await this.page.getByLabel(en.people.passwordOf(OWNER.name)).fill(password);
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('navigation', { name: en.shell.mainNavigation }).waitFor();
  }

  async openPage(name: keyof typeof en.shell.pages): Promise<void> {
    const place = Object.keys(en.shell.pages).indexOf(name) + 1;
    await this.page.keyboard.press(`Alt+${place}`);
    await this.page.locator('nav [aria-current="page"]', { hasText: en.shell.pages[name] }).waitFor();
  }

  /** Finds a customer by typing and takes the first one found. */
  async findCustomer(text: string): Promise<void> {
    const { page } = this;
    const finder = page.getByRole('combobox', { name: en.collect.who.find });
    await finder.waitFor();
    await this.#finderHasFocus();
    await finder.fill(text);
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: `${en.collect.who.change} F3`, exact: true }).waitFor();
    await this.#amountHasFocus();
  }

  async noCustomer(): Promise<void> {
    await this.page.getByRole('button', { name: en.collect.who.takeWithout, exact: true }).click();
    await this.#amountHasFocus();
  }

  /** The search stands ready to be typed into, on the first page and after every result. */
  async #finderHasFocus(): Promise<void> {
    await this.page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
  }

  /** After the customer the cursor stands in the amount, without a click. */
  async #amountHasFocus(): Promise<void> {
    await this.page.waitForFunction(() => (document.activeElement as HTMLInputElement | null)?.inputMode === 'decimal');
  }

  get amount(): Locator {
    return this.page.getByRole('textbox', { name: /^Amount to take/ });
  }

  async enterAmount(text: string): Promise<void> {
    await this.amount.fill(text);
  }

  /** Chooses a way by its letter, from outside a text field. */
  async chooseWay(key: 'K' | 'C' | 'H'): Promise<void> {
    await this.amount.blur();
    await this.page.keyboard.press(key);
  }

  /** The frame with Square's fields, once they can be typed into. */
  async cardFrame(): Promise<Frame> {
    const { page } = this;
    const end_ms = Date.now() + 15_000;
    while (Date.now() < end_ms) {
      const state = await this.ask<{ phase: string }>('card_fields.state');
      const frame = page.frames().find(one => one.url().includes('/v1/frames/fields'));
      if (state.phase === 'live' && frame) return frame;
      await page.waitForTimeout(50);
    }
    throw new Error('Square’s fields did not become live.');
  }

  async typeCard(card: TestCard = VISA): Promise<void> {
    const frame = await this.cardFrame();
    const { number, expiry = '1230', cvv = '111', postal = '94103' } = card;
    const field = (label: RegExp): Locator => frame.getByLabel(label);
    await field(/card number/i).click();
    await field(/card number/i).pressSequentially(number);
    await field(/expir/i).fill('');
    await field(/expir/i).pressSequentially(expiry);
    await field(/cvv/i).pressSequentially(cvv);
    const zip = field(/zip|postal/i);
    if (await zip.isVisible()) await zip.pressSequentially(postal);
  }

  async charge(): Promise<void> {
    await this.page.keyboard.press('F2');
  }

  /** Waits for a result with this word and answers the sentence under the amount. */
  async outcome(word: Word, timeout_ms = 15_000): Promise<string> {
    const heading = this.page.getByRole('heading', { name: en.payments.words[word].word, exact: true });
    await heading.waitFor({ timeout: timeout_ms });
    return (await this.page.getByRole('article').filter({ has: heading }).innerText()).replace(/\s+/g, ' ');
  }

  async nextCustomer(): Promise<void> {
    await this.page.getByRole('button', { name: en.result.next }).waitFor();
    await this.page.keyboard.press('Enter');
    await this.#finderHasFocus();
  }

  async takeCash(customer: string | null, amount: string, given: string): Promise<void> {
    await this.#begin(customer, amount);
    await this.takeCashOf(given);
  }

  /** What is on screen, paid in cash. */
  async takeCashOf(given: string): Promise<void> {
    await this.chooseWay('C');
    await this.page.getByRole('textbox', { name: en.collect.cash.tendered }).fill(given);
    await this.charge();
    await this.outcome('paid');
  }

  async takeCheck(customer: string | null, amount: string, number: string): Promise<void> {
    await this.#begin(customer, amount);
    await this.chooseWay('H');
    await this.page.getByRole('textbox', { name: en.collect.check.number }).fill(number);
    await this.charge();
    await this.outcome('paid');
  }

  /** From a result on to the next customer's check. */
  async takeCheckNext(customer: string | null, amount: string, number: string): Promise<void> {
    await this.nextCustomer();
    await this.takeCheck(customer, amount, number);
  }

  /** Fills the form for a new customer that was opened from the search, and sends it. */
  async addCustomer(name: string, contact: { phone?: string; email?: string } = {}): Promise<void> {
    const { page } = this;
    const text = en.collect.who;
    await this.#finderHasFocus();
    await page.getByRole('button', { name: text.addTitle, exact: true }).click();
    await page.getByLabel(text.name, { exact: true }).fill(name);
    await page.getByLabel(text.phone, { exact: true }).fill(contact.phone ?? '');
    await page.getByLabel(text.email, { exact: true }).fill(contact.email ?? '');
    await page.keyboard.press('Enter');
  }

  /** Up to the typed card; `charge` sends it. */
  async prepareCard(customer: string | null, amount: string, card: TestCard = VISA): Promise<void> {
    await this.#begin(customer, amount);
    await this.chooseWay('K');
    await this.typeCard(card);
  }

  async preparePhoneCard(customer: string, amount: string, card: TestCard = VISA): Promise<void> {
    await this.#begin(customer, amount);
    await this.page.keyboard.press('F6');
    await this.chooseWay('K');
    await this.page.keyboard.press('F7');
    await this.typeCard(card);
    await this.page.getByLabel(en.collect.card.readBack).check();
  }

  async #begin(customer: string | null, amount: string): Promise<void> {
    if (customer === null) await this.noCustomer();
    else await this.findCustomer(customer);
    await this.enterAmount(amount);
  }

  /** Training: pulls or plugs the network cable of the simulated Square. */
  async setNetwork(network: 'up' | 'down'): Promise<void> {
    await this.ask('training.set_network', { network });
  }

  async setTheme(theme: 'light' | 'dark'): Promise<void> {
    await this.ask('appearance.set', { theme, contrast: 'normal' });
    await this.page.locator(`html[data-theme="${theme}"]`).waitFor({ state: 'attached' });
  }

  /** Waits until nothing is queued, in doubt or unconfirmed. */
  async settled(timeout_ms = 30_000): Promise<void> {
    const end_ms = Date.now() + timeout_ms;
    for (;;) {
      const state = await this.ask<{ queued: { count: number }; in_doubt: { count: number } }>('sync.state');
      if (state.queued.count === 0 && state.in_doubt.count === 0) return;
      if (Date.now() > end_ms) throw new Error(`not settled: ${JSON.stringify(state)}`);
      await this.page.waitForTimeout(100);
    }
  }

  async today(): Promise<string> {
    const { office } = await this.ask<{ office: { today: string } }>('session.state');
    return office.today;
  }
}
