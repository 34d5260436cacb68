import type { WebContents } from 'electron';

const frameRules = new WeakMap<WebContents, (url: string) => boolean>();
const guarded = new WeakSet<WebContents>();

/** Lets the frames inside one page go where `rule` says. Its main frame still never leaves. */
export function allowFrames(contents: WebContents, rule: (url: string) => boolean): void {
  frameRules.set(contents, rule);
}

/**
 * Keeps a page where the app put it: no new windows, no webviews, no navigation of the main frame, and no frame
 * navigation without a rule. The app's own `loadURL` does not pass here.
 */
export function denyNavigation(contents: WebContents): void {
  if (guarded.has(contents)) return;
  guarded.add(contents);
  const mayGo = (url: string, isMainFrame: boolean) => !isMainFrame && frameRules.get(contents)?.(url) === true;
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', event => event.preventDefault());
  contents.on('will-frame-navigate', event => {
    if (!mayGo(event.url, event.isMainFrame)) event.preventDefault();
  });
  contents.on('will-redirect', event => {
    if (!mayGo(event.url, event.isMainFrame)) event.preventDefault();
  });
  contents.on('will-attach-webview', event => event.preventDefault());
}
