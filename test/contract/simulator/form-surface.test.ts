import { describe, expect, test } from 'vitest';
import { BY_PHONE, installed, tokenize, typeCard, useForm } from './browser.ts';

describe.skipIf(!installed)('square.js in Chromium', () => {
  const { bench, withVisit, charge, nameOf } = useForm();

  describe('the surface', () => {
    test('states are kept: attached once, used while attached, gone when destroyed', async () => {
      await withVisit({}, async visited => {
        expect(await nameOf(visited, "card.attach('#card')")).toBe('PaymentMethodAlreadyAttachedError');
        expect(await nameOf(visited, "card.focus('name')")).toBe('InvalidFieldNameError');
        expect(await nameOf(visited, "card.configure({ colour: 'red' })")).toBe('InvalidOptionError');
        expect(await nameOf(visited, "card.addEventListener('blink', () => {})")).toBe(
          'InvalidEventListenerCallbackError',
        );
        expect(await nameOf(visited, 'card.detach()')).toBe('value true');
        expect(await visited.page.locator('iframe').count()).toBe(0);
        expect(await nameOf(visited, 'card.tokenize()')).toBe('PaymentMethodNotAttachedError');
        expect(await nameOf(visited, "card.attach('#nowhere')")).toBe('ElementNotFoundError');
        expect(await nameOf(visited, "card.attach('#other')")).toBe('InvalidElementTypeError');
        expect(await nameOf(visited, "card.attach('#card').then(() => 1)")).toBe('value 1');
        expect(await nameOf(visited, 'card.destroy()')).toBe('value true');
        expect(await nameOf(visited, "card.attach('#card')")).toBe('PaymentMethodAlreadyDestroyedError');
      });
    });

    test('missing flags and amounts are named in a TokenizationError', async () => {
      await withVisit({}, async ({ page }) => {
        const bare = await tokenize(page, { intent: 'CHARGE', billingContact: {} });
        expect(bare.status).toBe('TokenizationError');
        expect(bare.errors!.map(error => error.field)).toEqual([
          'verificationDetails.customerInitiated',
          'verificationDetails.sellerKeyedIn',
          'verificationDetails.amount',
          'verificationDetails.currencyCode',
        ]);
        const store = { intent: 'STORE', billingContact: {}, customerInitiated: true, sellerKeyedIn: false };
        expect((await tokenize(page, store)).status, 'nothing is charged, so no amount is needed').toBe('Invalid');
      });
    });

    test('foreign ids are refused, wallets unsupported, locales matched', async () => {
      await withVisit({}, async visited => {
        expect(await nameOf(visited, "Square.payments('nonsense')")).toBe('InvalidApplicationIdError');
        expect(await nameOf(visited, "Square.payments('sq0idp-x')")).toBe('ApplicationIdEnvironmentMismatchError');
        expect(await nameOf(visited, "Square.payments('sandbox-sq0idb-x')")).toBe('InvalidApplicationIdError');
        for (const method of ['ach', 'applePay', 'googlePay', 'afterpayClearpay', 'cashAppPay']) {
          expect(await nameOf(visited, `payments.${method}({})`)).toBe('PaymentMethodUnsupportedError');
        }
        expect(await nameOf(visited, 'Object.keys(Square.errors).length')).toBe('value 12');
        expect(await visited.page.evaluate("payments.setLocale('fr-BE')")).toMatchObject({ newLocale: 'fr-CA' });
        expect(await visited.page.evaluate("payments.setLocale('tlh')")).toMatchObject({ newLocale: 'fr-CA' });
        expect(await nameOf(visited, 'payments.paymentRequest({})')).toBe('InvalidPaymentRequestError');
      });
    });

    test('a gift card has one field and pays', async () => {
      await withVisit({ attach: false }, async ({ page }) => {
        await page.evaluate(`(async () => {
          card = await Square.payments('${bench.simulator.applicationId}').giftCard({ includeInputLabels: true });
          await card.attach('#gift');
          await card.focus('giftCardNumber');
        })()`);
        await page.keyboard.type('7783320000000000');
        const result = await tokenize(page);
        expect(result).toMatchObject({ status: 'OK', details: { method: 'Gift Card', giftCard: { type: 'Gift' } } });
        expect((await charge(result.token)).payment!.cardDetails!.card!.cardBrand).toBe('SQUARE_GIFT_CARD');
      });
    });

    test('a page at another origin cannot steer the fields, and they answer none but their own page', async () => {
      await withVisit({}, async visited => {
        await typeCard(visited, { number: '4111 1111 1111 1111' });
        const answered = await visited.page.evaluate(
          () =>
            new Promise<string>(resolve => {
              const frame = document.querySelector<HTMLIFrameElement>('.sq-card-wrapper iframe')!;
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => resolve('answered');
              const channel = new URL(frame.src).searchParams.get('channel');
              frame.contentWindow!.postMessage({ type: 'simulator:connect', channel }, '*', [port2]);
              port1.postMessage({ id: 1, call: 'tokenize', value: {} });
              setTimeout(() => resolve('silence'), 200);
            }),
        );
        expect(answered, 'a channel is handed over once').toBe('silence');
      });
    });

    test('when the service is away, tokenize rejects with TokenizationError', async () => {
      await withVisit({}, async visited => {
        await typeCard(visited, { number: '4111 1111 1111 1111' });
        await bench.simulator.control.setNetwork('down');
        const result = await tokenize(visited.page, BY_PHONE);
        await bench.simulator.control.setNetwork('up');
        expect(result).toMatchObject({ status: 'TokenizationError', errors: [{ type: 'NETWORK_ERROR' }] });
        expect((await tokenize(visited.page, BY_PHONE)).status, 'what was typed survives').toBe('OK');
      });
    });

    test('a script that fails or defines nothing leaves no Square, failing frames reject the attach', async () => {
      const { settings } = bench.simulator.control;
      for (const script of ['fail', 'broken'] as const) {
        settings.script = script;
        await withVisit({ attach: false }, async ({ page }) => {
          expect(await page.evaluate('typeof window.Square')).toBe('undefined');
        });
      }
      settings.script = 'ok';
      settings.frames = 'fail';
      await withVisit({ attach: false }, async visited => {
        const script = `Square.payments('${bench.simulator.applicationId}').card().then(card => card.attach('#card'))`;
        expect(await nameOf(visited, script)).toBe('UnexpectedError');
      });
      settings.frames = 'ok';
    });
  });
});
