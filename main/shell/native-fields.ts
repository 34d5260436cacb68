import type { Rectangle, WebContents, WebPreferences } from 'electron';
import { WebContentsView } from 'electron';
import type { CardFieldsSetup, PaymentViewOptions } from './card-fields.ts';
import { allowFrames, denyNavigation } from './navigation.ts';
import { mayFrame, openPaymentSession } from './payment-session.ts';
import type { SquareSite } from './policies.ts';
import { STRICT_PREFERENCES } from './strict-preferences.ts';

/**
 * Developer tools are off in every build, since they would show what is typed. Timers run on while the view is hidden,
 * so that a token asked for just before still arrives.
 */
const PAY_PREFERENCES: WebPreferences = {
  ...STRICT_PREFERENCES,
  backgroundThrottling: false,
};

/** Where the hidden view waits. It has a size, because fields that are attached without one stay without height. */
const WAITING_PLACE: Rectangle = { x: 0, y: 0, width: 560, height: 240 };

/** Counts every session of this run, since a name that comes back would bring its old session with it. */
let sessionCount = 0;

/** The view, its page, and what may be loaded in it at this moment. */
export type NativeFields = { view: WebContentsView; contents: WebContents; openPage(): void; openNetwork(): void };

/**
 * Opens the view in a session of its own, hidden, above the desk page.
 */
export function openNativeFields(options: PaymentViewOptions, setup: CardFieldsSetup, site: SquareSite): NativeFields {
  sessionCount += 1;
  const { session, openPage, openNetwork } = openPaymentSession({
    partition: `pay-${sessionCount}`,
    bundleDirectory: options.bundleDirectory,
    site,
    ...(setup.simulatorBaseUrl === undefined ? {} : { simulatorBaseUrl: setup.simulatorBaseUrl }),
  });
  const view = new WebContentsView({ webPreferences: { ...PAY_PREFERENCES, session, preload: options.preloadFile } });
  const contents = view.webContents;
  denyNavigation(contents);
  allowFrames(contents, url => mayFrame(url, site));
  view.setBounds(WAITING_PLACE);
  view.setVisible(false);
  options.desk.window.contentView.addChildView(view);
  return { view, contents, openPage, openNetwork };
}

/** A view's page outlives the view and the window until it is closed by name. */
export function closeNativeFields(options: PaymentViewOptions, fields: NativeFields): void {
  const { window } = options.desk;
  if (!window.isDestroyed()) window.contentView.removeChildView(fields.view);
  if (!fields.contents.isDestroyed()) fields.contents.close();
}
