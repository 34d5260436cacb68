import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OWNER_PASSWORD } from '../../../support/temp-office.ts';
import { FIRST, StaffDesk } from './desk.ts';

let desk: StaffDesk;
beforeEach(async () => {
  desk = new StaffDesk();
  await desk.found();
});
afterEach(() => desk.close());

const code = (refusal: string) => expect.objectContaining({ code: refusal }) as Error;

/** Begins and types the right groups back. Answers the new key. */
async function renew(change_ledger_key: boolean): Promise<string[]> {
  const { recovery_groups, ask_groups } = await desk.keys.begin(OWNER_PASSWORD);
  await desk.keys.accept(
    ask_groups.map(group => recovery_groups[group - 1]!),
    change_ledger_key,
  );
  return recovery_groups;
}

describe('a new recovery key', () => {
  test('counts once two groups were typed back, and the old one stops', async () => {
    const old = desk.groups.join('');
    const { recovery_groups, ask_groups } = await desk.keys.begin(OWNER_PASSWORD);
    await expect(desk.keys.accept(['0000', '0000'], false)).rejects.toEqual(code('recovery_key_wrong'));
    expect((await desk.recovery.open(old)).owners).toHaveLength(1);
    expect(desk.keys.shown).toEqual({ office: 'Lakeshore', groups: recovery_groups });
    const right = ask_groups.map(group => ` ${recovery_groups[group - 1]!.toLowerCase()} `);
    await desk.keys.accept(right, false);
    expect((await desk.recovery.open(recovery_groups.join(''))).owners).toHaveLength(1);
    await expect(desk.recovery.open(old)).rejects.toEqual(code('recovery_key_wrong'));
    expect(desk.facts().at(-1)).toBe('key.recovery_renewed');
    await expect(desk.keys.accept(right, false)).rejects.toEqual(code('recovery_not_begun'));
  });

  test('needs the password, and is shown to nobody but who asked for it', async () => {
    await expect(desk.keys.begin('not it')).rejects.toEqual(code('wrong_password'));
    const second = await desk.add('Ana', 'owner');
    await desk.keys.begin(OWNER_PASSWORD);
    await desk.session.signIn(second, FIRST);
    expect(() => desk.keys.shown).toThrow(code('recovery_not_begun'));
  });
});

describe('a new ledger key', () => {
  test('leaves everybody’s password and the new recovery key working, and the person at the desk', async () => {
    const clerk = await desk.add('Jordan', 'clerk');
    const before = desk.session.opened!.ledgerKey;
    const groups = await renew(true);
    expect(desk.session.opened!.ledgerKey.equals(before)).toBe(false);
    expect(desk.session.phase).toBe('open');
    expect(desk.copies).toBe(1);
    expect(desk.facts().slice(-2)).toEqual(['key.recovery_renewed', 'key.rotated']);
    expect(desk.announced.filter(name => name === 'keys.progress').length).toBeGreaterThan(4);
    await desk.restart();
    await desk.session.signIn(desk.owner, OWNER_PASSWORD);
    await desk.session.signIn(clerk, FIRST);
    await desk.people.choosePassword('chosen by Jordan');
    expect((await desk.recovery.open(groups.join(''))).owners).toHaveLength(1);
    expect(desk.bugs).toEqual([]);
  });

  test('waits for money on its way, and takes a copy first; without one nothing is changed but the recovery key', async () => {
    desk.inFlight = 1;
    await expect(renew(true)).rejects.toEqual(code('queue_not_empty'));
    desk.inFlight = 0;
    desk.copyFails = true;
    const before = desk.session.opened!.ledgerKey;
    await expect(renew(true)).rejects.toThrow('no copy');
    expect(desk.session.opened!.ledgerKey).toEqual(before);
    expect(desk.session.phase).toBe('open');
  });

  test('signs out when the office does not start again; the next sign-in opens it with the new key', async () => {
    const before = desk.session.opened!.ledgerKey;
    const { announce } = desk.session.ports;
    Object.assign(desk.session.ports, {
      announce: (name: 'session.changed', payload: Record<string, never>) => {
        if ((name as string) === 'keys.progress') desk.startFails = true;
        announce(name, payload);
      },
    });
    await expect(renew(true)).rejects.toThrow('does not start');
    expect(desk.session.phase).toBe('signed_out');
    desk.startFails = false;
    await desk.session.signIn(desk.owner, OWNER_PASSWORD);
    expect(desk.session.opened!.ledgerKey.equals(before)).toBe(false);
    expect(desk.facts().at(-1)).toBe('key.rotated');
  });

  test('refuses every question about the books while it is made, by name', async () => {
    const refusals: unknown[] = [];
    const { session } = desk;
    const { announce } = session.ports;
    Object.assign(session.ports, {
      announce: (name: 'session.changed', payload: Record<string, never>) => {
        announce(name, payload);
        try {
          void session.ledger;
        } catch (error) {
          refusals.push(error);
        }
      },
    });
    await renew(true);
    expect(refusals.length).toBeGreaterThan(2);
    for (const refusal of refusals) expect(refusal).toEqual(code('keys_changing'));
  });
});
