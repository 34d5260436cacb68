import type { CallName } from '../../../common/contract/index.ts';
import type { PeopleView } from '../../../common/contract/people.ts';
import { AppError } from '../../../common/errors.ts';
import { passwordProblem } from '../../../common/passwords.ts';
import { ROLE_PERMISSIONS, ROLES } from '../../../common/permissions.ts';
import { nextId, PEOPLE } from './fake-data.ts';
import type { Answers, FakeWorld } from './fake-world.ts';

type PeopleCalls = Extract<CallName, `people.${string}` | `recovery.${string}` | `keys.${string}`>;
type Listed = PeopleView['people'][number];

/** The one password of the fake desk; everything else is wrong. */
const PASSWORD = 'correct horse';
const GROUPS = ['4TN8', 'QW2M', '0XKD', 'B7RE', 'ZC5H', '9PVA', 'J3SG', 'Y6F1'];

export function peopleAnswers(world: FakeWorld): Pick<Answers, PeopleCalls> {
  let idle_minutes = 5;
  let listed: Listed[] = PEOPLE.map((person, index) => ({
    ...person,
    state: index === 1 ? 'must_choose' : index === 3 ? 'needs_password' : 'ready',
    may_change: true,
    may_remove: person.role !== 'owner',
  }));
  const view = (): PeopleView => ({ people: listed, roles: [...ROLES], idle_minutes });
  const prove = (proof: string): void => {
    if (proof !== PASSWORD) throw new AppError('wrong_password', { wait_ms: 0 });
  };
  const change = (person_id: string, part: Partial<Listed>): PeopleView => {
    listed = listed.map(person => (person.person_id === person_id ? { ...person, ...part } : person));
    return view();
  };
  return {
    'people.list': view,
    'people.add': ({ name, role, first_password, proof }) => {
      prove(proof);
      if (passwordProblem(first_password)) throw new AppError('password_common');
      const person = { person_id: nextId(), name, role, state: 'must_choose' as const };
      listed = [...listed, { ...person, may_change: true, may_remove: true }];
      return view();
    },
    'people.change_role': ({ person_id, role, proof }) => {
      prove(proof);
      return change(person_id, { role });
    },
    'people.set_password': ({ person_id, proof }) => {
      prove(proof);
      return change(person_id, { state: 'must_choose' });
    },
    'people.remove': ({ person_id, proof }) => {
      prove(proof);
      listed = listed.filter(person => person.person_id !== person_id);
      return view();
    },
    'people.set_idle_lock': ({ minutes }) => {
      idle_minutes = minutes;
      return view();
    },
    'people.change_own_password': ({ old_password }) => {
      prove(old_password);
      return {};
    },
    ...keyAnswers(world, prove),
  };
}

function keyAnswers(
  world: FakeWorld,
  prove: (proof: string) => void,
): Pick<Answers, Exclude<PeopleCalls, `people.${string}`> | 'people.choose_password'> {
  const enter = () => {
    const owner = PEOPLE.find(person => person.role === 'owner')!;
    const person = { ...owner, permissions: [...ROLE_PERMISSIONS.owner] };
    world.session = { ...world.session, phase: 'open', broken: null, person };
    return world.session;
  };
  return {
    'people.choose_password': enter,
    'recovery.open': ({ key }) => {
      if (key.replace(/[\s-]/g, '').toUpperCase() !== GROUPS.join('')) throw new AppError('recovery_key_wrong');
      const owners = PEOPLE.filter(person => person.role === 'owner');
      return { owners: owners.map(({ person_id, name }) => ({ person_id, name })), device_secret: 'lost' };
    },
    'recovery.finish': enter,
    'keys.new_recovery': ({ proof }) => {
      prove(proof);
      return { recovery_groups: GROUPS, ask_groups: [2, 6] };
    },
    'keys.print_recovery': () => ({}),
    'keys.accept_recovery': () => {
      for (const step of ['copy', 'slots', 'file', 'check', 'switch', 'finish'])
        world.announce('keys.progress', { step });
      return {};
    },
  };
}
