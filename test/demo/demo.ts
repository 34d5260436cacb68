import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { launchHost, type LaunchedHost } from '../chromium-host/launch.ts';
import { DeskDriver } from '../support/desk-driver.ts';
import { scanFolder } from '../support/scan-folder.ts';
import { everything, expect, given, picture, problems, queued, shots, step, steps } from './record.ts';
import type { Attempt, ProofDay } from './record.ts';

/**
 * `npm run demo -- --headless --json [--shots DIR] [--data DIR]`: drives the real bundles through a day at the desk
 * against the simulator: cards in the office and by phone, cash, a check, a decline, the line pulled and plugged back, a
 * payment made elsewhere, the export, the lock, and the check of the ledger from outside. Exits non-zero when anything
 * differs from what must be.
 */
const PARAMETERS = ['--gateway-timeout-ms', '3000'];
const CARD = '4111111111111111';

async function online(desk: DeskDriver): Promise<void> {
  await step('card in the office', async () => {
    await desk.prepareCard('marisol ort', '120');
    await picture(desk, 'collect-card');
    await desk.charge();
    await desk.outcome('paid');
    await picture(desk, 'result-paid');
    await desk.page.keyboard.press('E');
    await desk.page.getByRole('dialog').waitFor();
    await picture(desk, 'receipt');
    await desk.page.keyboard.press('Escape');
    await desk.nextCustomer();
  });
  await step('card by phone', async () => {
    await desk.preparePhoneCard('desmond ach', '45.50');
    await picture(desk, 'collect-phone');
    await desk.charge();
    await desk.outcome('paid');
    await desk.nextCustomer();
  });
  await step('cash with change', async () => {
    await desk.takeCash('rafael iba', '73.40', '100');
    await picture(desk, 'result-cash');
    await desk.nextCustomer();
  });
  await step('check', async () => {
    await desk.takeCheck('noah feld', '305', '1187');
    await desk.nextCustomer();
  });
  await step('declined card, then another one', async () => {
    await desk.prepareCard('walter bran', '60', { number: '4000000000000002' });
    await desk.charge();
    await desk.page.getByRole('alert').first().waitFor();
    await picture(desk, 'collect-declined');
    await desk.charge();
    await desk.typeCard();
    await desk.charge();
    await desk.outcome('paid');
    await desk.nextCustomer();
  });
  await step('time-out after the charge', async () => {
    await desk.ask('training.next_fault', { fault: 'delay' });
    await desk.prepareCard('elena lind', '88');
    await desk.charge();
    await desk.outcome('in_doubt');
    await picture(desk, 'result-in-doubt');
    await desk.outcome('paid', 30_000);
    await desk.nextCustomer();
  });
}

async function offline(desk: DeskDriver): Promise<void> {
  await step('the line drops after the card was typed', async () => {
    await desk.ask('training.next_fault', { fault: 'line_drops_after_token' });
    await desk.prepareCard('ruth dem', '64');
    await desk.charge();
    await desk.outcome('queued');
    await picture(desk, 'result-queued');
    await desk.nextCustomer();
  });
  await step('work goes on without the internet', async () => {
    await desk.findCustomer('hannah');
    await desk.enterAmount('25');
    const card = desk.page.getByRole('radio', { name: /Keyed card/ });
    expect(await card.isDisabled(), 'a card can be keyed while offline');
    await picture(desk, 'collect-offline');
    await desk.page.keyboard.press('F3');
    for (const [index, customer] of ['hannah', 'grace lind', 'omar', 'yusuf dem'].entries()) {
      await desk.takeCash(customer, `${20 + index}.25`, '50');
      await desk.nextCustomer();
      await desk.takeCheck(customer, `${30 + index}.75`, `90${index}`);
      await desk.nextCustomer();
    }
  });
  const at_ms = Date.now();
  for (const one of await everything(desk)) {
    if (one.sync === 'queued' || one.word === 'queued') {
      queued.push({ reference: one.reference, queued_at_ms: at_ms, synced_at_ms: null });
    }
  }
  expect(queued.length === 9, `9 attempts were queued offline, not ${queued.length}`);
}

