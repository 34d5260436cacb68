import { expect, test } from '../support/app.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';
import { OWNER } from '../support/desk-driver.ts';

test.describe('first run', () => {
  test.use({ office: 'none' });

  test('the wizard is typed through by keyboard, the key is typed back, and the desk opens', async ({ app }) => {
    await app.desk.setUp({ key: true });
    await expect(app.desk.page.getByText(en.shell.training)).toBeVisible();
    expect(await app.desk.ask('customers.search', { text: '', limit: 50 })).toMatchObject({ more: true });
    expect(app.complaints).toEqual([]);
  });

  test('a wrong group is refused and nothing is created', async ({ app }) => {
    const { desk } = app;
    const begun = await desk.ask<{ ask_groups: number[] }>('setup.begin', {
      ...{ mode: 'live', office_name: 'Lakeshore', desk_code: 'D1', time_zone: 'America/Chicago', currency: 'USD' },
      ...{ owner_name: OWNER.name, password: OWNER.password },
    });
    expect(begun.ask_groups).toHaveLength(2);
    expect(await desk.call('setup.finish', { typed_groups: ['0000', '0000'] })).toMatchObject({
      error: { code: 'recovery_key_wrong' },
    });
    expect(await desk.call('setup.finish', { typed_groups: null })).toMatchObject({
      error: { code: 'recovery_key_wrong' },
    });
    expect(await desk.ask('session.state')).toMatchObject({ phase: 'setup' });
  });
});

test('locking closes every data call, and the password opens the desk again', async ({ app }) => {
  const { desk } = app;
  await desk.page.keyboard.press('Control+l');
  await expect(desk.page.getByRole('heading', { name: en.people.lockedTitle })).toBeVisible();
  for (const name of [
    'customers.search',
    'payments.new',
    'activity.list',
    'reports.list',
    'settings.get',
    'sync.state',
  ]) {
    expect(await desk.call(name, {})).toMatchObject({ ok: false, error: { code: 'desk_locked' } });
  }
  await desk.page.getByLabel(en.people.passwordOf(OWNER.name)).fill(OWNER.password);
  await desk.page.keyboard.press('Enter');
  await desk.heading(en.shell.pages.collect);
});

test('wrong passwords wait longer each time, also after a restart', async ({ app }) => {
  await app.restart();
  const { desk } = app;
  const { people } = await desk.ask<{ people: { person_id: string }[] }>('session.state');
  const { person_id } = people[0]!;
  for (let wrong = 0; wrong < 2; wrong += 1) {
    expect(await desk.call('session.sign_in', { person_id, password: 'not the password' })).toMatchObject({
      error: { code: 'wrong_password' },
    });
  }
  await desk.page.getByLabel(en.people.passwordOf(OWNER.name)).fill('not the password');
  await desk.page.keyboard.press('Enter');
  await expect(desk.page.getByText(/Try again in \d+ second/)).toBeVisible();
  // Each wait is sat out, so that the fifth wrong password counts: from there on it is half a minute.
  for (let wrong = 0; wrong < 2; wrong += 1) {
    const { wait_ms } = await desk.ask<{ wait_ms: number }>('session.state');
    await desk.page.waitForTimeout(wait_ms + 100);
    await desk.call('session.sign_in', { person_id, password: 'not the password' });
  }
  const before = await desk.ask<{ wait_ms: number }>('session.state');
  expect(before.wait_ms).toBeGreaterThan(0);
  await app.restart();
  const after = await app.desk.ask<{ wait_ms: number; people: { person_id: string }[] }>('session.state');
  expect(after.wait_ms).toBeGreaterThan(0);
  expect(
    await app.desk.call('session.sign_in', { person_id: after.people[0]!.person_id, password: OWNER.password }),
  ).toMatchObject({ ok: false, error: { code: 'too_many_tries' } });
});

test('a second window on the same folder is refused with a sentence', async ({ app }) => {
  const { launchHost } = await import('../chromium-host/launch.ts');
  const second = launchHost({ data_dir: app.folder, timeout_ms: 8000 });
  await expect(second).rejects.toThrow(/already open|ended/);
  expect(await app.desk.ask('session.state')).toMatchObject({ phase: 'open' });
});

test('from training the live office can be set up beside it, and both stay apart', async ({ app }) => {
  const { desk } = app;
  await desk.takeCash('rafael iba', '10', '10');
  await desk.openPage('settings');
  await desk.page.getByRole('button', { name: en.settings.square.setUpLive }).click();
  await desk.setUp({ mode: 'live', key: true, desk: 'D2' });
  expect(await desk.ask('session.state')).toMatchObject({ mode: 'live', other_mode: 'training' });
  expect(await desk.ask('customers.search', { text: '', limit: 5 })).toMatchObject({ found: [] });
  expect(await desk.call('training.set_network', { network: 'down' })).toMatchObject({
    error: { code: 'training_only' },
  });
  await desk.ask('session.switch_mode', { mode: 'training' });
  await desk.signIn();
  expect(await desk.ask('activity.list', await wholeDay(desk))).toMatchObject({ rows: [{ word: 'paid' }] });
});

async function wholeDay(desk: { today(): Promise<string> }) {
  const day = await desk.today();
  return { from: day, to: day, word: null, text: '', after: null, limit: 10 };
}
