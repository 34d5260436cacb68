import { expect, test, type App } from '../support/app.ts';
import { OWNER } from '../support/desk-driver.ts';
import { activity, dialogOf, giveBack, leftOf, payByCard, storyOf, word } from '../support/refund-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';

const text = en.refunds;

const FIRST = 'borrowed umbrella 12';
const OWN = 'yellow boat on a lake';

async function employ({ desk }: App, name: string, role: string): Promise<string> {
  const added = { name, role, first_password: FIRST, proof: OWNER.password };
  const { people } = await desk.ask<{ people: { person_id: string; name: string }[] }>('people.add', added);
  return people.find(person => person.name === name)!.person_id;
}

/** Somebody else of the office sits down at this desk. */
async function sitDown({ desk }: App, person_id: string): Promise<void> {
  await desk.ask('session.sign_out');
  await desk.ask('session.sign_in', { person_id, password: FIRST });
  await desk.ask('people.choose_password', { new_password: OWN });
  await desk.heading(en.shell.pages.collect);
}

test('a card payment goes back in part and then wholly, by keyboard alone, and is followed to its end', async ({
  app,
}) => {
  const { desk } = app;
  const { page } = desk;
  await payByCard(app, '60', 'elena lind');
  await giveBack(app, '20');
  await word(app, 'pending');
  await expect(dialogOf(app)).toContainText('can still fail');
  await page.keyboard.press('Enter');
  await expect(dialogOf(app)).toHaveCount(0);
  await desk.openPage('activity');
  await expect(page.getByText(text.lines.row.waiting('20.00'))).toBeVisible();
  await page.keyboard.press('Escape');
  // Three interactions beside typing: open the payment, ask for the refund, press.
  await page.locator('[data-attempt]').first().focus();
  await page.keyboard.press('Enter');
  await expect(storyOf(app)).toContainText('Refund through Square of $20.00 by Dana Whitfield');
  await giveBack(app);
  await word(app, 'pending');
  await expect(dialogOf(app)).toContainText('$40.00');
  await page.keyboard.press('Enter');
  expect(await leftOf(app)).toBe(0);
  await expect(storyOf(app).getByRole('button', { name: new RegExp(`^${text.button}`) })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await page.keyboard.press('g');
  await expect(dialogOf(app)).toHaveCount(0);
  await expect
    .poll(
      async () => {
        await desk.ask('sync.now');
        return (await activity(desk)).rows[0]!.refunds.map(({ state }) => state);
      },
      { timeout: 40_000 },
    )
    .toEqual(['completed', 'completed']);
  await expect(page.getByText(text.lines.row.back('60.00'))).toBeVisible();
  await storyOf(app)
    .getByRole('button', { name: text.lines.open('$40.00', text.result.words.completed) })
    .click();
  await word(app, 'completed');
  expect(app.complaints).toEqual([]);
});

test('cash goes back from the drawer at once, never more than was paid, and two presses are one refund', async ({
  app,
}) => {
  const { desk } = app;
  const { page } = desk;
  await desk.takeCash('omar osei', '26.50', '40');
  await page.keyboard.press('g');
  const amount = dialogOf(app).getByLabel(text.form.amount, { exact: true });
  await amount.fill('26.51');
  await expect(dialogOf(app).getByRole('alert')).toContainText(text.form.tooMuch('$26.50'));
  await amount.fill('26.50');
  await dialogOf(app).getByLabel(text.form.reason, { exact: true }).fill('Came twice');
  const press = dialogOf(app).getByRole('button', { name: text.form.yes('$26.50') });
  await press.dblclick();
  await word(app, 'recorded');
  await expect(dialogOf(app)).toContainText(text.result.handedOut.cash('$26.50'));
  await dialogOf(app).getByRole('button', { name: text.paper.show, exact: true }).click();
  const paper = page.getByRole('dialog', { name: text.paper.title });
  await expect(paper).toContainText(en.result.headings.refund);
  await page.keyboard.press('Escape');
  await expect(paper).toHaveCount(0);
  await word(app, 'recorded');
  const { rows } = await activity(desk);
  expect(rows[0]!.refunds).toHaveLength(1);
  expect(rows[0]!.refunded).toMatchObject({ minor: 2650 });
});

test('who took the payment needs a second person, who proves it with a password on the same screen', async ({
  app,
}) => {
  const { desk } = app;
  const { page } = desk;
  await sitDown(app, await employ(app, 'Jordan Okafor', 'lead'));
  await desk.takeCash('elena lind', '20', '20');
  await page.keyboard.press('g');
  await expect(dialogOf(app)).toContainText(text.form.secondAlways);
  await page.keyboard.type('Wrong customer');
  await page.keyboard.press('Enter');
  const password = dialogOf(app).getByLabel(text.form.password(OWNER.name));
  await expect(password).toBeFocused();
  await page.keyboard.type(OWN);
  await page.keyboard.press('Enter');
  await expect(dialogOf(app).getByRole('alert')).toContainText(en.errors.wrong_password.title);
  await password.fill(OWNER.password);
  await page.keyboard.press('Enter');
  await word(app, 'recorded');
  await expect(dialogOf(app)).toContainText('Jordan Okafor');
  await expect(dialogOf(app)).toContainText(OWNER.name);
});

test('a clerk is offered no refund, and a manager sets above which sum a second person agrees', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  await desk.openPage('settings');
  await page.getByRole('button', { name: en.settings.sections.charging, exact: true }).click();
  await page.getByLabel(text.limit.amount).fill('5');
  await page.keyboard.press('Enter');
  await expect(page.getByText(text.limit.saved('$5.00'))).toBeVisible();
  await desk.openPage('collect');
  await desk.takeCash('omar osei', '10', '10');
  await desk.nextCustomer();
  const clerk = await employ(app, 'Tomás Beltrán', 'clerk');
  const lead = await employ(app, 'Lucía Herrera', 'lead');
  await sitDown(app, clerk);
  await desk.openPage('activity');
  await page.locator('[data-attempt]').first().click();
  await expect(storyOf(app).getByRole('button', { name: en.activity.receiptView })).toBeVisible();
  await expect(storyOf(app).getByRole('button', { name: new RegExp(`^${text.button}`) })).toHaveCount(0);
  await sitDown(app, lead);
  await desk.openPage('activity');
  await page.locator('[data-attempt]').first().click();
  await storyOf(app)
    .getByRole('button', { name: new RegExp(`^${text.button}`) })
    .click();
  await expect(dialogOf(app)).toContainText(text.form.secondAbove('$5.00'));
  await dialogOf(app).getByLabel(text.form.amount, { exact: true }).fill('5');
  await expect(dialogOf(app)).not.toContainText(text.form.secondAbove('$5.00'));
});

test('without the internet a refund waits, is seen on the sync page, and can be taken back', async ({ app }) => {
  const { desk } = app;
  const { page } = desk;
  await payByCard(app, '30', 'elena lind');
  await desk.setNetwork('down');
  await giveBack(app);
  await word(app, 'requested');
  await expect(dialogOf(app)).toContainText(text.result.nextOnline);
  await page.keyboard.press('Enter');
  await desk.openPage('sync');
  const open = page.getByRole('region', { name: text.sync.title });
  await expect(open).toContainText(text.result.words.requested);
  await open.getByRole('button').click();
  await storyOf(app)
    .getByRole('button', { name: text.lines.open('$30.00', text.result.words.requested) })
    .click();
  await dialogOf(app).getByRole('button', { name: text.closing.takeBack }).click();
  await expect(dialogOf(app)).toContainText(text.result.refusals.taken_back.what);
  await page.keyboard.press('Escape');
  await desk.setNetwork('up');
  await desk.ask('sync.now');
  expect(await leftOf(app)).toBe(3000);
  await expect(storyOf(app)).toContainText('taken back before it left');
});
