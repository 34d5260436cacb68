import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { launchHost, type LaunchedHost } from '../chromium-host/launch.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';
import { DeskDriver, OWNER } from '../support/desk-driver.ts';
import { TEST_CARDS } from './card-search.ts';
import { startRecordingProxy, type RecordingProxy } from './recording-proxy.ts';

const SIMULATOR = fileURLToPath(new URL('../../main/gateway/simulator/cli.ts', import.meta.url));
const TOKEN = ['EAAA', 'canary-token-of-this-run'].join('');
/** Distinct enough that eleven digits of it can be told from anything else. */
const HALF_TYPED = TEST_CARDS[9]!.slice(0, 11);

export type CardSession = {
  readonly folder: string;
  readonly host: () => LaunchedHost;
  /** What was typed where, in order. */
  readonly done: string[];
  readonly requests: () => number;
  /** Types every card where it belongs; two of them are charged. */
  typeInFields(): Promise<void>;
  /** Types and pastes cards into every field of every page where they do not belong. */
  typeInWrongPlaces(): Promise<void>;
  /** Reloads, goes back and forth, prints and takes a picture with half a card typed. */
  disturb(): Promise<void>;
  /** The page dies with half a card typed, then the whole app does, and is started again. */
  crash(): Promise<void>;
  close(): Promise<void>;
};

/**
 * A live office in the Chromium host, connected to a simulator that is a process of its own, as Square is one. Home,
 * temporary files and everything else that is written lie below `folder`; only the simulator's own process is elsewhere.
 */
export async function openCardSession(folder: string, entry: string): Promise<CardSession> {
  const run = join(folder, 'run');
  for (const name of ['data', 'tmp', 'home', 'pictures', 'proc']) mkdirSync(join(run, name), { recursive: true });
  const square = await startSquare();
  const proxy = await startRecordingProxy(square.base_url, join(run, 'http'));
  const start = (): Promise<LaunchedHost> =>
    launchHost({
      ...{ data_dir: join(run, 'data'), entry, timeout_ms: 40_000 },
      parameters: ['--quick-passwords', '--square-base-url', proxy.base_url],
      environment: {
        ...{ TMPDIR: join(run, 'tmp'), HOME: join(run, 'home'), XDG_CONFIG_HOME: join(run, 'home', '.config') },
        ...{ XDG_CACHE_HOME: join(run, 'home', '.cache') },
      },
    });
  let host = await start().catch(async (error: unknown) => {
    await stop(square, proxy);
    throw error;
  });
  const done: string[] = [];
  let desk = new DeskDriver(host.deskPage);
  await desk.setUpQuickly('live');
  const { application_id, location_id } = square;
  await desk.ask('square.connect', { application_id, location_id, access_token: TOKEN });
  writeProcessTexts(host, run);
  return {
    folder: run,
    ...{ done, host: () => host, requests: () => proxy.recorded() },
    typeInFields: () => typeInFields(desk, done),
    typeInWrongPlaces: () => typeInWrongPlaces(desk, done),
    disturb: () => disturb(host, desk, run, done),
    async crash() {
      await half(desk);
      done.push('the page crashed while a number was typed');
      const session = await host.deskPage.context().newCDPSession(host.deskPage);
      await Promise.race([session.send('Page.crash').catch(() => {}), pause(1500)]);
      await host.kill();
      host = await start();
      desk = new DeskDriver(host.deskPage);
      await desk.signIn();
      await half(desk);
      done.push('the app was killed while a number was typed');
      await host.kill();
      host = await start();
      desk = new DeskDriver(host.deskPage);
      await desk.signIn();
    },
    async close() {
      await host.close();
      writeFileSync(join(run, 'host-output.txt'), host.logs.join('\n'));
      await stop(square, proxy);
    },
  };
}

const pause = (time_ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, time_ms));

type Square = { process: ChildProcess; base_url: string; application_id: string; location_id: string };

