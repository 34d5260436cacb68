import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ROLES } from '../../../../common/permissions.ts';
import { changeSlots } from '../../../../main/ledger/slots.ts';
import { verify } from '../../../../main/ledger/verify.ts';
import { OWNER_PASSWORD } from '../../../support/temp-office.ts';
import { FIRST, StaffDesk } from './desk.ts';

let desk: StaffDesk;
beforeEach(async () => {
  desk = new StaffDesk();
  await desk.found();
});
afterEach(() => desk.close());

const code = (refusal: string) => expect.objectContaining({ code: refusal }) as Error;
const OWN = 'my own good password';
const proof = OWNER_PASSWORD;

describe('a person who was added', () => {
  test('signs in with the first password, must choose their own before anything answers, and then works', async () => {
    const clerk = await desk.add('Jordan Okafor', 'clerk');
    await desk.restart();
    const { session, people } = desk;
    await session.signIn(clerk, FIRST);
    expect(await session.state()).toMatchObject({ phase: 'choose_password', person: { role: 'clerk' } });
    expect(session.locked).toBe(true);
    await expect(people.choosePassword(FIRST)).rejects.toEqual(code('password_same'));
    await expect(people.choosePassword('password123')).rejects.toEqual(code('password_common'));
    await people.choosePassword(OWN);
    expect(await session.state()).toMatchObject({ phase: 'open', person: { name: 'Jordan Okafor', role: 'clerk' } });
    session.signOut();
    await expect(session.signIn(clerk, FIRST)).rejects.toEqual(code('wrong_password'));
    await session.signIn(clerk, OWN);
    expect(session.phase).toBe('open');
    expect(desk.facts()).toEqual(['staff.added', 'staff.added', 'staff.password_changed']);
  });

  test('cannot get round choosing: neither by locking and unlocking nor by starting again', async () => {
    const clerk = await desk.add('Jordan Okafor', 'clerk');
    const { session } = desk;
    await session.signIn(clerk, FIRST);
    session.lock();
    await session.unlock(FIRST);
    expect(session.phase).toBe('choose_password');
    await desk.restart();
    await desk.session.signIn(clerk, FIRST);
    expect(desk.session.phase).toBe('choose_password');
  });

  test('needs the password of who adds them, and a name that nobody here has', async () => {
    await expect(desk.add('Jordan', 'clerk', 'not my password')).rejects.toEqual(code('wrong_password'));
    await desk.add('Jordan', 'clerk');
    await expect(desk.add('JORDAN', 'clerk')).rejects.toEqual(code('person_exists'));
    expect(desk.facts()).toEqual(['staff.added', 'staff.added']);
  });

  test.each(['password1', 'qwertyuiop', '12345678', '87654321', 'aaaaaaaaaaaa', 'Welcome123', '  password '])(
    'is not given the password %j',
    async first_password => {
      const wish = { name: 'Jordan', role: 'clerk' as const, first_password, proof };
      await expect(desk.people.add(wish)).rejects.toEqual(code('password_common'));
    },
  );

  test('whose slot was never written needs a new password, and works with one', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    const { session, people } = desk;
    changeSlots(session.folder!, session.opened!.ledgerKey, slots =>
      slots.filter(slot => slot.kind !== 'person' || slot.person_id !== clerk),
    );
    expect((await people.view()).people[1]).toMatchObject({ name: 'Jordan', state: 'needs_password' });
    await people.setPassword({ person_id: clerk, first_password: FIRST, proof });
    expect((await people.view()).people[1]).toMatchObject({ state: 'must_choose' });
    await desk.arrive(clerk, OWN);
    expect(session.phase).toBe('open');
  });
});

