import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, liveTest, test, type App } from '../support/app.ts';
import { VISA, type DeskDriver } from '../support/desk-driver.ts';
import { scanFolder } from '../support/scan-folder.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const who = en.collect.who;

type Customer = { customer_id: string; name: string };
type Row = { attempt_id: string; word: string; amount: { minor: number } };

const add = (desk: DeskDriver, name: string): Promise<Customer> =>
  desk.ask('customers.add', { name, phone: '', email: '', note: '' });

const find = async (desk: DeskDriver, text: string): Promise<Customer[]> =>
  (await desk.ask<{ found: Customer[] }>('customers.search', { text, limit: 50 })).found;

async function rowsOf(desk: DeskDriver): Promise<Row[]> {
  const day = await desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 100 };
  return (await desk.ask<{ rows: Row[] }>('activity.list', list)).rows;
}

const NAMES = [
  'שלום עולם',
  'محمد بن سلمان',
  'e\u0301lodie a\u0308rger',
  'Z\u0337a\u0337l\u0337g\u0337o\u0337',
  '👩‍👩‍👧‍👦 Family 🦷',
  'zero\u200bwidth\u2060joiner',
  'right\u202eto\u2066left',
  '𝓕𝓪𝓷𝓬𝔂 名前 이름',
  "O'Brien; DROP TABLE customer; --",
  '%_\\"',
];

test('names of any script are kept as typed, and what cannot be a name is refused in a sentence', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  for (const name of NAMES) {
    const added = await add(desk, name);
    expect(added.name).toBe(name.normalize('NFC'));
    expect((await find(desk, name)).map(found => found.name)).toContain(added.name);
  }
  for (const name of ['x'.repeat(301), '', '   ', '\u0000\u0007', '\u200b\u2060', 'broken \ud800 half']) {
    const refused = await desk.call('customers.add', { name, phone: '', email: '', note: '' });
    expect(refused, JSON.stringify(name)).toMatchObject({ ok: false, error: { code: 'invalid_input' } });
  }
  await desk.addCustomer('   ');
  await expect(page.getByText(who.nameMissing)).toBeVisible();
  await page.getByLabel(who.name, { exact: true }).fill('Bad Contact');
  for (const [label, wrong] of [
    [who.email, 'nobody'],
    [who.email, 'a@b'],
    [who.phone, 'call me'],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(wrong);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert'), wrong).toContainText(en.errors.invalid_input.title);
    await page.getByLabel(label, { exact: true }).fill('');
  }
  expect(await find(desk, 'Bad Contact')).toEqual([]);
  const longest = `${'W'.repeat(299)}é`;
  await page.getByLabel(who.name, { exact: true }).fill(`${longest}more`);
  await page.keyboard.press('Enter');
  await expect(desk.amount).toBeFocused();
  await expect(page.locator('#who-name')).toHaveText(longest);
  const wide = await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
});

test('a card number typed into any text is refused in a sentence and is nowhere afterwards', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  const spaced = '4111 1111 1111 1111';
  await desk.addCustomer(`Card ${spaced}`);
  await expect(page.getByText(who.cardNumber)).toBeVisible();
  await page.getByLabel(who.name, { exact: true }).fill('Card Less');
  await page.getByLabel(who.phone, { exact: true }).fill(VISA.number);
  await page.keyboard.press('Enter');
  await expect(page.getByText(who.cardNumber)).toBeVisible();
  const note = { name: 'Card Less', phone: '', email: '', note: `his card is ${VISA.number}` };
  expect(await desk.call('customers.add', note)).toMatchObject({ error: { code: 'card_number_in_text' } });
  expect(await find(desk, 'Card Less')).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: en.shell.cancel }).click();
  await page.getByRole('combobox', { name: who.find }).fill(spaced);
  await expect(page.getByText(en.errors.card_number_in_text.title).first()).toBeVisible();
  await page.getByRole('combobox', { name: who.find }).fill('');
  await desk.noCustomer();
  await desk.enterAmount('31');
  await desk.chooseWay('H');
  await page.getByRole('textbox', { name: en.collect.check.number }).fill(VISA.number);
  await expect(page.getByText(who.cardNumber)).toBeVisible();
  await desk.charge();
  await page.getByRole('textbox', { name: en.collect.check.number }).fill('77');
  await page.getByRole('textbox', { name: en.collect.check.bank }).fill(spaced);
  await desk.charge();
  expect(await rowsOf(desk)).toEqual([]);
  await page.getByRole('textbox', { name: en.collect.check.bank }).fill('First Bank');
  await desk.charge();
  await desk.outcome('paid');
  const copy = mkdtempSync(join(tmpdir(), 'tillside-scan-'));
  execFileSync('cp', ['-r', app.folder, copy]);
  const running = scanFolder(copy, VISA.number, []);
  rmSync(copy, { recursive: true, force: true });
  await app.host.close();
  expect(running.hits).toEqual([]);
  expect(running.files).toBeGreaterThan(10);
  expect(scanFolder(app.folder, VISA.number, []).hits).toEqual([]);
  expect(app.host.logs.join('\n')).not.toContain('11111111');
});

