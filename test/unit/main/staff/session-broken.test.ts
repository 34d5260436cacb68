import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../common/errors.ts';
import { OWNER_PASSWORD } from '../../../support/temp-office.ts';
import { StaffDesk } from './desk.ts';

let desk: StaffDesk;

beforeEach(async () => {
  desk = new StaffDesk();
  await desk.found();
  await desk.restart();
});
afterEach(() => desk.close());

const code = (refusal: string) => expect.objectContaining({ code: refusal }) as Error;

describe('an office that cannot be opened says why', () => {
  test('and says so once, however often the page asks', async () => {
    desk.deviceSecrets.lost = true;
    desk.announced.length = 0;
    await desk.session.state();
    expect(desk.announced).toEqual(['session.changed']);
    await desk.session.state();
    await desk.session.state();
    expect(desk.announced).toEqual(['session.changed']);
    await desk.session.switchMode('live');
    await desk.session.state();
    await desk.session.state();
    expect(desk.announced).toEqual(['session.changed', 'session.changed', 'session.changed']);
  });

  test('a keyring that forgot', async () => {
    desk.deviceSecrets.lost = true;
    expect(await desk.session.state()).toMatchObject({ broken: { code: 'keyring_lost' }, people: [] });
    expect((await desk.session.state()).phase).toBe('broken');
  });

  test('damaged keys', async () => {
    for (const copy of ['a', 'b'])
      writeFileSync(join(join(desk.temporary.folder, 'live'), `slots-${copy}.json`), 'noise');
    await desk.session.state();
    expect(await desk.session.state()).toMatchObject({ phase: 'broken', broken: { code: 'keys_damaged' } });
  });

  test('a missing ledger', async () => {
    const { owner } = desk;
    rmSync(join(join(desk.temporary.folder, 'live'), 'ledger.db'));
    await expect(desk.session.signIn(owner, OWNER_PASSWORD)).rejects.toEqual(code('ledger_missing'));
    expect((await desk.session.state()).phase).toBe('broken');
  });

  test('a damaged ledger', async () => {
    const { owner } = desk;
    const bytes = readFileSync(join(join(desk.temporary.folder, 'live'), 'ledger.db'));
    bytes.fill(0x5a, 100, 600);
    writeFileSync(join(join(desk.temporary.folder, 'live'), 'ledger.db'), bytes);
    await expect(desk.session.signIn(owner, OWNER_PASSWORD)).rejects.toEqual(code('ledger_damaged'));
    expect(await desk.session.state()).toMatchObject({ phase: 'broken', broken: { code: 'ledger_damaged' } });
  });
});

describe('an office whose disk fails while it is open', () => {
  const failing = new AppError('ledger_damaged', { engine: 'SQLITE_IOERR_WRITE' });

  test('closes at once, and opens again only when it is closed', async () => {
    const { owner } = desk;
    await desk.session.signIn(owner, OWNER_PASSWORD);
    let stopped = (): void => {};
    desk.stopping = new Promise(resolve => (stopped = resolve));
    desk.session.ledger.condemn(failing);
    expect(await desk.session.state()).toMatchObject({
      phase: 'broken',
      broken: { code: 'ledger_damaged' },
      person: null,
    });
    let closed = false;
    const again = desk.session.switchMode('live').then(() => (closed = true));
    for (let turn = 0; turn < 10; turn += 1) await new Promise(resolve => setImmediate(resolve));
    expect(closed).toBe(false);
    stopped();
    await again;
    await desk.session.signIn(owner, OWNER_PASSWORD);
    expect(await desk.session.state()).toMatchObject({ phase: 'open', broken: null });
  });

  test('does not open when it fails while it is started', async () => {
    const { owner } = desk;
    desk.whileStarting = ledger => ledger.condemn(failing);
    await expect(desk.session.signIn(owner, OWNER_PASSWORD)).rejects.toEqual(code('ledger_damaged'));
    expect(await desk.session.state()).toMatchObject({ phase: 'broken', person: null });
    desk.whileStarting = () => undefined;
    await desk.session.switchMode('live');
    await desk.session.signIn(owner, OWNER_PASSWORD);
    expect((await desk.session.state()).phase).toBe('open');
  });
});
