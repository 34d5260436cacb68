import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRecoveryKey } from '../../../../main/ledger/keys.ts';
import { openRecoverySlot, readSlots } from '../../../../main/ledger/slots.ts';
import { systemRandom } from '../../../../main/platform/ids.ts';
import { openFolder } from '../../../../main/staff/office-folder.ts';
import { recoverFolder } from '../../../../main/staff/recovery.ts';
import { Vault } from '../../../../main/staff/vault.ts';
import { fakeDeviceSecrets } from '../../../support/builders.ts';
import { OWNER_PASSWORD, QUICK_COST } from '../../../support/temp-office.ts';
import { FIRST, StaffDesk } from './desk.ts';

let desk: StaffDesk;
beforeEach(async () => {
  desk = new StaffDesk();
  await desk.found();
});
afterEach(() => desk.close());

const code = (refusal: string) => expect.objectContaining({ code: refusal }) as Error;
const NEW = 'a password after the loss';
const key = (): string => desk.groups.join(' ').toLowerCase();

describe('the recovery key', () => {
  test('lets an owner choose a new password; the others’ passwords go on working', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    await desk.restart();
    const { recovery, session } = desk;
    const opened = await recovery.open(key());
    expect(opened).toEqual({ owners: [{ person_id: desk.owner, name: 'Marisol Ortiz' }], device_secret: 'kept' });
    await recovery.finish(desk.owner, NEW);
    expect(await session.state()).toMatchObject({ phase: 'open', person: { name: 'Marisol Ortiz', role: 'owner' } });
    expect(desk.facts().at(-1)).toBe('key.recovery_used');
    await desk.restart();
    await expect(desk.session.signIn(desk.owner, OWNER_PASSWORD)).rejects.toEqual(code('wrong_password'));
    await desk.session.signIn(desk.owner, NEW);
    await desk.session.signIn(clerk, FIRST);
  });

  test('is forgiving about how it is typed, and says when it cannot be one', async () => {
    const typed = [desk.groups.join(''), desk.groups.join('-'), `  ${desk.groups.join(' - ').toLowerCase()} `];
    for (const text of typed) expect((await desk.recovery.open(text)).owners).toHaveLength(1);
    for (const text of ['', 'ABCD', 'U'.repeat(32)]) {
      await expect(desk.recovery.open(text)).rejects.toEqual(code('recovery_key_wrong'));
    }
    expect((await desk.recovery.open(key())).owners).toHaveLength(1);
  });

  test('when wrong is counted like a password, also over a restart', async () => {
    const wrong = '0'.repeat(32);
    for (let count = 0; count < 3; count += 1) {
      await expect(desk.recovery.open(wrong)).rejects.toEqual(code('recovery_key_wrong'));
    }
    await desk.restart();
    await expect(desk.recovery.open(key())).rejects.toMatchObject({
      code: 'too_many_tries',
      details: { wait_ms: 3000 },
    });
    await desk.clock.advance(3000);
    await desk.recovery.open(key());
    expect((await desk.session.state()).wait_ms).toBe(0);
  });

  test('that was proven is for owners, for ten minutes, and for one new password', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    const { recovery } = desk;
    await expect(recovery.finish(desk.owner, NEW)).rejects.toEqual(code('recovery_not_begun'));
    await recovery.open(key());
    await expect(recovery.finish(clerk, NEW)).rejects.toEqual(code('person_not_found'));
    await expect(recovery.finish(desk.owner, 'password1')).rejects.toEqual(code('password_common'));
    await desk.clock.advance(11 * 60_000);
    await expect(recovery.finish(desk.owner, NEW)).rejects.toEqual(code('recovery_not_begun'));
    await recovery.open(key());
    await recovery.finish(desk.owner, NEW);
    await expect(recovery.finish(desk.owner, NEW)).rejects.toEqual(code('recovery_not_begun'));
  });

  test('ends the wait of the owner who had forgotten the password', async () => {
    await desk.restart();
    for (let count = 0; count < 3; count += 1) {
      await expect(desk.session.signIn(desk.owner, 'wrong')).rejects.toEqual(code('wrong_password'));
    }
    await desk.recovery.open(key());
    await desk.recovery.finish(desk.owner, NEW);
    expect((await desk.session.state()).wait_ms).toBe(0);
  });
});

