import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../support/app.ts';
import { scanFolder } from '../support/scan-folder.ts';

const NUMBER = '4111111111111111';

test('after a typed card no eight digits of it are anywhere in the data folder, and names are not readable', async ({
  app,
}) => {
  const { desk } = app;
  await desk.prepareCard('marisol ort', '120');
  await desk.charge();
  await desk.outcome('paid');
  await desk.nextCustomer();
  await desk.preparePhoneCard('desmond ach', '45.50');
  // While the app runs, from another process: a file that is deleted at the end would prove nothing.
  const copy = mkdtempSync(join(tmpdir(), 'tillside-scan-'));
  execFileSync('cp', ['-r', app.folder, copy]);
  const running = scanFolder(copy, NUMBER, ['Marisol', 'Whitfield']);
  await desk.charge();
  await desk.outcome('paid');
  await app.host.close();
  const closed = scanFolder(app.folder, NUMBER, ['Marisol', 'Whitfield']);
  expect(running.hits).toEqual([]);
  expect(closed.hits).toEqual([]);
  expect(running.files).toBeGreaterThan(10);
  rmSync(copy, { recursive: true, force: true });
});

test('the scan finds what is planted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillside-plant-'));
  cpSync(new URL(import.meta.url), join(folder, 'source.txt'));
  expect(readFileSync(join(folder, 'source.txt'), 'utf8')).toContain(NUMBER);
  expect(scanFolder(folder, NUMBER, ['Whitfield']).hits.length).toBeGreaterThan(1);
  rmSync(folder, { recursive: true, force: true });
});
