import { expect, test } from '../support/app.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

type Proof = {
  days: {
    created: { count: number };
    confirmed: { count: number };
    foreign: { count: number };
    differences: unknown[];
  }[];
};

test('twenty records taken offline are confirmed at Square exactly once when the line is back', async ({ app }) => {
  test.setTimeout(120_000);
  const { desk } = app;
  await desk.setNetwork('down');
  await expect(desk.page.getByRole('button', { name: /Offline/ })).toBeVisible();
  await expect(desk.page.getByText(en.shell.offlineWorks)).toBeVisible();
  await desk.findCustomer('hannah');
  await desk.enterAmount('10');
  await expect(desk.page.getByRole('radio', { name: /Keyed card/ })).toBeDisabled();
  await expect(desk.page.getByText(en.payments.unavailable.offline)).toBeVisible();
  await desk.page.keyboard.press('F3');
  for (let index = 0; index < 20; index += 1) {
    if (index % 2 === 0) await desk.takeCash('hannah', `${10 + index}.50`, '50');
    else await desk.takeCheck('hannah', `${10 + index}.50`, `20${index}`);
    await desk.nextCustomer();
  }
  expect(await desk.ask('sync.state')).toMatchObject({ online: false, queued: { count: 20 } });
  await desk.setNetwork('up');
  await desk.settled(30_000);
  const day = await desk.today();
  await expect
    .poll(async () => (await desk.ask<Proof>('sync.proof', { from: day, to: day })).days, { timeout: 15_000 })
    .toMatchObject([{ created: { count: 20 }, confirmed: { count: 20 }, foreign: { count: 0 }, differences: [] }]);
  await desk.openPage('sync');
  await expect(desk.page.getByText(en.sync.proven)).toBeVisible();
});

test('a card typed just before the line dropped is queued, and charged once when it is back', async ({ app }) => {
  const { desk } = app;
  await desk.ask('training.next_fault', { fault: 'line_drops_after_token' });
  await desk.prepareCard('ruth dem', '64');
  await desk.charge();
  const told = await desk.outcome('queued');
  expect(told).toContain('Nothing has been charged.');
  await desk.setNetwork('up');
  await desk.outcome('paid', 20_000);
  const day = await desk.today();
  await expect
    .poll(async () => (await desk.ask<Proof>('sync.proof', { from: day, to: day })).days, { timeout: 15_000 })
    .toMatchObject([{ created: { count: 1 }, confirmed: { count: 1 }, differences: [] }]);
});

test('a queued card can be taken out of the queue while nothing has left the desk', async ({ app }) => {
  const { desk } = app;
  await desk.ask('training.next_fault', { fault: 'line_drops_after_token' });
  await desk.prepareCard('ruth dem', '64');
  await desk.charge();
  await desk.outcome('queued');
  await desk.page.getByRole('button', { name: en.result.cancelQueued }).click();
  await desk.outcome('cancelled');
  await desk.setNetwork('up');
  await desk.settled();
  const day = await desk.today();
  expect((await desk.ask<Proof>('sync.proof', { from: day, to: day })).days).toEqual([]);
});

test('the desk starts cold without the internet and takes cash', async ({ app }) => {
  await app.restart(['--training-network', 'down']);
  await app.desk.signIn();
  await app.desk.heading(en.shell.pages.collect);
  await expect(app.desk.page.getByRole('button', { name: /Offline/ })).toBeVisible();
  await app.desk.takeCash('hannah', '20', '20');
  expect(await app.desk.ask('sync.state')).toMatchObject({ online: false, queued: { count: 1 } });
});

test('a payment made on another device appears here, flagged, and is not part of this desk’s sums', async ({ app }) => {
  const { desk } = app;
  await desk.ask('training.foreign_payment', { amount: { minor: 3300, currency: 'USD' } });
  await desk.ask('sync.now');
  const day = await desk.today();
  await expect
    .poll(async () => (await desk.ask<Proof>('sync.proof', { from: day, to: day })).days)
    .toMatchObject([{ created: { count: 0 }, foreign: { count: 1 } }]);
  await desk.openPage('activity');
  await expect(desk.page.getByText(en.activity.elsewhere).first()).toBeVisible();
});
