import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type App } from '../support/app.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

/** RFC 4180, strictly: a quote opens only at the start of a field, and every record ends with CR LF. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (let at = 0; at < text.length;) {
    const quoted = /"((?:[^"]|"")*)"/y;
    const plain = /[^",\r\n]*/y;
    const pattern = text[at] === '"' ? quoted : plain;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) throw new Error(`There is no field at ${at}.`);
    record.push(found[1] === undefined ? found[0] : found[1].replaceAll('""', '"'));
    at += found[0].length;
    if (text[at] === ',') at += 1;
    else if (text.startsWith('\r\n', at)) {
      records.push(record);
      record = [];
      at += 2;
    } else throw new Error(`A record ends wrongly at ${at}.`);
  }
  if (record.length > 0) throw new Error('The last record does not end.');
  return records;
}

/** Cents of a written amount, without going through a fraction. */
const cents = (written: string): number => Number(written.replace(/[.,]/g, ''));

const NAME = '=cmd("calc"), O’Brien 🦷 Ünal';
const said = (app: App) => app.desk.page.getByRole('group', { name: en.reports.exportName }).getByRole('status');

async function exported(app: App): Promise<string> {
  await app.desk.page.keyboard.press('Control+e');
  await expect(said(app)).toContainText('written to');
  return (await said(app).innerText()).replace(/^.* written to /, '');
}

async function openPayments(app: App): Promise<void> {
  await app.desk.openPage('reports');
  await app.desk.page.getByRole('button', { name: 'Payments', exact: true }).click();
  await app.desk.page.getByRole('heading', { name: 'Payments', level: 1 }).waitFor();
}

async function takeOneOfEach(app: App): Promise<void> {
  const { desk } = app;
  await desk.addCustomer(NAME, { phone: '(510) 555-0142', email: 'bills@example.com' });
  await desk.enterAmount('120.37');
  await desk.chooseWay('K');
  await desk.typeCard();
  await desk.charge();
  await desk.outcome('paid');
  await desk.nextCustomer();
  await desk.preparePhoneCard('desmond ach', '45.50');
  await desk.charge();
  await desk.outcome('paid');
  await desk.nextCustomer();
  await desk.takeCash(null, '1073.41', '1080');
  await desk.takeCheckNext(NAME.slice(1, 9), '305.03', '0071');
  await desk.settled();
}

test('every tender is exported to the cent, safe for a spreadsheet, the same bytes twice', async ({ app }) => {
  const { desk } = app;
  await takeOneOfEach(app);
  // The fees of cards come a little later; the file is compared once nothing is on its way any more.
  const day = await desk.today();
  const request = { report_id: 'payments', parameters: { from: day, to: day } };
  type Table = {
    totals: { amount: { minor: number }; fee: { minor: number } };
    rows: { fee: unknown; tender: string }[];
  };
  const run = (): Promise<Table> => desk.ask<Table>('reports.run', request);
  const feesMissing = async (): Promise<number> => {
    await desk.ask('sync.now');
    return (await run()).rows.filter(row => row.tender.startsWith('Card') && row.fee === null).length;
  };
  await expect.poll(feesMissing, { timeout: 20_000, intervals: [500] }).toBe(0);
  await openPayments(app);
  const path = await exported(app);
  const bytes = readFileSync(path);
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const [head, ...rest] = readCsv(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  const total = rest.pop()!;
  const column = (name: string): number => head!.indexOf(name);
  expect(rest.map(row => row[column('Way')])).toEqual(['Card', 'Card by phone', 'Cash', 'Check']);
  expect(rest.map(row => row[column('USD')])).toEqual(['120.37', '45.50', '1073.41', '305.03']);
  expect(rest[0]![column('Customer')]).toBe(`'${NAME}`);
  expect(rest[3]![column('Card or check')]).toContain('0071');
  for (const record of [head!, ...rest, total]) {
    expect(record).toHaveLength(head!.length);
    for (const field of record) expect(field).not.toMatch(/^[=+@\t\r-]/);
  }
  const sum = rest.reduce((all, row) => all + cents(row[column('USD')]!), 0);
  expect(sum).toBe(154_431);
  expect(cents(total[column('USD')]!)).toBe(sum);
  const { totals } = await run();
  expect(totals.amount.minor).toBe(sum);
  expect(cents(total[column('Fee')]!)).toBe(totals.fee.minor);
  const foot = await desk.page.locator('tfoot').innerText();
  expect(foot).toContain('1,544.31');
  expect(await desk.page.locator('tbody').innerText()).toContain(NAME);
  expect(await exported(app)).toBe(path);
  expect(readFileSync(path).equals(bytes)).toBe(true);
  await desk.openPage('activity');
  await expect(desk.page.getByText('1,544.31').first()).toBeVisible();
  expect(app.complaints).toEqual([]);
});

test('a file that cannot be written is said so, and nothing of it is left behind', async ({ app }) => {
  const { desk } = app;
  await desk.takeCash('hannah', '20', '20');
  await openPayments(app);
  const place = join(app.folder, 'target');
  mkdirSync(join(place, 'report.csv'), { recursive: true });
  writeFileSync(join(place, 'file'), '');
  const everything = (): string[] => readdirSync(place, { recursive: true }).map(String).sort();
  const before = everything();
  app.host.answerDialog('showSaveDialog', { canceled: true, filePath: '' });
  await desk.page.keyboard.press('Control+e');
  await expect(said(app)).toHaveText(en.reports.exportDropped);
  for (const path of ['gone/report.csv', 'file/report.csv', 'report.csv']) {
    app.host.answerDialog('showSaveDialog', { canceled: false, filePath: join(place, path) });
    await desk.page.keyboard.press('Control+e');
    const alert = desk.page.getByRole('alert');
    await expect(alert, path).toContainText(en.errors.export_failed.title);
    await expect(alert, path).toContainText(en.errors.export_failed.help);
    expect(everything(), path).toEqual(before);
    await desk.page.getByRole('button', { name: en.shell.retry }).click();
    await expect(alert).toHaveCount(0);
  }
  expect(await exported(app)).toContain('Payments');
});