test('pasted amounts are read exactly or refused, and twenty fast F2 take the money once', async ({ app }) => {
  const { desk } = app;
  await desk.noCustomer();
  const pasted: [typed: string, read: number | string | RegExp][] = [
    ['  120.50\t', 12_050],
    ['1,234.50', 123_450],
    ['$120.50', en.collect.amountProblems.letters],
    ['120,50', en.collect.amountProblems.letters],
    ['1 234.50', en.collect.amountProblems.letters],
    ['1e3', en.collect.amountProblems.letters],
    ['0x10', en.collect.amountProblems.letters],
    ['１２３', en.collect.amountProblems.letters],
    ['−5', en.collect.amountProblems.negative],
    ['99999999999999999999', /at most \$50,000/],
  ];
  for (const [typed, read] of pasted) {
    await desk.amount.fill(typed);
    await desk.amount.blur();
    if (typeof read !== 'number') await expect(desk.page.getByText(read).first(), typed).toBeVisible();
    else await expect(desk.amount, typed).toHaveValue((read / 100).toFixed(2));
    await desk.amount.focus();
  }
  await desk.enterAmount('12.34');
  await desk.chooseWay('C');
  await desk.page.getByRole('textbox', { name: en.collect.cash.tendered }).fill('20');
  await Promise.all(Array.from({ length: 20 }, () => desk.page.keyboard.press('F2')));
  await desk.outcome('paid');
  await desk.settled();
  expect((await rowsOf(desk)).map(row => row.amount.minor)).toEqual([1234]);
});

/** Each would set `hit` on some page, open a dialog or ask the network, if it were ever taken for markup or code. */
const HIT = "window.top.hit=1;alert('hit')";
const ATTACKS = [
  `<script>${HIT}</script>`,
  `<img src=x onerror="${HIT}">`,
  `<svg onload="${HIT}">`,
  `"><script>${HIT}</script>`,
  `'><img src=x onerror=${HIT}>`,
  `</title><script>${HIT}</script>`,
  `</textarea><img src=x onerror="${HIT}">`,
  `</style><script>${HIT}</script>`,
  `<iframe src="javascript:${HIT}"></iframe>`,
  `<a href="javascript:${HIT}">click</a>`,
  `<body onload="${HIT}">`,
  `<details open ontoggle="${HIT}">`,
  `<input autofocus onfocus="${HIT}">`,
  `<math><mi xlink:href="javascript:${HIT}">`,
  `<meta http-equiv="refresh" content="0;url=https://example.com/">`,
  `<link rel=stylesheet href=https://example.com/x.css>`,
  `<base href=https://example.com/>`,
  `{@html "<img src=x onerror=${HIT}>"}`,
  `\${${HIT}}`,
  `&lt;script&gt;${HIT}&lt;/script&gt;`,
];

