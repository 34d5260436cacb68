import { expect, test } from '../support/app.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

test.use({ parameters: ['--gateway-timeout-ms', '1200'] });

const today = async (desk: { ask<Value>(name: string, input: unknown): Promise<Value>; today(): Promise<string> }) => {
  const day = await desk.today();
  return desk.ask<{ rows: { word: string; reference: string; sends: number }[] }>('activity.list', {
    ...{ from: day, to: day, word: null, text: '', after: null, limit: 100 },
  });
};

test('a time-out after Square charged says "do not charge again", stops a second charge and ends as one payment', async ({
  app,
}) => {
  const { desk } = app;
  await desk.ask('training.next_fault', { fault: 'delay' });
  await desk.prepareCard('elena lind', '120');
  await desk.charge();
  const told = await desk.outcome('in_doubt');
  expect(told).toContain('Do not charge again.');
  expect(told).toContain(en.result.noReceipt);
  await desk.outcome('paid', 30_000);
  const { rows } = await today(desk);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.sends).toBeGreaterThan(1);
  await desk.settled();
  type Proof = { days: unknown[] };
  await expect
    .poll(async () => (await desk.ask<Proof>('sync.proof', { from: await desk.today(), to: await desk.today() })).days)
    .toMatchObject([{ confirmed: { count: 1 }, foreign: { count: 0 }, differences: [] }]);
});

for (const fault of ['drop_after_commit', 'drop_before_commit', 'http_500', 'html_502', 'http_429'] as const) {
  test(`after ${fault} the payment ends as exactly one charge`, async ({ app }) => {
    const { desk } = app;
    await desk.ask('training.next_fault', { fault });
    await desk.prepareCard('omar osei', '88');
    await desk.charge();
    await desk.outcome('paid', 30_000);
    await expect
      .poll(
        async () =>
          (await desk.ask<{ days: unknown[] }>('sync.proof', { from: await desk.today(), to: await desk.today() }))
            .days,
        {
          timeout: 20_000,
        },
      )
      .toMatchObject([{ created: { count: 1 }, confirmed: { count: 1 }, foreign: { count: 0 }, differences: [] }]);
  });
}

test('while a payment is in doubt the same customer and amount cannot be charged again', async ({ app }) => {
  const { desk } = app;
  const { found } = await desk.ask<{ found: { customer_id: string }[] }>('customers.search', {
    text: 'elena lind',
    limit: 1,
  });
  await desk.ask('training.next_fault', { fault: 'delay' });
  await desk.prepareCard('elena lind', '120');
  await desk.charge();
  await desk.outcome('in_doubt');
  await desk.setNetwork('down');
  const { attempt_id } = await desk.ask<{ attempt_id: string }>('payments.new');
  const again = await desk.call('payments.take', {
    ...{ attempt_id, channel: 'desk', customer_id: found[0]!.customer_id, amount: { minor: 12_000, currency: 'USD' } },
    details: { tender: 'cash', tendered: { minor: 12_000, currency: 'USD' } },
  });
  expect(again).toMatchObject({ ok: false, error: { code: 'earlier_attempt_in_doubt' } });
  await desk.setNetwork('up');
  await desk.outcome('paid', 30_000);
});

test('closing the window in mid-charge waits for the answer, and nothing is lost or taken twice', async ({ app }) => {
  const { desk } = app;
  await desk.ask('training.next_fault', { fault: 'delay' });
  await desk.prepareCard('elena lind', '99');
  await desk.charge();
  await desk.page.waitForTimeout(200);
  app.host.closeWindow();
  await new Promise(resolve => app.host.process.once('exit', resolve));
  await app.restart();
  await app.desk.signIn();
  await app.desk.settled();
  const { rows } = await today(app.desk);
  expect(rows).toMatchObject([{ word: 'paid' }]);
  expect(rows).toHaveLength(1);
});

test('a desk that is killed in mid-charge asks Square about it at the next start', async ({ app }) => {
  const { desk } = app;
  await desk.ask('training.next_fault', { fault: 'delay' });
  await desk.prepareCard('elena lind', '77');
  await desk.charge();
  await desk.page.waitForTimeout(400);
  await app.host.kill();
  await app.restart();
  await app.desk.signIn();
  await app.desk.settled();
  expect((await today(app.desk)).rows).toMatchObject([{ word: 'paid' }]);
});
