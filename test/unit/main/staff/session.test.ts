import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SetupInput } from '../../../../common/contract/office.ts';
import { makeIds, systemRandom } from '../../../../main/platform/ids.ts';
import { silentLog } from '../../../../main/platform/log.ts';
import type { ConfigStore, DeskConfig } from '../../../../main/platform/config.ts';
import { Session } from '../../../../main/staff/session.ts';
import { Setup } from '../../../../main/staff/setup.ts';
import { fakeDeviceSecrets, tempFolder } from '../../../support/builders.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { OWNER_PASSWORD, QUICK_COST } from '../../../support/temp-office.ts';

let temporary: ReturnType<typeof tempFolder>;
let clock: FakeClock;
let session: Session;
let setup: Setup;
let deviceSecrets: ReturnType<typeof fakeDeviceSecrets>;
let started: string[];
const config = memoryConfig();

function memoryConfig(): ConfigStore & { clear(): void } {
  let kept: DeskConfig;
  const clear = (): void => {
    kept = { mode: null, theme: 'system', contrast: 'system', bounds: null };
  };
  clear();
  return {
    clear,
    get: name => kept[name],
    set: (name, value) => {
      kept = { ...kept, [name]: value };
    },
  };
}

/** The app is started: nothing is remembered but the folder and the keyring. */
function start(): void {
  session = new Session({
    ...{ clock, random: systemRandom, deviceSecrets, config, log: silentLog, preview: false, version: '0' },
    cost: QUICK_COST,
    dataFolder: temporary.folder,
    announce: () => {},
    onAnchorFailure: () => {},
    start: (_ledger, folder) => {
      started.push(folder);
      return Promise.resolve({ stop: () => Promise.resolve(), inFlight: 0 });
    },
  });
  setup = new Setup(session, makeIds(clock, systemRandom), QUICK_COST);
}
beforeEach(() => {
  temporary = tempFolder();
  clock = createFakeClock();
  deviceSecrets = fakeDeviceSecrets();
  started = [];
  config.clear();
  start();
});
afterEach(async () => {
  await session.close();
  temporary.dispose();
});

const wish = (change: Partial<SetupInput> = {}): SetupInput => ({
  ...{ mode: 'live', office_name: 'Lakeshore', desk_code: 'D1', time_zone: 'America/Chicago', currency: 'USD' },
  ...{ owner_name: 'Marisol', password: OWNER_PASSWORD },
  ...change,
});
const code = (refusal: string) => expect.objectContaining({ code: refusal }) as Error;

/** Set-up with the right groups typed back; the app is then quit and started again. Answers the owner's id. */
async function founded(change: Partial<SetupInput> = {}): Promise<string> {
  const { recovery_groups, ask_groups } = setup.begin(wish(change));
  await setup.finish(ask_groups.map(group => recovery_groups[group - 1]!));
  const { person_id } = session.person!;
  await session.close();
  start();
  return person_id;
}

describe('set-up', () => {
  test('puts nothing on the disk before the recovery key was shown and proven', async () => {
    const { recovery_groups, ask_groups } = setup.begin(wish());
    expect(recovery_groups).toHaveLength(8);
    expect(new Set(ask_groups).size).toBe(2);
    expect(setup.shown.groups).toEqual(recovery_groups);
    await expect(setup.finish(null)).rejects.toEqual(code('recovery_key_wrong'));
    await expect(setup.finish(['AAAA', 'BBBB'])).rejects.toEqual(code('recovery_key_wrong'));
    expect((await session.state()).phase).toBe('setup');
    await setup.finish(ask_groups.map(group => ` ${recovery_groups[group - 1]!.toLowerCase()} `));
    expect(await session.state()).toMatchObject({
      phase: 'open',
      mode: 'live',
      person: { name: 'Marisol', role: 'owner' },
    });
  });

  test('of a training office may skip the proof, and comes with its invented customers', async () => {
    setup.begin(wish({ mode: 'training' }));
    await setup.finish(null);
    expect(session.ledger.database.prepare('SELECT count(*) FROM customer').pluck().get()).toBe(200);
    expect(await session.state()).toMatchObject({ mode: 'training', office: { currency: 'USD', today: '2026-01-15' } });
  });

  test('is refused when there is an office already, and cannot be finished before it was begun', async () => {
    await expect(setup.finish(null)).rejects.toEqual(code('setup_not_begun'));
    expect(() => setup.shown).toThrow(code('setup_not_begun'));
    await founded();
    expect(() => setup.begin(wish())).toThrow(code('setup_done'));
    expect(setup.begin(wish({ mode: 'training' })).recovery_groups).toHaveLength(8);
  });
});

