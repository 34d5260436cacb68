import { expect, test, type App } from '../support/app.ts';
import { OWNER } from '../support/desk-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

test.use({ parameters: ['--gateway-timeout-ms', '1200'] });
test.describe.configure({ timeout: 120_000 });

const text = en.doubt.repeat;
type Row = { attempt_id: string; word: string; tender: string; customer: { name: string } | null };
type Story = { timeline: { what: string; details: { reason?: string }; by: string | null }[] };

async function rowsOf({ desk }: App): Promise<Row[]> {
  const day = await desk.today();
  const list = { from: day, to: day, word: null, text: '', after: null, limit: 100 };
  return (await desk.ask<{ rows: Row[] }>('activity.list', list)).rows;
}

const panelOf = ({ desk }: App) => desk.page.getByRole('region', { name: text.name, exact: true });

/** Up to the press that takes cash, without waiting for what becomes of it. */
async function pressCash({ desk }: App, customer: string, amount: string): Promise<void> {
  await desk.findCustomer(customer);
  await desk.enterAmount(amount);
  await desk.chooseWay('C');
  await desk.page.getByRole('textbox', { name: en.collect.cash.tendered }).fill(amount);
  await desk.charge();
}

test('the same customer and amount again in cash: Esc leaves it, a reason takes it, and both are told in the story', async ({
  app,
}) => {
  const { desk } = app;
  await desk.takeCash('hannah', '12.50', '20');
  await desk.nextCustomer();
  await pressCash(app, 'hannah', '12.50');
  const panel = panelOf(app);
  await expect(panel).toContainText(/Hannah \S+ paid \$12\.50 in cash, \d+ (s|min) ago\./);
  await expect(panel).toContainText(text.where('D1-000001', OWNER.name));
  const reason = panel.getByLabel(text.reason);
  await expect(reason).toBeFocused();
  await desk.page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(desk.amount).toHaveValue('12.50');
  expect(await rowsOf(app)).toHaveLength(1);
  await desk.charge();
  await expect(reason).toBeFocused();
  // Without a reason neither Enter nor F2 takes it.
  await desk.page.keyboard.press('Enter');
  await desk.charge();
  await expect(panel).toBeVisible();
  await desk.page.keyboard.type('4111 1111 1111 1111');
  await expect(panel).toContainText(en.collect.who.cardNumber);
  await desk.page.keyboard.press('Enter');
  expect(await rowsOf(app)).toHaveLength(1);
  await reason.fill('Two children, two visits');
  await desk.page.keyboard.press('Enter');
  await desk.outcome('paid');
  const [second] = await rowsOf(app);
  expect(await rowsOf(app)).toHaveLength(2);
  const { timeline } = await desk.ask<Story>('payments.get', { attempt_id: second!.attempt_id });
  expect(timeline.find(entry => entry.what === 'duplicate.allowed')).toMatchObject({
    details: { reason: 'Two children, two visits' },
    by: OWNER.name,
  });
  expect(app.complaints).toEqual([]);
});

test('the same card and amount again: nothing is charged before a reason, and the typed card is kept for it', async ({
  app,
}) => {
  const { desk } = app;
  await desk.prepareCard('marisol ort', '12.50');
  await desk.charge();
  await desk.outcome('paid');
  await desk.nextCustomer();
  await desk.prepareCard(null, '12.50');
  await desk.charge();
  const panel = panelOf(app);
  await expect(panel).toContainText(/The card ending in 1111 paid \$12\.50, \d+ (s|min) ago\./);
  expect(await rowsOf(app)).toHaveLength(1);
  expect(await desk.ask('card_fields.state')).toMatchObject({ phase: 'live', complete: true });
  await panel.getByLabel(text.reason).fill('Pays for her sister');
  await desk.charge();
  await desk.outcome('paid');
  await desk.settled();
  const day = await desk.today();
  await expect
    .poll(async () => (await desk.ask<{ days: unknown[] }>('sync.proof', { from: day, to: day })).days, {
      timeout: 20_000,
    })
    .toMatchObject([{ confirmed: { count: 2 }, foreign: { count: 0 }, differences: [] }]);
  expect(app.complaints).toEqual([]);
});

test('the earlier payment is shown in Activity, and the draft is as it was afterwards', async ({ app }) => {
  const { desk } = app;
  await desk.takeCash('hannah', '12.50', '20');
  await desk.nextCustomer();
  await pressCash(app, 'hannah', '12.50');
  await panelOf(app).getByRole('button', { name: text.show }).click();
  const story = desk.page.getByRole('complementary').filter({ hasText: en.activity.story });
  await expect(story).toContainText('D1-000001');
  await expect(desk.page.locator(':focus')).toHaveAttribute('data-attempt', /.+/);
  await desk.openPage('collect');
  await expect(desk.amount).toHaveValue('12.50');
  await expect(panelOf(app)).toBeVisible();
  expect(await rowsOf(app)).toHaveLength(1);
});

test('a payment in doubt stops a clerk, and a manager passes it with a reason', async ({ app }) => {
  const { desk } = app;
  const added = await desk.ask<{ people: { person_id: string; role: string }[] }>('people.add', {
    ...{ name: 'Jordan Okafor', role: 'clerk', first_password: 'borrowed umbrella 12', proof: OWNER.password },
  });
  const clerk = added.people.find(person => person.role === 'clerk')!;
  await desk.ask('training.next_fault', { fault: 'delay' });
  await desk.prepareCard('elena lind', '120');
  await desk.charge();
  await desk.outcome('in_doubt');
  await desk.setNetwork('down');
  await desk.nextCustomer();
  await pressCash(app, 'elena lind', '120');
  const panel = panelOf(app);
  await expect(panel).toContainText('We do not know yet whether Square took $120.00 from Elena');
  await expect(panel.getByLabel(text.reason)).toBeVisible();
  await desk.ask('session.sign_out');
  await desk.ask('session.sign_in', { person_id: clerk.person_id, password: 'borrowed umbrella 12' });
  await desk.ask('people.choose_password', { new_password: 'yellow boat on a lake' });
  await desk.heading(en.shell.pages.collect);
  await pressCash(app, 'elena lind', '120');
  await expect(panel).toContainText(text.locked);
  await expect(panel.getByLabel(text.reason)).toHaveCount(0);
  await desk.charge();
  await desk.page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  expect(await rowsOf(app)).toHaveLength(1);
  await desk.ask('session.sign_out');
  const owner = added.people.find(person => person.role === 'owner')!;
  await desk.ask('session.sign_in', { person_id: owner.person_id, password: OWNER.password });
  await desk.heading(en.shell.pages.collect);
  await pressCash(app, 'elena lind', '120');
  await panel.getByLabel(text.reason).fill('She insists on cash');
  await desk.page.keyboard.press('Enter');
  await desk.outcome('paid');
  expect((await rowsOf(app)).map(row => row.tender).sort()).toEqual(['card', 'cash']);
});