describe('a lost keyring', () => {
  test('is told, opens with the recovery key, and marks the others as needing a new password', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    desk.session.ledger.write(desk.owner, write =>
      write.fact('setting.changed', { name: 'office_name', value: 'Lakeshore Dental' }),
    );
    await desk.restart();
    desk.deviceSecrets.lost = true;
    expect(await desk.session.state()).toMatchObject({ phase: 'broken', broken: { code: 'keyring_lost' } });
    expect(await desk.recovery.open(key())).toMatchObject({ device_secret: 'lost' });
    await desk.recovery.finish(desk.owner, NEW);
    const state = await desk.session.state();
    expect(state).toMatchObject({ phase: 'open', broken: null, office: { name: 'Lakeshore Dental' } });
    expect(state.people.map(one => [one.name, one.needs_password])).toEqual([
      ['Marisol Ortiz', false],
      ['Jordan', true],
    ]);
    expect((await desk.people.view()).people[1]).toMatchObject({ state: 'needs_password' });
    await desk.restart();
    await expect(desk.session.signIn(clerk, FIRST)).rejects.toEqual(code('password_needed'));
    await desk.session.signIn(desk.owner, NEW);
    await desk.people.setPassword({ person_id: clerk, first_password: 'another first one', proof: NEW });
    await desk.session.signIn(clerk, 'another first one');
    await desk.people.choosePassword('their own at last');
    expect(desk.session.phase).toBe('open');
    expect(desk.bugs).toEqual([]);
  });

  test('a keyring that only cannot be reached now is not taken for a lost one, and nothing is made anew', async () => {
    await desk.restart();
    const { deviceSecrets } = desk;
    const read = deviceSecrets.read.bind(deviceSecrets);
    deviceSecrets.read = () => Promise.reject(Object.assign(new Error('locked'), { code: 'keyring_unavailable' }));
    await expect(desk.recovery.open(key())).rejects.toMatchObject({ code: 'keyring_unavailable' });
    deviceSecrets.read = read;
    await desk.session.signIn(desk.owner, OWNER_PASSWORD);
  });
});

test('a folder from another computer is opened by `recoverFolder`: one person gets in, removed ones lose their slot', async () => {
  const clerk = await desk.add('Jordan', 'clerk');
  const gone = await desk.add('Gone', 'clerk');
  desk.session.ledger.write(desk.owner, write => write.fact('staff.removed', { person_id: gone }));
  const from = desk.session.folder!;
  await desk.session.close();
  const folder = join(desk.temporary.folder, 'elsewhere');
  mkdirSync(folder);
  for (const file of ['ledger.db', 'slots-a.json', 'slots-b.json']) cpSync(join(from, file), join(folder, file));
  const tools = { clock: desk.clock, random: systemRandom, deviceSecrets: fakeDeviceSecrets(), onAnchorFailure() {} };
  const ledgerKey = openRecoverySlot(readSlots(folder), readRecoveryKey(key()));
  const wish = { person_id: desk.owner, password: NEW, cost: QUICK_COST };
  await expect(recoverFolder(folder, ledgerKey, { ...wish, person_id: gone }, tools)).rejects.toEqual(
    code('person_not_found'),
  );
  await recoverFolder(folder, ledgerKey, wish, tools);
  const vault = new Vault(folder, tools);
  expect((await vault.people()).map(door => [door.person_id, door.usable])).toEqual([
    [desk.owner, true],
    [clerk, false],
  ]);
  const opened = openFolder(folder, (await vault.open(desk.owner, NEW)).current, tools);
  opened.ledger.close();
  opened.release();
});
