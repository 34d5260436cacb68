import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OWNER_PASSWORD } from '../../../support/temp-office.ts';
import { StaffDesk } from './desk.ts';

test('wrong tries for made-up people are counted together, and the file of counts stays small', async () => {
  const desk = new StaffDesk();
  await desk.found();
  desk.session.signOut();
  const refusals = new Set<string>();
  for (let guess = 0; guess < 20; guess += 1)
    await desk.session
      .signIn(`nobody-${guess}`, OWNER_PASSWORD)
      .catch((error: { code: string }) => refusals.add(error.code));
  expect([...refusals].sort()).toEqual(['too_many_tries', 'wrong_password']);
  const counts = readFileSync(join(desk.temporary.folder, 'live', 'password-tries.json'), 'utf8');
  expect(Object.keys(JSON.parse(counts) as object)).toEqual(['unknown']);
  // Who does exist does not wait for them.
  await desk.session.signIn(desk.owner, OWNER_PASSWORD);
  await desk.session.close();
  desk.temporary.dispose();
});