describe('a role', () => {
  test('counts from the change on, whoever was signed in, and the ledger’s word counts', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    await desk.people.changeRole({ person_id: clerk, role: 'lead', proof });
    await desk.arrive(clerk, OWN);
    expect(desk.session.person).toMatchObject({ role: 'lead' });
    expect(desk.session.permissions()).toContain('reports.see');
    expect(desk.session.permissions()).not.toContain('people.manage');
    const { ledger } = desk.session;
    // What a cut-short change left behind: the slot still says lead.
    ledger.write(desk.owner, write => write.fact('staff.role_changed', { person_id: clerk, role: 'auditor' }));
    await desk.restart();
    await desk.session.signIn(clerk, OWN);
    expect(desk.session.person).toMatchObject({ role: 'auditor' });
  });

  test('of owner is given, changed and taken by owners only; a manager gives every other', async () => {
    const manager = await desk.add('Lucía', 'manager');
    const clerk = await desk.add('Jordan', 'clerk');
    const { people } = desk;
    await desk.arrive(manager, OWN);
    const view = await people.view();
    expect(view.roles).toEqual(ROLES.filter(role => role !== 'owner'));
    expect(view.people.map(one => one.may_change)).toEqual([false, true, true]);
    const wish = { proof: OWN };
    await expect(people.changeRole({ person_id: manager, role: 'owner', ...wish })).rejects.toEqual(
      code('not_allowed'),
    );
    await expect(people.changeRole({ person_id: clerk, role: 'owner', ...wish })).rejects.toEqual(code('not_allowed'));
    await expect(people.changeRole({ person_id: desk.owner, role: 'clerk', ...wish })).rejects.toEqual(
      code('not_allowed'),
    );
    await expect(people.remove({ person_id: desk.owner, ...wish })).rejects.toEqual(code('not_allowed'));
    await expect(people.setPassword({ person_id: desk.owner, first_password: FIRST, ...wish })).rejects.toEqual(
      code('not_allowed'),
    );
    await expect(desk.add('Eve', 'owner', OWN)).rejects.toEqual(code('not_allowed'));
    await people.changeRole({ person_id: clerk, role: 'accountant', ...wish });
    expect(desk.session.permissions()).not.toContain('keys.manage');
  });

  test('of the last owner cannot be changed, nor that owner removed; an owner who cannot sign in does not count', async () => {
    const { people } = desk;
    const last = code('last_owner');
    await expect(people.changeRole({ person_id: desk.owner, role: 'clerk', proof })).rejects.toEqual(last);
    await expect(people.remove({ person_id: desk.owner, proof })).rejects.toEqual(last);
    expect((await people.view()).people[0]).toMatchObject({ may_remove: false });
    const second = await desk.add('Ana', 'owner');
    const { session } = desk;
    changeSlots(session.folder!, session.opened!.ledgerKey, slots =>
      slots.map(slot => (slot.kind === 'person' && slot.person_id === second ? { ...slot, device: 'gone' } : slot)),
    );
    await expect(people.remove({ person_id: desk.owner, proof })).rejects.toEqual(last);
    await people.setPassword({ person_id: second, first_password: FIRST, proof });
    await people.changeRole({ person_id: desk.owner, role: 'clerk', proof });
    expect(session.person).toMatchObject({ role: 'clerk' });
    expect(session.permissions()).not.toContain('people.manage');
  });
});

describe('a person who is removed', () => {
  test('opens nothing any more, and stays named in what they did', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    await desk.arrive(clerk, OWN);
    desk.session.ledger.write(clerk, write => write.fact('setting.changed', { name: 'office_name', value: 'Theirs' }));
    await desk.session.signIn(desk.owner, OWNER_PASSWORD);
    await desk.people.remove({ person_id: clerk, proof });
    desk.session.signOut();
    await expect(desk.session.signIn(clerk, OWN)).rejects.toEqual(code('wrong_password'));
    expect((await desk.session.state()).people.map(one => one.name)).toEqual(['Marisol Ortiz']);
    for (const copy of ['a', 'b']) {
      expect(readFileSync(join(desk.session.folder!, `slots-${copy}.json`), 'utf8')).not.toContain(clerk);
    }
    const { database } = desk.session.ledger;
    const name = database.prepare('SELECT name FROM person WHERE person_id = ?').pluck().get(clerk);
    expect(name).toBe('Jordan');
    const open = (subject: string, sealed: string): unknown => desk.session.ledger.openPersonal(subject, sealed);
    expect((await verify(database, open)).problems).toEqual([]);
  });

  test('leaves a new device secret: the others move to it as they sign in, and then the old one is gone', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    const lead = await desk.add('Priya', 'lead');
    await desk.arrive(lead, OWN);
    await desk.session.signIn(desk.owner, OWNER_PASSWORD);
    const secrets = async () => (await desk.deviceSecrets.read(desk.session.folder!)).map(one => one.id);
    const [before] = await secrets();
    await desk.people.remove({ person_id: clerk, proof });
    expect(await secrets()).toHaveLength(2);
    await desk.restart();
    await desk.session.signIn(lead, OWN);
    expect(desk.session.phase).toBe('open');
    const after = await secrets();
    expect(after).toHaveLength(1);
    expect(after).not.toContain(before);
    await desk.session.signIn(desk.owner, OWNER_PASSWORD);
    expect((await desk.session.state()).people.map(one => one.name)).toEqual(['Marisol Ortiz', 'Priya']);
    expect(desk.bugs).toEqual([]);
  });

  test('twice in a row, with people who did not sign in between, loses nobody', async () => {
    const [one, two, three] = [
      await desk.add('A', 'clerk'),
      await desk.add('B', 'clerk'),
      await desk.add('C', 'clerk'),
    ];
    await desk.arrive(three, OWN);
    await desk.session.signIn(desk.owner, OWNER_PASSWORD);
    await desk.people.remove({ person_id: one, proof });
    await desk.people.remove({ person_id: two, proof });
    await desk.restart();
    expect((await desk.session.state()).people.map(person => person.name)).toEqual(['Marisol Ortiz', 'C']);
    await desk.session.signIn(three, OWN);
    await desk.session.signIn(desk.owner, OWNER_PASSWORD);
    expect(desk.bugs).toEqual([]);
  });

  test('and was at the desk is signed out', async () => {
    await desk.add('Ana', 'owner');
    const { session, people } = desk;
    await expect(people.remove({ person_id: desk.owner, proof })).rejects.toEqual(code('not_signed_in'));
    expect(await session.state()).toMatchObject({ phase: 'signed_out', people: [{ name: 'Ana' }] });
  });

  test('whose slot came back, as from an older key file, is refused by the ledger', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    desk.session.ledger.write(desk.owner, write => write.fact('staff.removed', { person_id: clerk }));
    await desk.restart();
    await expect(desk.session.signIn(clerk, FIRST)).rejects.toEqual(code('person_not_found'));
    expect(desk.session.person).toBeNull();
  });
});