describe('signing in', () => {
  test('opens the ledger with the right password, and nothing with a wrong one', async () => {
    const owner = await founded();
    expect(await session.state()).toMatchObject({ phase: 'signed_out', people: [{ name: 'Marisol' }], office: null });
    expect(() => session.ledger).toThrow(code('not_signed_in'));
    await expect(session.signIn(owner, 'not the password')).rejects.toEqual(code('wrong_password'));
    expect(() => session.ledger).toThrow(code('not_signed_in'));
    await session.signIn(owner, OWNER_PASSWORD);
    expect(await session.state()).toMatchObject({ phase: 'open', office: { name: 'Lakeshore' } });
  });

  test('twice at once, as with a double click, opens the ledger once and breaks nothing', async () => {
    const owner = await founded();
    await Promise.all([1, 2, 3].map(() => session.signIn(owner, OWNER_PASSWORD)));
    expect(started).toHaveLength(2);
    expect(await session.state()).toMatchObject({ phase: 'open', broken: null });
  });

  test('while the other office is chosen never leaves the screen in one office and the ledger in another', async () => {
    const owner = await founded();
    const entering = session.signIn(owner, OWNER_PASSWORD);
    const leaving = session.switchMode('training');
    await Promise.allSettled([entering, leaving]);
    const state = await session.state();
    expect(state).toMatchObject({ mode: 'training', person: null });
    expect(() => session.ledger).toThrow(expect.objectContaining({ code: 'not_signed_in' }));
  });

  test('an unlocking that is overtaken by signing out lets nobody in', async () => {
    const owner = await founded();
    await session.signIn(owner, OWNER_PASSWORD);
    session.lock();
    const unlocking = session.unlock(OWNER_PASSWORD);
    await Promise.resolve();
    session.signOut();
    await expect(unlocking).rejects.toEqual(code('not_signed_in'));
    expect(await session.state()).toMatchObject({ phase: 'signed_out', person: null });
  });

  test('many wrong passwords at once are counted one after another, and the later ones have to wait', async () => {
    const owner = await founded();
    const guesses = Array.from({ length: 10 }, (_, index) => session.signIn(owner, `wrong guess ${index}`));
    const codes = (await Promise.allSettled(guesses)).map(
      guess => (guess as PromiseRejectedResult).reason.code as string,
    );
    expect(codes.filter(one => one === 'wrong_password')).toHaveLength(3);
    expect(codes.filter(one => one === 'too_many_tries')).toHaveLength(7);
    await expect(session.signIn(owner, OWNER_PASSWORD)).rejects.toEqual(code('too_many_tries'));
    expect((await session.state()).wait_ms).toBe(3000);
    await clock.advance(3000);
    await session.signIn(owner, OWNER_PASSWORD);
    expect((await session.state()).wait_ms).toBe(0);
  });

  test.each(['nobody', '', '__proto__', 'constructor', 'recovery'])(
    'as %j is a wrong password like any other',
    async name => {
      await founded();
      const refused = await session
        .signIn(name, OWNER_PASSWORD)
        .catch((error: { code: string; details: object }) => error);
      expect(refused).toMatchObject({ code: 'wrong_password', details: { wait_ms: 0 } });
      expect((await session.state()).phase).toBe('signed_out');
    },
  );

  test('without an office is refused', async () => {
    await expect(session.signIn('p', OWNER_PASSWORD)).rejects.toEqual(code('not_signed_in'));
  });
});

describe('locking and signing out', () => {
  test('close the screen and leave the ledger open, so that money on its way goes on being settled', async () => {
    const owner = await founded();
    await session.signIn(owner, OWNER_PASSWORD);
    session.lock();
    expect((await session.state()).phase).toBe('locked');
    expect(session.ledger.database.open).toBe(true);
    await expect(session.unlock('wrong password')).rejects.toEqual(code('wrong_password'));
    expect(session.locked).toBe(true);
    await session.unlock(OWNER_PASSWORD);
    expect((await session.state()).phase).toBe('open');
    session.signOut();
    expect(await session.state()).toMatchObject({ phase: 'signed_out', office: null, person: null });
    expect(session.ledger.database.open).toBe(true);
    await expect(session.unlock(OWNER_PASSWORD)).rejects.toEqual(code('not_signed_in'));
    await expect(session.signIn(owner, 'wrong password')).rejects.toEqual(code('wrong_password'));
    await session.signIn(owner, OWNER_PASSWORD);
    expect(started).toHaveLength(2);
  });

  test('nobody can lock a desk at which nobody is', async () => {
    await founded();
    session.lock();
    expect((await session.state()).phase).toBe('signed_out');
  });
});

describe('training beside live', () => {
  test('are two ledgers that share nothing', async () => {
    await founded();
    await session.switchMode('training');
    expect(await session.state()).toMatchObject({ phase: 'setup', mode: 'training', other_mode: 'live', people: [] });
    setup.begin(wish({ mode: 'training', office_name: 'Playground' }));
    await setup.finish(null);
    expect(await session.state()).toMatchObject({ office: { name: 'Playground' }, other_mode: 'live' });
    await session.switchMode('live');
    expect(await session.state()).toMatchObject({ phase: 'signed_out', mode: 'live', other_mode: 'training' });
  });
});

test('set-up that is finished twice, with the other office chosen in between, leaves one office open', async () => {
  const owner = await founded();
  await session.switchMode('training');
  setup.begin(wish({ mode: 'training', office_name: 'Playground' }));
  const finished = await Promise.allSettled([
    setup.finish(null),
    session.switchMode('live'),
    session.signIn(owner, OWNER_PASSWORD),
    setup.finish(null),
  ]);
  expect(finished.map(one => one.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  expect(await session.state()).toMatchObject({ mode: 'live', phase: 'open' });
  expect(session.ledger.identity.mode).toBe('live');
});
