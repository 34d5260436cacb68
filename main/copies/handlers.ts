import type { Handlers } from '../../common/contract/index.ts';
import type { SessionState } from '../../common/contract/office.ts';
import type { CatchUp } from './catch-up.ts';
import type { Copies } from './copies.ts';
import type { Restore } from './restore.ts';

type Needs = {
  readonly office: () => { readonly copies: Copies; readonly catchUp: CatchUp };
  readonly restore: Restore;
  readonly chooseFolder: () => Promise<string | null>;
  /** Opens the restored office with the password that was just chosen. */
  readonly enter: (mode: 'training' | 'live', person_id: string, password: string) => Promise<SessionState>;
};

export function copyHandlers({ office, restore, chooseFolder, enter }: Needs) {
  const copies = (): Copies => office().copies;
  return {
    'copies.state': () => copies().view(),
    'copies.list': async () => ({ copies: await copies().list() }),
    'copies.choose_folder': async ({ which }, who) => {
      const open = copies();
      const path = await chooseFolder();
      if (path !== null) await open.choose(which, path, who.person_id);
      return open.view();
    },
    'copies.forget_folder': ({ which }, who) => {
      copies().forget(which, who.person_id);
      return copies().view();
    },
    'copies.make': async () => {
      await copies().make();
      return copies().view();
    },
    'copies.test': async ({ recovery_key }, who) => {
      await copies().test(recovery_key, who.person_id);
      return copies().view();
    },
    'copies.cancel': () => {
      copies().cancel();
      return {};
    },
    'copies.without_square': (_input, who) => {
      office().catchUp.withoutSquare(who.person_id);
      return copies().view();
    },
    'copies.find': async () => {
      const folder = await chooseFolder();
      return { folder, copies: folder === null ? [] : await restore.find(folder) };
    },
    'copies.restore_begin': ({ index, recovery_key }) => restore.begin(index, recovery_key),
    'copies.restore_finish': async ({ person_id, password }) => {
      const mode = await restore.finish(person_id, password);
      return enter(mode, person_id, password);
    },
    'copies.restore_cancel': () => {
      restore.cancel();
      return {};
    },
  } satisfies Partial<Handlers>;
}
