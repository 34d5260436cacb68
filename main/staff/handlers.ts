import type { Handlers } from '../../common/contract/index.ts';
import { AppError } from '../../common/errors.ts';
import type { Log } from '../platform/log.ts';
import { recoveryKeyHtml } from '../receipts/receipts.ts';
import type { Session } from './session.ts';
import type { Setup } from './setup.ts';

type Needs = {
  readonly session: Session;
  readonly setup: Setup;
  readonly log: Log;
  readonly print: (html: string) => Promise<{ printed: boolean }>;
  readonly onAppearance: () => void;
};

export function staffHandlers({ session, setup, log, print, onAppearance }: Needs) {
  return {
    'session.state': () => session.state(),
    'session.sign_in': async ({ person_id, password }) => {
      await session.signIn(person_id, password);
      return session.state();
    },
    'session.lock': () => {
      session.lock();
      return session.state();
    },
    'session.unlock': async ({ password }) => {
      await session.unlock(password);
      return session.state();
    },
    'session.sign_out': () => {
      session.signOut();
      return session.state();
    },
    'session.switch_mode': async ({ mode }) => {
      await session.switchMode(mode);
      return session.state();
    },
    'setup.begin': input => setup.begin(input),
    'setup.print_key': async () => {
      const { office, groups } = setup.shown;
      if (!(await print(recoveryKeyHtml(office, groups))).printed) throw new AppError('print_failed');
      return {};
    },
    'setup.finish': async ({ typed_groups }) => {
      await setup.finish(typed_groups);
      return session.state();
    },
    'log.renderer_error': ({ message, stack }) => {
      log.bug('renderer', new Error(`${message}\n${stack}`));
      return {};
    },
    'appearance.set': ({ theme, contrast }) => {
      session.ports.config.set('theme', theme);
      session.ports.config.set('contrast', contrast);
      onAppearance();
      session.ports.announce('session.changed', {});
      return {};
    },
  } satisfies Partial<Handlers>;
}
