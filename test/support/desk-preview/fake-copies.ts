import type { CallName } from '../../../common/contract/index.ts';
import type { CopiesView, ListedCopy } from '../../../common/contract/copies.ts';
import { AppError } from '../../../common/errors.ts';
import { PEOPLE, dollars } from './fake-data.ts';
import type { Answers, FakeWorld } from './fake-world.ts';

const DAY_MS = 24 * 3600_000;

/** Copies of the fake desk: one folder that works, one that was pulled out. */
export function copyAnswers(world: FakeWorld): Pick<Answers, Extract<CallName, `copies.${string}`>> {
  const now_ms = new Date().getTime();
  const made = (days: number): ListedCopy => ({
    ...{ which: 'first', whole: days !== 4, copy_id: `copy-${days}`, bytes: 4_200_000 - days * 60_000 },
    ...{ made_at_ms: now_ms - days * DAY_MS - 1_500_000, payments: 1214 - days * 31 },
    newest_payment_ms: now_ms - days * DAY_MS - 1_600_000,
  });
  const list = [0, 1, 2, 3, 4, 9].map(made);
  const { which: _which, bytes: _bytes, whole: _whole, ...last } = list[0]!;
  let view: CopiesView = {
    first: { path: '/media/backup/Lakeshore', last, trouble: null },
    second: {
      path: '/media/usb-stick',
      last: null,
      trouble: { code: 'copy_folder_away', since_ms: now_ms - DAY_MS, next_try_ms: now_ms + 540_000 },
    },
    ...{ working: null, not_copied: 7, tested: null, test_due: true, restored: null },
  };
  if (world.situation === 'restored') {
    const restored = { at_ms: now_ms - 60_000, copy_made_at_ms: now_ms - DAY_MS, caught_up: false };
    view = { ...view, restored: { ...restored, found: { count: 0, sum: dollars(0) } } };
  }
  const plan = { mode: 'training' as const, office_name: 'Lakeshore Dental', desk: 'D1', ...last };
  return {
    'copies.state': () => view,
    'copies.list': () => ({ copies: list }),
    'copies.choose_folder': () => view,
    'copies.forget_folder': ({ which }) => (view = { ...view, [which]: null }),
    'copies.make': () => (view = { ...view, not_copied: 0 }),
    'copies.test': ({ recovery_key }) => {
      if (recovery_key.length < 32) throw new AppError('recovery_key_wrong');
      view = { ...view, tested: { at_ms: now_ms, by: PEOPLE[0]!.name, payments: 1214, missing: 7 }, test_due: false };
      return view;
    },
    'copies.cancel': () => ({}),
    'copies.without_square': () => view,
    'copies.find': () => ({
      folder: '/media/backup/Lakeshore',
      copies: list.map(({ which: _which, copy_id: _id, ...copy }, index) => ({
        ...{ index, mode: 'training', office_name: 'Lakeshore Dental', desk: 'D1' },
        ...copy,
      })),
    }),
    'copies.restore_begin': ({ recovery_key }) => {
      if (recovery_key.length < 32) throw new AppError('recovery_key_wrong');
      const { copy_id: _id, ...known } = plan;
      const people = PEOPLE.map(({ person_id, name, role }) => ({ person_id, name, role }));
      return { ...known, records: 58_112, people };
    },
    'copies.restore_finish': () => world.session,
    'copies.restore_cancel': () => ({}),
  };
}