/** Watches for anything that an attack could do. */
async function watch(app: App): Promise<() => Promise<unknown[]>> {
  const { page } = app.desk;
  const seen: unknown[] = [];
  for (const context of app.host.browser.contexts()) {
    context.on('dialog', dialog => {
      seen.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('request', request => {
      if (/example\.com|\/x$/.test(request.url())) seen.push(`request ${request.url()}`);
    });
  }
  await page.evaluate(() => {
    const kept = window as unknown as { violations: string[] };
    kept.violations = [];
    document.addEventListener('securitypolicyviolation', event => kept.violations.push(event.violatedDirective));
  });
  return async () => [
    ...seen,
    ...(await page.evaluate(() => {
      const kept = window as unknown as { violations: string[]; hit?: number };
      const planted = [...document.querySelectorAll('#app :is(script, img, iframe, base, meta, link, math, body)')];
      return [...kept.violations, ...planted.map(element => element.outerHTML), ...(kept.hit ? ['hit'] : [])];
    })),
  ];
}

test('markup in a name is only ever text: on Collect, Activity, Reports, the receipt and paper', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  const harm = await watch(app);
  for (const [index, attack] of ATTACKS.entries()) {
    const { customer_id, name } = await add(desk, attack);
    expect(name).toBe(attack);
    const { attempt_id } = await desk.ask<{ attempt_id: string }>('payments.new');
    const amount = { minor: 100 + index, currency: 'USD' };
    const details = { tender: 'cash', tendered: amount };
    await desk.ask('payments.take', { attempt_id, customer_id, channel: 'desk', amount, details });
  }
  await page.getByRole('combobox', { name: who.find }).fill('hit');
  await page.getByRole('option').nth(5).waitFor();
  await page.getByRole('combobox', { name: who.find }).fill('');
  await desk.takeCash('<img src=x', '20', '20');
  await expect(page.locator('#who-name')).toHaveText(ATTACKS[1]!);
  await page.keyboard.press('E');
  await expect(page.getByRole('dialog')).toContainText(ATTACKS[1]!);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: en.result.pdf }).click();
  await expect(page.getByText(/^Saved as /)).toBeVisible();
  const saved = (await page.getByText(/^Saved as /).innerText()).replace('Saved as ', '');
  expect(readFileSync(saved.trim()).subarray(0, 5).toString()).toBe('%PDF-');
  await page.keyboard.press('P');
  await expect(page.getByText(en.result.printed)).toBeVisible();
  for (const row of (await rowsOf(desk)).slice(-4)) {
    await desk.ask('receipts.save_pdf', { attempt_id: row.attempt_id });
  }
  await desk.openPage('activity');
  for (const attack of ATTACKS) await expect(page.getByText(attack, { exact: true }).first()).toBeVisible();
  await page.locator('[data-attempt]').nth(3).click();
  await expect(page.getByRole('complementary')).toContainText(ATTACKS.at(-3)!);
  await desk.openPage('reports');
  await page.getByRole('button', { name: 'Payments', exact: true }).click();
  for (const attack of ATTACKS) await expect(page.getByText(attack, { exact: true }).first()).toBeVisible();
  expect(await harm()).toEqual([]);
  expect(app.complaints).toEqual([]);
});

liveTest.describe('a Square that answers rubbish', () => {
  liveTest('every payment ends as exactly one charge, and the desk says so', async ({ app, square }) => {
    liveTest.setTimeout(90_000);
    const { desk } = app;
    await desk.setUpQuickly('live');
    const { application_id, location_id, token } = square;
    await desk.ask('square.connect', { application_id, location_id, access_token: token });
    const faults = [
      { fault: 'garbage_200' },
      { fault: 'truncated' },
      { fault: 'status', status: 408 },
      { fault: 'status', status: 503 },
    ];
    for (const [index, fault] of faults.entries()) {
      await square.control('faults', { ...fault, method: 'POST', path: '/v2/payments' });
      await desk.prepareCard(null, `1${index}.00`);
      await desk.charge();
      const told = await desk.outcome('paid', 30_000);
      expect(told, JSON.stringify(fault)).toContain(`Square took $1${index}.00`);
      await desk.nextCustomer();
    }
    await desk.settled();
    type Books = { payments: { amount_money: { amount: number }; status: string }[] };
    const { payments } = await square.control<Books>('books');
    expect(payments.map(payment => [payment.amount_money.amount, payment.status])).toEqual(
      [1000, 1100, 1200, 1300].map(amount => [amount, 'COMPLETED']),
    );
    expect((await rowsOf(desk)).map(row => row.word)).toEqual(['paid', 'paid', 'paid', 'paid']);
  });
});
