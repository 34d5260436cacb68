import { expect, test, vi } from 'vitest';
import { PAPER_ORIGIN } from '../../../main/shell/origins.ts';
import { createPaper } from '../../../main/shell/paper.ts';
import { recorded } from '../../support/electron-stub.ts';
import { HOSTILE_URLS, isRequestable } from './fixtures.ts';

vi.mock('electron', () => import('../../support/electron-stub.ts'));

const paper = createPaper();

test('a document becomes a PDF in a hidden window with scripts off, and the window goes', async () => {
  const file = await paper.toPdf('<p>Receipt</p>', { width_mm: 80, height_mm: 200 });
  expect(Buffer.from(file).toString()).toBe('%PDF-');
  const window = recorded.windows.at(-1)!;
  expect(window.options.show).toBe(false);
  expect(window.options.webPreferences).toEqual({
    session: recorded.sessions.get('paper'),
    javascript: false,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    plugins: false,
    spellcheck: false,
    navigateOnDragDrop: false,
    devTools: false,
  });
  expect(window.destroyed).toBe(true);
  expect(window.webContents.printed).toEqual([
    {
      pageSize: { width: 80 / 25.4, height: 200 / 25.4 },
      margins: { top: 0, bottom: 0, left: 0, right: 0 },
      printBackground: true,
    },
  ]);
});

test('only the document that is being printed exists, and only while it is', async () => {
  await paper.toPdf('<p>One</p>', 'A4');
  const session = recorded.sessions.get('paper')!;
  const address = recorded.windows.at(-1)!.webContents.loaded[0]!;
  expect(address.startsWith(`${PAPER_ORIGIN}/`)).toBe(true);
  expect((await session.ask(address)).status).toBe(404);
  for (const url of HOSTILE_URLS) {
    expect(session.cancels(url)).toBe(true);
    if (isRequestable(url)) expect((await session.ask(url)).status).toBe(404);
  }
  expect(session.cancels('data:image/png;base64,AAAA')).toBe(false);
});

test('printing says whether paper came out', async () => {
  expect(await paper.print('<p>One</p>', 'Letter')).toEqual({ printed: true });
  expect(recorded.windows.at(-1)!.webContents.printed).toEqual([
    { pageSize: 'Letter', silent: false, printBackground: true },
  ]);
  await paper.print('<p>One</p>', { width_mm: 80, height_mm: 200 });
  expect(recorded.windows.at(-1)!.webContents.printed[0]).toMatchObject({
    pageSize: { width: 80_000, height: 200_000 },
    margins: { marginType: 'none' },
  });
});
