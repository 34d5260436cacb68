import type { Handlers } from '../../common/contract/index.ts';
import { AppError } from '../../common/errors.ts';
import { allowance, PAGE_LOG } from '../platform/allowance.ts';
import type { Log } from '../platform/log.ts';
import { recoveryKeyHtml } from '../receipts/receipts.ts';
import { KeyChanges, type CopyFirst } from './key-changes.ts';
import { People } from './people.ts';
import { Recovery } from './recovery.ts';
import type { Session } from './session.ts';
import type { Setup } from './setup.ts';

type Needs = {
  readonly session: Session;
  readonly setup: Setup;
  readonly log: Log;
  readonly print: (html: string) => Promise<{ printed: boolean }>;
  readonly onAppearance: () => void;
  readonly newId: () => string;
  readonly copyFirst: CopyFirst;
};

export function staffHandlers(needs: Needs) {
  const { session, setup, log, print, onAppearance } = needs;
  const mayLog = allowance(session.ports.clock, PAGE_LOG);
  return {
    ...peopleHandlers(needs),
    ...keyHandlers(needs),
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
      if (mayLog()) log.bug('renderer', new Error(`${message}\n${stack}`));
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

function peopleHandlers({ session, newId }: Needs) {
  const people = new People(session, newId);
  return {
    'people.list': () => people.view(),
    'people.add': wish => people.add(wish),
    'people.change_role': wish => people.changeRole(wish),
    'people.set_password': wish => people.setPassword(wish),
    'people.remove': wish => people.remove(wish),
    'people.set_idle_lock': ({ minutes }) => people.setIdleLock(minutes),
    'people.change_own_password': async ({ old_password, new_password }) => {
      await people.changeOwnPassword(old_password, new_password);
      return {};
    },
    'people.choose_password': async ({ new_password }) => {
      await people.choosePassword(new_password);
      return session.state();
    },
  } satisfies Partial<Handlers>;
}

function keyHandlers({ session, print, copyFirst }: Needs) {
  const recovery = new Recovery(session);
  const keys = new KeyChanges(session, copyFirst);
  return {
    'recovery.open': ({ key }) => recovery.open(key),
    'recovery.finish': async ({ person_id, new_password }) => {
      await recovery.finish(person_id, new_password);
      return session.state();
    },
    'keys.new_recovery': ({ proof }) => keys.begin(proof),
    'keys.print_recovery': async () => {
      const { office, groups } = keys.shown;
      if (!(await print(recoveryKeyHtml(office, groups))).printed) throw new AppError('print_failed');
      return {};
    },
    'keys.accept_recovery': async ({ typed_groups, change_ledger_key }) => {
      await keys.accept(typed_groups, change_ledger_key);
      return {};
    },
  } satisfies Partial<Handlers>;
}