async function backOnline(desk: DeskDriver): Promise<void> {
  await step('the line is back, the queue drains by itself', async () => {
    await desk.setNetwork('up');
    await desk.settled(60_000);
    for (const one of await everything(desk)) {
      const entry = queued.find(waiting => waiting.reference === one.reference);
      if (entry && one.word === 'paid' && one.sync === 'confirmed') entry.synced_at_ms = Date.now();
    }
    expect(
      queued.every(one => one.synced_at_ms !== null),
      'everything queued was confirmed',
    );
  });
  await step('a payment made elsewhere is found', async () => {
    await desk.ask('training.foreign_payment', { amount: { minor: 3300, currency: 'USD' } });
    await desk.ask('sync.now');
  });
}

async function proof(desk: DeskDriver): Promise<ProofDay> {
  return step('created here = confirmed there', async () => {
    const day = await desk.today();
    const end_ms = Date.now() + 30_000;
    for (;;) {
      await desk.ask('sync.now');
      const [today] = (await desk.ask<{ days: ProofDay[] }>('sync.proof', { from: day, to: day })).days;
      const proven = today && today.created.count === today.confirmed.count && today.foreign.count === 1;
      if (today && (proven || Date.now() > end_ms)) {
        expect(proven && today.differences.length === 0, `the day is proven: ${JSON.stringify(today)}`);
        await desk.openPage('sync');
        await picture(desk, 'sync');
        return today;
      }
      await desk.page.waitForTimeout(300);
    }
  });
}

async function accountant(desk: DeskDriver): Promise<{ path: string; rows: number; total: string; fees: string }> {
  return step('the accountant exports the day', async () => {
    await desk.openPage('activity');
    await desk.page.keyboard.press('ArrowDown');
    await desk.page.keyboard.press('Enter');
    await desk.page.waitForTimeout(200);
    await picture(desk, 'activity');
    await desk.openPage('reports');
    await desk.page.getByText('Money in, by way to pay').first().waitFor();
    await picture(desk, 'reports');
    const day = await desk.today();
    const request = { report_id: 'payments', parameters: { from: day, to: day } };
    const exported = await desk.ask<{ path: string; rows: number }>('reports.export', { ...request, format: 'csv' });
    const lines = readFileSync(exported.path, 'utf8')
      .replace(/^\uFEFF/, '')
      .trim()
      .split('\r\n');
    const amounts = lines.slice(1, -1).map(line => BigInt(line.split(',').at(-2)!.replace('.', '')));
    const total = lines.at(-1)!.split(',').at(-2)!;
    const sum = amounts.reduce((left, right) => left + right, 0n);
    expect(sum === BigInt(total.replace('.', '')), `the CSV's lines add up to its total: ${sum} and ${total}`);
    expect(amounts.length === exported.rows, 'the CSV has a line per payment');
    const paid = (await everything(desk)).filter(one => one.word === 'paid');
    const shown = paid.reduce((left, one) => left + BigInt(one.amount.minor), 0n);
    expect(shown === sum, `the CSV equals what the screen shows: ${shown} and ${sum}`);
    return { path: exported.path, rows: exported.rows, total, fees: lines.at(-1)!.split(',').at(-1)! };
  });
}

async function paperAndSettings(desk: DeskDriver, payments: Attempt[]): Promise<void> {
  await step('receipt as PDF and on the printer', async () => {
    const attempt_id = payments.find(one => one.receipt_number)!.attempt_id;
    const { path } = await desk.ask<{ path: string }>('receipts.save_pdf', { attempt_id });
    expect(readFileSync(path).subarray(0, 5).toString() === '%PDF-', 'the receipt is a PDF');
    await desk.ask('receipts.print', { attempt_id });
  });
  await step('settings, lock and unlock', async () => {
    await desk.openPage('settings');
    await picture(desk, 'settings');
    await desk.page.keyboard.press('Control+l');
    const refused = await desk.call('customers.search', { text: '', limit: 1 });
    expect(refused.error?.code === 'desk_locked', 'a locked desk answers no data call');
    await picture(desk, 'locked');
    await desk.signIn();
    await desk.page.locator('nav').waitFor();
  });
}

