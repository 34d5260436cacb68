/**
 * Finds an installed Chrome, Edge or Chromium. The preview, the browser tests and the set-up all ask here, so they can
 * never disagree about which browser there is. Node built-ins only; runs on Node 20.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const namesOnPath = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable'];

function isExecutable(file) {
  try {
    accessSync(file, process.platform === 'win32' ? constants.F_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function usualPlaces(environment) {
  if (process.platform === 'darwin') {
    const roots = ['/Applications', join(environment.HOME ?? '', 'Applications')];
    return roots.flatMap(root => [
      join(root, 'Google Chrome.app/Contents/MacOS/Google Chrome'),
      join(root, 'Chromium.app/Contents/MacOS/Chromium'),
      join(root, 'Microsoft Edge.app/Contents/MacOS/Microsoft Edge'),
    ]);
  }
  if (process.platform === 'win32') {
    const roots = [environment.PROGRAMFILES, environment['PROGRAMFILES(X86)'], environment.LOCALAPPDATA];
    return roots
      .filter(Boolean)
      .flatMap(root => [
        join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'),
        join(root, 'Chromium', 'Application', 'chrome.exe'),
        join(root, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
      ]);
  }
  const folders = (environment.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = folders.flatMap(folder => namesOnPath.map(name => join(folder, name)));
  return [...onPath, '/usr/bin/chromium', '/opt/google/chrome/chrome', '/snap/bin/chromium'];
}

/**
 * The browser's path, or undefined when there is none. `CHROMIUM` in the environment comes first; when it names a file
 * that is not there this throws, because silently using another browser would hide the mistake.
 */
export function findChromium(environment = process.env) {
  const wanted = environment.CHROMIUM;
  if (wanted) {
    if (existsSync(wanted)) return wanted;
    throw new Error(`CHROMIUM names ${wanted}, which does not exist. Correct or unset it.`);
  }
  return usualPlaces(environment).find(isExecutable);
}
