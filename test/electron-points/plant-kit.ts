/**
 * Bad configurations, each a small edit of the built bundle, and the point that has to notice it. Text that is not
 * there exactly once fails loudly: a plant that grows nowhere would prove nothing.
 */
import type { StartName } from './facts.ts';

export type Plant = {
  readonly name: string;
  /** The point that must find it. Others may find it as well. */
  readonly point: string;
  readonly find: string;
  readonly replace: string;
  readonly in: 'main' | 'desk preload' | 'pay preload' | 'config' | 'entitlements';
  /** Which start shows it; a packaged training office when not given. */
  readonly start?: StartName | 'refusals';
  /** In a process that nothing was done to before. */
  readonly fresh?: true;
};

/** A change of the bundle of main, and the start that shows it. */
export const main = (point: string, name: string, find: string, replace: string, start?: Plant['start']): Plant => ({
  ...{ point, name, find, replace, in: 'main' },
  ...(start === undefined ? {} : { start }),
});
/** A change of a file that is looked at without a start. */
export const file =
  (where: Plant['in']) =>
  (point: string, name: string, find: string, replace: string): Plant => ({ point, name, find, replace, in: where });
/** A changed preference of every page. */
export const preference = (point: string, name: string, now: string, then: string): Plant =>
  main(point, `the preference ${name}`, `${name}: ${now},\n`, `${name}: ${then},\n`);

/** A line that runs at the start, before the app is ready. */
export const early = (point: string, name: string, line: string): Plant =>
  main(point, name, 'hardenApp(app);', `hardenApp(app); ${line}`);
/** A line that runs when the app is ready, before there is a window. */
export const late = (point: string, name: string, line: string): Plant =>
  main(point, name, '\tcloseInOrder(session);\n', `\tcloseInOrder(session); ${line}\n`);
/** Another module of Electron, for a line that needs one. */
export const borrow = (name: string): string => `(await import("electron")).${name}`;