function verifyFromOutside(folder: string, recoveryKey: readonly string[]): Record<string, unknown> {
  const output = execFileSync(
    process.execPath,
    ['main/ledger/cli.ts', 'verify', '--json', '--ledger', join(folder, 'training', 'ledger.db')],
    { encoding: 'utf8', env: { ...process.env, TILLSIDE_UNLOCK: recoveryKey.join('-') } },
  );
  return JSON.parse(output) as Record<string, unknown>;
}

/** What is still running, so that a failed step leaves no browser behind. */
let running: LaunchedHost | undefined;

async function launched(folder: string, extra: readonly string[]): Promise<{ host: LaunchedHost; desk: DeskDriver }> {
  const host = await launchHost({ data_dir: folder, parameters: [...PARAMETERS, ...extra], headless: given.headless });
  running = host;
  return { host, desk: new DeskDriver(host.deskPage) };
}

async function main(): Promise<number> {
  const folder = given.data ? resolve(given.data) : mkdtempSync(join(tmpdir(), 'tillside-demo-'));
  mkdirSync(folder, { recursive: true });
  if (given.shots) mkdirSync(resolve(given.shots), { recursive: true });
  let { host, desk } = await step('start', () => launched(folder, []));
  await picture(desk, 'setup');
  await step('set up the training office', () => desk.setUp({ key: true }));
  const { recoveryKey } = desk;
  await picture(desk, 'collect-empty');
  await online(desk);
  await offline(desk);
  await step('quit and start again, still without the internet', async () => {
    await host.close();
    ({ host, desk } = await launched(folder, ['--training-network', 'down']));
    await picture(desk, 'sign-in');
    await desk.signIn();
    await desk.heading('Collect');
    expect((await desk.ask<{ online: boolean }>('sync.state')).online === false, 'the desk knows that it is offline');
  });
  await backOnline(desk);
  const day = await proof(desk);
  const csv = await accountant(desk);
  const payments = await everything(desk);
  await paperAndSettings(desk, payments);
  await step('quit', () => host.close());
  const verified = await step('verify the ledger from outside', async () => verifyFromOutside(folder, recoveryKey));
  expect(verified['ok'] === true, `the ledger verifies: ${JSON.stringify(verified)}`);
  const scan = await step('look for card digits in every file', async () => scanFolder(folder, CARD, []));
  expect(scan.hits.length === 0, `no card digits on the disk: ${scan.hits.join('; ')}`);
  const wrong = payments.filter(one => !['paid', 'declined'].includes(one.word));
  expect(wrong.length === 0, `every attempt has ended: ${JSON.stringify(wrong)}`);
  report(folder, { payments, day, csv, verified, scanned_files: scan.files });
  if (!given.data) for (const left of [folder, `${folder}-keyring`]) rmSync(left, { recursive: true, force: true });
  return problems.length === 0 ? 0 : 1;
}

function report(
  folder: string,
  found: { payments: Attempt[]; day: ProofDay; csv: object; verified: object; scanned_files: number },
): void {
  const payments = found.payments.map(({ reference, word, tender, channel, receipt_number, amount, sync }) => ({
    ...{ reference, status: word, tender, channel, receipt_number, amount_minor: amount.minor, sync },
  }));
  const answer = {
    ok: problems.length === 0,
    problems,
    host: 'chromium',
    data: given.data ? folder : null,
    payments,
    queued,
    proof: found.day,
    verify: found.verified,
    csv: found.csv,
    scanned_files: found.scanned_files,
    steps,
    shots,
  };
  if (given.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  else {
    process.stdout.write(
      `${payments.length} attempts, ${queued.length} queued and synced, ledger ${answer.ok ? 'in order' : 'NOT in order'}\n`,
    );
    for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`);
  }
}

process.exitCode = await main().catch(async (error: unknown) => {
  process.stderr.write(`The demo stopped: ${error instanceof Error ? error.stack : String(error)}\n`);
  if (given.shots)
    await running?.deskPage.screenshot({ path: join(resolve(given.shots), 'stopped.png') }).catch(() => {});
  await running?.kill();
  return 1;
});
