import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AT_THE_DESK, BY_PHONE, DARK, installed, SCREENSHOTS, tokenize, typeCard, useForm } from './browser.ts';
import { makeCustomer } from './support.ts';

describe.skipIf(!installed)('verification in Chromium', () => {
  const { bench, withVisit, charge, clear } = useForm();

  describe('the challenge', () => {
    const EU = { number: '4310 0000 0020 1019' };

    test('a wrong code says so, the right one makes a token that pays', async () => {
      await withVisit({ dark: true, card: { style: DARK } }, async visited => {
        await typeCard(visited, EU);
        const result = tokenize(visited.page, AT_THE_DESK);
        const dialog = visited.page.frameLocator('iframe[title="Verification by the bank"]');
        await dialog.getByRole('dialog').waitFor();
        await visited.page.keyboard.type('654321');
        await visited.page.keyboard.press('Enter');
        await dialog.getByText('That code is wrong. 2 more tries.').waitFor();
        await visited.page.screenshot({ path: join(SCREENSHOTS, 'challenge-dark.png') });
        await visited.page.keyboard.type('123456');
        await visited.page.keyboard.press('Enter');
        const { status, token } = await result;
        expect(status).toBe('OK');
        expect((await charge(token)).payment!.status).toBe('COMPLETED');
        expect(await visited.page.locator('iframe').count(), 'the dialog is gone').toBe(1);
        expect(visited.faults).toEqual([]);
      });
    });

    test('dismissing it is Cancel, three wrong codes are an Error', async () => {
      await withVisit({}, async visited => {
        await typeCard(visited, EU);
        const canceled = tokenize(visited.page, AT_THE_DESK);
        const dialog = visited.page.frameLocator('iframe[title="Verification by the bank"]');
        await dialog.getByRole('dialog').waitFor();
        await visited.page.screenshot({ path: join(SCREENSHOTS, 'challenge-light.png') });
        await visited.page.setViewportSize({ width: 420, height: 190 });
        await visited.page.screenshot({ path: join(SCREENSHOTS, 'challenge-small.png') });
        await visited.page.keyboard.press('Escape');
        expect(await canceled).toEqual({ status: 'Cancel' });
        const failed = tokenize(visited.page, AT_THE_DESK);
        for (const left of ['2 more tries', 'One more try']) {
          await dialog.getByLabel('Code').fill('111111');
          await dialog.getByRole('button', { name: 'Confirm' }).click();
          await dialog.getByText(left).waitFor();
        }
        await dialog.getByLabel('Code').fill('111111');
        await dialog.getByRole('button', { name: 'Confirm' }).click();
        expect(await failed).toMatchObject({ status: 'Error', errors: [{ type: 'VERIFICATION_ERROR' }] });
      });
    });

    test('a phone order is never challenged, the failing card is refused at the desk', async () => {
      await withVisit({}, async visited => {
        await typeCard(visited, EU);
        expect((await tokenize(visited.page, BY_PHONE)).status).toBe('OK');
        await clear(visited);
        await typeCard(visited, { number: '4811 1100 0000 0008' });
        expect((await tokenize(visited.page, AT_THE_DESK)).status).toBe('Error');
      });
    });

    test('a card on file is verified through tokenize and through verifyBuyer', async () => {
      await withVisit({}, async visited => {
        const stored = 'ccof:customer-card-id-requires-verification';
        const customerId = await makeCustomer(bench);
        const result = tokenize(visited.page, AT_THE_DESK, stored);
        const dialog = visited.page.frameLocator('iframe[title="Verification by the bank"]');
        await dialog.getByLabel('Code').fill('123456');
        await dialog.getByRole('button', { name: 'Confirm' }).click();
        expect((await charge((await result).token, { customerId })).payment!.status).toBe('COMPLETED');
        const details = JSON.stringify({ intent: 'STORE', billingContact: {} });
        const verified = visited.page.evaluate<{ token: string; userChallenged: boolean }>(
          `payments.verifyBuyer('${stored}', ${details})`,
        );
        await dialog.getByLabel('Code').fill('123456');
        await dialog.getByRole('button', { name: 'Confirm' }).click();
        const { token, userChallenged } = await verified;
        expect(userChallenged).toBe(true);
        const paid = await charge(stored, { customerId, verificationToken: token });
        expect(paid.payment!.status).toBe('COMPLETED');
        const plain = `payments.verifyBuyer('ccof:customer-card-id-ok', ${details})`;
        expect(await visited.page.evaluate(plain)).toMatchObject({ userChallenged: false });
      });
    });
  });
});
