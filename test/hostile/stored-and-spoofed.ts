import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchHost } from '../chromium-host/launch.ts';
import { DeskDriver, OWNER } from '../support/desk-driver.ts';
import { spoof } from './spoofing.ts';
import { judgePage, OFFICE_NAME, papersWith, SHORT, STORED, storeTexts } from './stored-texts.ts';

export type Looked = {
  readonly problems: readonly string[];
  readonly texts: number;
  readonly texts_seen: number;
  readonly places: number;
  readonly said: number;
  readonly papers: number;
  /** The planted faults that were noticed. */
  readonly noticed: { readonly text: boolean; readonly message: boolean; readonly paper: boolean };
};

const PAGES = ['activity', 'reports', 'sync', 'settings', 'collect'] as const;

/** One run of the whole app with hostile texts in every field, looked at on every page; then its pages speak to each other. */
export async function lookAtTexts(entry: string, browser: Browser): Promise<Looked> {
  const data_dir = mkdtempSync(join(dirname(entry), 'data-'));
  const host = await launchHost({ data_dir, entry, parameters: ['--quick-passwords'], timeout_ms: 60_000 });
  try {
    const desk = new DeskDriver(host.deskPage);
    await setUp(desk);
    const attempts = await storeTexts(desk);
    const problems: string[] = [];
    let texts_seen = 0;
    let places = 0;
    const look = async (where: string): Promise<void> => {
      const shown = await judgePage(desk.page, where);
      problems.push(...shown.problems);
      texts_seen += shown.texts_seen;
      places += 1;
    };
    for (const name of PAGES) {
      await desk.page.keyboard.press('Escape');
      await desk.openPage(name);
      // Two turns of the page, so that what it asked for on opening has been drawn.
      await desk.page.evaluate(() => new Promise(drawn => requestAnimationFrame(() => setTimeout(drawn, 50))));
      await look(name);
    }
    await desk.page.getByRole('combobox').first().fill('<');
    await desk.page.getByRole('option').first().waitFor();
    await look('the search');
    await desk.page.keyboard.press('Enter');
    await desk.amount.waitFor();
    await look('a customer');
    await desk.openPage('activity');
    for (const row of (await desk.page.getByRole('row').all()).slice(1, 4)) {
      await row.click();
      await look('a payment and its story');
    }
    const papers = await judgePapers(browser, STORED.flatMap(papersWith));
    problems.push(...papers);
    for (const attempt_id of attempts.slice(0, 3)) await desk.ask('receipts.get', { attempt_id });
    await toCardFields(desk);
    const spoken = await spoof(host, desk);
    problems.push(...spoken.problems);
    const noticed = {
      message: await plantListener(desk, () => spoof(host, desk)),
      text: await plantMarkup(desk),
      paper: (await judgePapers(browser, [SHORT])).length > 0,
    };
    const counts = { texts: STORED.length, texts_seen, places, said: spoken.said, papers: STORED.length * 2 };
    return { problems, ...counts, noticed };
  } finally {
    await host.close();
    rmSync(data_dir, { recursive: true, force: true });
  }
}

async function setUp(desk: DeskDriver): Promise<void> {
  const begun = await desk.ask<{ recovery_groups: string[]; ask_groups: number[] }>('setup.begin', {
    ...{ mode: 'training', office_name: OFFICE_NAME, desk_code: 'D1', time_zone: 'America/Chicago', currency: 'USD' },
    ...{ owner_name: OWNER.name, password: OWNER.password },
  });
  const typed_groups = begun.ask_groups.map(group => begun.recovery_groups[group - 1]!);
  await desk.ask('setup.finish', { typed_groups });
  await desk.heading('Collect');
}

async function toCardFields(desk: DeskDriver): Promise<void> {
  await desk.page.keyboard.press('Escape');
  await desk.openPage('collect');
  await desk.amount.waitFor();
  await desk.enterAmount('12.34');
  await desk.chooseWay('K');
  await desk.cardFrame();
  // The keyboard comes to the fields soon after they are live, and must not be taken for what a message did.
  const isReady = async (): Promise<boolean> => (await desk.ask('card_fields.state'))['focused'] === true;
  for (let tries = 0; !(await isReady()) && tries < 200; tries += 1) await desk.page.waitForTimeout(50);
}

/** Each paper in a page where everything runs, so that only how it was written keeps it from running. */
async function judgePapers(browser: Browser, papers: readonly string[]): Promise<string[]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/*', route => route.abort());
  const problems: string[] = [];
  for (const [index, html] of papers.entries()) {
    await page.setContent(html, { waitUntil: 'domcontentloaded' });
    problems.push(...(await judgePage(page, `paper ${index}`)).problems);
  }
  await context.close();
  return problems;
}

/** A page that obeys whoever speaks to it. */
async function plantListener(
  desk: DeskDriver,
  spoofed: () => Promise<{ problems: readonly string[] }>,
): Promise<boolean> {
  await desk.page.evaluate(() => {
    addEventListener('message', ({ data }: MessageEvent<{ name?: string } | null>) => {
      const bridge = (window as unknown as { desk: { call(name: string, input: unknown): Promise<unknown> } }).desk;
      if (data?.name === 'session.lock') void bridge.call(data.name, {});
    });
  });
  return (await spoofed()).problems.length > 0;
}

/** A text that was put in as markup. */
async function plantMarkup(desk: DeskDriver): Promise<boolean> {
  await desk.page.evaluate(() => document.body.append(document.createElement('marquee')));
  return (await judgePage(desk.page, 'control')).problems.length > 0;
}
