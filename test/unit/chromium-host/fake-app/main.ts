/** A very small app with the shape of the real one: a desk page, a payment view, paper, and one call each way. */
import { app, BrowserWindow, ipcMain, safeStorage, session, shell, WebContentsView } from 'electron';
import { readFileSync } from 'node:fs';

const dataFolder = process.argv[process.argv.indexOf('--data') + 1] ?? '';
const deskPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";
const cardUrl = 'https://web.squarecdn.tillside.localhost/card';
const payPolicy =
  "default-src 'none'; script-src 'self'; frame-src https://web.squarecdn.tillside.localhost; frame-ancestors 'none'";

function here(name: string): string {
  return new URL(name, import.meta.url).pathname;
}
function answer(type: string, body: string, policy?: string): Response {
  const headers = new Headers({ 'content-type': `${type}; charset=utf-8` });
  if (policy) headers.set('content-security-policy', policy);
  return new Response(body, { headers });
}

/** Every page says what globals it can see, so that a test can look for a binding that must not be there. */
const suspicious = '/tillside|playwright|electron|require/i';
const look = `window.seen = Object.getOwnPropertyNames(window).filter(name => ${suspicious}.test(name));`;
/** A document with one script beside it. */
function document(title: string, script: string, inside: string): string {
  return `<!doctype html><title>${title}</title>${inside}<script src=${script}></script>`;
}

const desk: Record<string, () => Response> = {
  '/': () =>
    answer(
      'text/html',
      document('Desk', '/desk.js', '<link rel=stylesheet href=/desk.css><input id=note>'),
      deskPolicy,
    ),
  '/desk.css': () => answer('text/css', 'body { background: rgb(1, 2, 3) }'),
  '/desk.js': () =>
    answer(
      'text/javascript',
      `${look} window.events = []; window.stop = desk.on('fact', value => events.push(value));`,
    ),
};
const pay: Record<string, () => Response> = {
  'pay.tillside.localhost/': () =>
    answer('text/html', document('Pay', '/pay.js', `<iframe src="${cardUrl}"></iframe>`), payPolicy),
  'pay.tillside.localhost/pay.js': () => answer('text/javascript', `${look} window.ready = pay.ping('from pay');`),
  'web.squarecdn.tillside.localhost/card': () =>
    answer('text/html', '<!doctype html><input id=number><script src=/card.js></script>', "script-src 'self'"),
  'web.squarecdn.tillside.localhost/card.js': () => answer('text/javascript', look),
};
const notFound = () => new Response('', { status: 404 });

if (dataFolder) app.setPath('userData', dataFolder);
if (!app.requestSingleInstanceLock({ note: 'second' })) app.exit(3);
app.enableSandbox();
app.on('second-instance', (_event, argv) => process.stdout.write(`second ${argv.at(-1)}\n`));
app.on('window-all-closed', () => app.quit());

await app.whenReady();
const deskSession = session.fromPartition('desk');
const paySession = session.fromPartition('pay');
const paperSession = session.fromPartition('paper');
deskSession.webRequest.onBeforeRequest((details, decide) => decide({ cancel: details.url.includes('forbidden') }));
deskSession.protocol.handle('https', request => (desk[new URL(request.url).pathname] ?? notFound)());
paySession.protocol.handle('https', request => {
  const { host, pathname } = new URL(request.url);
  return (pay[host + pathname] ?? notFound)();
});
paperSession.protocol.handle('https', () =>
  answer('text/html', '<!doctype html><h1>Receipt 1</h1><script>document.title = "ran"</script>'),
);

const window = new BrowserWindow({
  width: 1000,
  height: 700,
  show: false,
  webPreferences: { preload: here('desk.cjs'), session: deskSession, sandbox: true, contextIsolation: true },
});
const view = new WebContentsView({ webPreferences: { preload: here('pay.cjs'), session: paySession } });
let refuseClose = false;
window.on('close', event => {
  process.stdout.write(`close asked${refuseClose ? ', refused' : ''}\n`);
  if (refuseClose) event.preventDefault();
});
window.webContents.on('will-navigate', (event, url) => {
  process.stdout.write(`will-navigate ${url}\n`);
  if (new URL(url).host !== 'desk.tillside.localhost') event.preventDefault();
});
window.webContents.setWindowOpenHandler(({ url }) => {
  process.stdout.write(`open ${url}\n`);
  return { action: 'deny' };
});
view.webContents.on('before-input-event', (_event, input) => process.stdout.write(`key ${input.type} ${input.key}\n`));

async function paper(): Promise<object> {
  const sheet = new BrowserWindow({ show: false, webPreferences: { session: paperSession, javascript: false } });
  await sheet.loadURL('https://paper.tillside.localhost/');
  const bytes = await sheet.webContents.printToPDF({ pageSize: 'A4' });
  sheet.destroy();
  return {
    start: bytes.subarray(0, 5).toString('latin1'),
    length: bytes.length,
    windows: BrowserWindow.getAllWindows().length,
  };
}

ipcMain.handle('call', async (event, name: string, value: unknown) => {
  const frame = event.senderFrame;
  if (!frame) throw new Error('no sender');
  if (name === 'sender') return { url: frame.url, origin: frame.origin, isTop: frame.parent === null };
  if (frame.origin !== 'https://desk.tillside.localhost') throw new Error(`unknown origin ${frame.origin}`);
  if (name === 'echo') return value;
  if (name === 'announce') return void event.sender.send('fact', value);
  if (name === 'place') return view.setBounds(value as Electron.Rectangle);
  if (name === 'visible') return view.setVisible(value === true);
  if (name === 'paper') return paper();
  if (name === 'open') return shell.openExternal(String(value));
  if (name === 'keep') return void (refuseClose = value === true);
  if (name === 'secret') return safeStorage.decryptString(safeStorage.encryptString(String(value)));
  if (name === 'paper script') return readFileSync(here('desk.cjs'), 'utf8').length;
  throw new Error(`no call named ${name}`);
});
ipcMain.handle('ping', (event, value) => ({
  value,
  url: event.senderFrame?.url,
  isTop: event.senderFrame?.parent === null,
}));

await window.loadURL('https://desk.tillside.localhost/');
window.show();
window.contentView.addChildView(view);
view.setBounds({ x: 100, y: 200, width: 400, height: 300 });
await view.webContents.loadURL('https://pay.tillside.localhost/');
process.stdout.write('view loaded\n');