async function startSquare(): Promise<Square> {
  const child = spawn(process.execPath, [SIMULATOR, '--token', TOKEN], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: Record<string, string> = {};
  for await (const line of createInterface(child.stdout)) {
    const [name = '', value] = line.split(' ');
    said[value === undefined ? 'base' : name] = value ?? name;
    if (name === 'location') break;
  }
  return {
    process: child,
    base_url: said['base']!,
    application_id: said['application']!,
    location_id: said['location']!,
  };
}

async function stop({ process: child }: Square, proxy: RecordingProxy): Promise<void> {
  proxy.close();
  child.kill('SIGTERM');
  await new Promise(resolve => child.once('exit', resolve));
}

/** A card on a command line or in the environment could be read by every program of the same person. */
function writeProcessTexts({ process: { pid } }: LaunchedHost, run: string): void {
  if (process.platform !== 'linux') return;
  for (const name of ['cmdline', 'environ'])
    writeFileSync(join(run, 'proc', name), readFileSync(`/proc/${pid}/${name}`));
}

async function half(desk: DeskDriver): Promise<void> {
  await toCardFields(desk);
  await (await desk.cardFrame()).getByLabel(/card number/i).pressSequentially(HALF_TYPED);
}

/** Collect, with the customer left open, whatever was there before. */
async function toAmount(desk: DeskDriver): Promise<void> {
  await desk.page.keyboard.press('Escape');
  await desk.openPage('collect');
  const without = desk.page.getByRole('button', { name: en.collect.who.takeWithout, exact: true });
  if (await without.isVisible()) await without.click();
  await desk.amount.waitFor();
}

async function toCardFields(desk: DeskDriver): Promise<void> {
  await toAmount(desk);
  await desk.enterAmount('12.34');
  await desk.chooseWay('K');
  await desk.cardFrame();
}

async function typeInFields(desk: DeskDriver, done: string[]): Promise<void> {
  await toCardFields(desk);
  for (const [index, number] of TEST_CARDS.entries()) {
    const frame = await desk.cardFrame();
    const cvv = number.startsWith('3') && number.length === 15 ? '7373' : '737';
    await desk.typeCard({ number, expiry: '1234', cvv });
    done.push(`typed card ${index + 1} into Square's fields`);
    if (index < 2) {
      await desk.charge();
      await desk.outcome('paid');
      if (index === 0) await desk.page.getByRole('button', { name: en.result.pdf }).click();
      await desk.page.getByRole('button', { name: en.result.next }).click();
      await toCardFields(desk);
    } else {
      // Pasted as well: the clipboard's content comes in one piece and by another way.
      await frame.getByLabel(/card number/i).fill('');
      await frame.getByLabel(/card number/i).focus();
      await desk.page.keyboard.insertText(number);
      await desk.ask('card_fields.clear');
      await frame.waitForFunction(() => ![...document.querySelectorAll('input')].some(input => input.value.length > 5));
    }
  }
}

/** One after another, so that each card is typed somewhere. */
async function typeInto(fields: Locator, what: string, done: string[]): Promise<void> {
  for (const [index, field] of (await fields.all()).entries()) {
    if (!(await field.isVisible()) || !(await field.isEditable())) continue;
    const card = TEST_CARDS[(done.length + index) % TEST_CARDS.length]!;
    const text = index % 2 === 0 ? card : card.match(/.{1,4}/g)!.join(' ');
    await field.fill('').catch(() => {});
    await field.focus();
    if (index % 3 === 2) await fields.page().keyboard.insertText(text);
    else await fields.page().keyboard.type(text);
    await fields.page().keyboard.press('Enter');
    await pause(30);
    done.push(`typed a card into ${what}, field ${index + 1}`);
  }
}

const TEXT_FIELDS =
  'input:not([type]), input:is([type=text], [type=search], [type=password], [type=email], [type=tel]), textarea';

async function typeInWrongPlaces(desk: DeskDriver, done: string[]): Promise<void> {
  const { page } = desk;
  const fields = page.locator(TEXT_FIELDS);
  for (const name of ['activity', 'reports', 'sync', 'settings'] as const) {
    await page.keyboard.press('Escape');
    await desk.openPage(name).catch(() => {});
    await typeInto(fields, name, done);
  }
  await page.keyboard.press('Escape');
  await desk.openPage('collect');
  const change = page.getByRole('button', { name: `${en.collect.who.change} F3`, exact: true });
  if (await change.isVisible()) await change.click();
  await typeInto(fields, 'the search', done);
  await page
    .getByRole('button', { name: /new customer|add/i })
    .first()
    .click()
    .catch(() => {});
  await typeInto(fields, 'a new customer', done);
  for (const way of ['C', 'H'] as const) {
    await toAmount(desk);
    await typeInto(desk.amount, 'the amount', done);
    await desk.enterAmount('10');
    await desk.chooseWay(way);
    await typeInto(fields, `the way ${way}`, done);
  }
  const note = { name: 'A Person', phone: '', email: '', note: `card ${TEST_CARDS[7]}` };
  const search = { text: TEST_CARDS[8], limit: 5 };
  const error = {
    message: `at ${TEST_CARDS[9]}, ${TEST_CARDS[9]!.match(/.{1,4}/g)!.join('  ')}`,
    stack: TEST_CARDS[10]!,
  };
  for (const [call, input] of Object.entries({ 'customers.add': note, 'customers.search': search })) {
    await desk.call(call, input);
  }
  await desk.call('log.renderer_error', error);
  done.push('sent a card as a note, as a search and in an error of the page');
  await desk.ask('session.lock');
  await page.locator('input[type=password]').waitFor();
  await typeInto(page.locator('input[type=password]'), 'the password', done);
  await page.locator('input[type=password]').fill(OWNER.password);
  await page.keyboard.press('Enter');
  await desk.heading('Collect');
}

async function disturb(host: LaunchedHost, desk: DeskDriver, run: string, done: string[]): Promise<void> {
  const { page } = desk;
  await half(desk);
  await page.screenshot({ path: join(run, 'pictures', 'failed.png') });
  await page.evaluate(() => print());
  done.push('printed, and took a picture, while a number was typed');
  // The desk's page cannot be loaded again by itself. Behind it is the host's blank page, so it moves within itself only.
  await Promise.race([page.reload().catch(() => null), pause(1000)]);
  await page.evaluate(() => {
    history.pushState({}, '', '#there');
    history.back();
    history.forward();
  });
  done.push('tried to load the page again, went back and forward, while a number was typed');
  const frame = await host.payFrame();
  await frame.evaluate(() => location.reload());
  await pause(500);
  await half(desk);
  await desk.ask('card_fields.clear');
  done.push('the fields were loaded anew while a number was typed');
}
