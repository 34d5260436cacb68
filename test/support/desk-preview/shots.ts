import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { scenes, type Scene } from './scenes.ts';
import { servePreview } from './serve.ts';

/**
 * Saves a picture of every scene: `node test/support/desk-preview/shots.ts <folder> [part of a name] [theme] [size]`.
 * Sizes: `usual` 1280 x 800, `small` 1024 x 700, `zoom` 640 x 400 (200 %). It fails when a page reports an error or
 * breaks the desk's content policy, and when anything is wider than the window.
 */
const SIZES = { usual: [1280, 800], small: [1024, 700], zoom: [640, 400] } as const;

const [folder = 'shots', part = '', theme = 'both', size = 'usual'] = process.argv.slice(2);
const themes = theme === 'both' ? ['light', 'dark'] : [theme];
const [width, height] = SIZES[size as keyof typeof SIZES] ?? SIZES.usual;
const problems: string[] = [];

async function shoot(page: Page, address: string, scene: Scene, look: string): Promise<void> {
  const name = `${scene.name}-${look}-${size}`;
  const role = scene.role ?? 'owner';
  const report = (text: string): void => void problems.push(`${name}: ${text}`);
  page.on('pageerror', error => report(error.message));
  page.on('console', message => message.type() === 'error' && report(message.text()));
  await page.goto(`${address}?situation=${scene.situation}&theme=${look}&role=${role}`);
  await page.waitForSelector('h1', { state: 'attached', timeout: 5000 });
  await page.waitForTimeout(150);
  await scene.steps?.(page).catch((error: Error) => report(error.message.split('\n')[0] ?? error.name));
  await page.waitForTimeout(250);
  const bug = await page.evaluate(() => document.body.dataset['rendererError'] ?? null);
  if (bug !== null) report(bug);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) report(`${wide} px wider than the window`);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

await mkdir(folder, { recursive: true });
const preview = await servePreview();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  for (const scene of scenes.filter(candidate => candidate.name.includes(part))) {
    for (const look of themes) {
      const page = await browser.newPage({ viewport: { width, height } });
      await shoot(page, preview.address, scene, look).catch((error: unknown) => {
        problems.push(
          `${scene.name}-${look}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
        );
      });
      await page.close();
    }
  }
} finally {
  await browser.close();
  await preview.stop();
}
process.stdout.write(problems.length === 0 ? 'No problems.\n' : `${problems.join('\n')}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
