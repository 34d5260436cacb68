/**
 * `npm start`: sets up, builds what changed, and opens the app in Electron, or in the Chromium preview where Electron
 * is not available. Arguments are passed on: `npm start -- --headless --data FOLDER`.
 */
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import * as project from './project.mjs';
import { setUp, usableElectron } from './setup.mjs';

const { Refusal, fromRoot } = project;

function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Sandboxing needs a user other than root; everyone else keeps it. */
function electronParameters(parameters) {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  return [...(isRoot ? ['--no-sandbox'] : []), project.root, ...parameters];
}

async function start(parameters) {
  const headless = parameters.includes('--headless');
  if (!headless && !hasDisplay()) {
    throw new Refusal(
      'This machine has no display. Add --headless to run without a window: npm start -- --headless --data FOLDER',
    );
  }
  await setUp({ electron: !headless, chromium: headless ? true : 'if no electron' });
  if (!(await build())) return 1;
  const electron = headless ? undefined : usableElectron();
  if (electron) return project.runForeground(electron, electronParameters(parameters));
  const why = headless ? '--headless was asked for' : 'Electron is not available on this machine';
  process.stderr.write(`Preview: ${why}, so the app runs in a Chromium. It refuses live credentials.\n`);
  const host = pathToFileURL(fromRoot('test', 'chromium-host', 'register.ts')).href;
  return project.runNode(['--import', host, fromRoot('dist', 'main', 'index.js'), ...parameters]);
}

await project.runMain(start);