describe('the own password', () => {
  test('is changed with the old one, in one slot only, and wrong old ones are counted', async () => {
    const { session, people } = desk;
    await expect(people.changeOwnPassword('not it', OWN)).rejects.toEqual(code('wrong_password'));
    await expect(people.changeOwnPassword(OWNER_PASSWORD, OWNER_PASSWORD)).rejects.toEqual(code('password_same'));
    await expect(people.changeOwnPassword(OWNER_PASSWORD, 'short')).rejects.toEqual(code('invalid_input'));
    await people.changeOwnPassword(OWNER_PASSWORD, OWN);
    session.signOut();
    await expect(session.signIn(desk.owner, OWNER_PASSWORD)).rejects.toEqual(code('wrong_password'));
    await session.signIn(desk.owner, OWN);
    for (let wrong = 0; wrong < 3; wrong += 1) {
      await expect(people.changeOwnPassword('not it', 'another good one')).rejects.toMatchObject({
        code: 'wrong_password',
      });
    }
    await expect(people.changeOwnPassword(OWN, 'another good one')).rejects.toEqual(code('too_many_tries'));
  });

  test('of somebody else is set only as a first one; one’s own is not set at all', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    await desk.arrive(clerk, OWN);
    await desk.session.signIn(desk.owner, OWNER_PASSWORD);
    const { people } = desk;
    const wish = { first_password: 'a new first password', proof };
    await expect(people.setPassword({ person_id: desk.owner, ...wish })).rejects.toEqual(code('not_allowed'));
    await expect(people.setPassword({ person_id: 'nobody', ...wish })).rejects.toEqual(code('person_not_found'));
    await people.setPassword({ person_id: clerk, ...wish });
    await expect(desk.session.signIn(clerk, OWN)).rejects.toEqual(code('wrong_password'));
    await desk.session.signIn(clerk, 'a new first password');
    expect(desk.session.phase).toBe('choose_password');
  });

  test('nobody who has already chosen can choose without the old one', async () => {
    await expect(desk.people.choosePassword(OWN)).rejects.toEqual(code('not_allowed'));
  });
});

describe('the idle lock', () => {
  test('is five minutes, a fact when it is changed, and no fact when it is not', async () => {
    expect(await desk.people.view()).toMatchObject({ idle_minutes: 5 });
    const before = desk.session.ledger.head.seq;
    expect(await desk.people.setIdleLock(2)).toMatchObject({ idle_minutes: 2 });
    await desk.people.setIdleLock(2);
    expect(desk.session.ledger.head.seq).toBe(before + 1);
    expect(desk.session.idle_minutes).toBe(2);
    desk.session.lock();
    expect(desk.session.idle_minutes).toBeNull();
  });
});
