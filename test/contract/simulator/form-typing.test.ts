import { describe, expect, test } from 'vitest';
import { BY_PHONE, installed, tokenize, typeCard, useForm } from './browser.ts';
import { refusalOf } from './support.ts';

describe.skipIf(!installed)('typing a card in Chromium', () => {
  const { withVisit, charge, clear, valueOf } = useForm();

  describe('typing', () => {
    test('a card typed without a pause becomes a token that pays, and breaks no policy', async () => {
      await withVisit({}, async visited => {
        await typeCard(visited, { number: '4111 1111 1111 1111' });
        expect(await valueOf(visited, 'cardNumber')).toBe('4111 1111 1111 1111');
        expect(await valueOf(visited, 'expirationDate')).toBe('12/30');
        const result = await tokenize(visited.page, BY_PHONE);
        expect(result).toMatchObject({
          status: 'OK',
          details: {
            method: 'Card',
            card: { brand: 'VISA', last4: '1111', expMonth: 12, expYear: 2030 },
            billing: { givenName: 'Marisol', postalCode: '94103' },
          },
        });
        const { payment } = await charge(result.token);
        expect(payment!.status).toBe('COMPLETED');
        expect(visited.faults).toEqual([]);
      });
    });

    test('every approving test card is grouped by its brand, tokenised and paid', async () => {
      await withVisit({}, async visited => {
        for (const [brand, number, cvv, postal] of [
          ['MASTERCARD', '5105 1051 0510 5100', '111', '94103'],
          ['DISCOVER', '6011 0000 0000 0004', '111', '94103'],
          ['DISCOVER_DINERS', '3000 000000 0004', '111', '94103'],
          ['JCB', '3569 9900 1009 5841', '111', ''],
          ['AMERICAN_EXPRESS', '3400 000000 00009', '1111', '94103'],
          ['CHINA_UNIONPAY', '6222 9888 1234 0000', '123', '94103'],
          ['VISA', '4800 0000 0000 0004', '111', '94103'],
          ['MASTERCARD', '5222 2200 0000 0005', '111', '94103'],
          ['DISCOVER', '6011 0000 0020 1016', '111', '94103'],
        ] as const) {
          await typeCard(visited, { number, cvv, postal });
          expect(await valueOf(visited, 'cardNumber')).toBe(number);
          const result = await tokenize(visited.page, BY_PHONE);
          expect(result.details?.card.brand, number).toBe(brand);
          expect((await charge(result.token)).payment!.status).toBe('COMPLETED');
          await clear(visited);
        }
      });
    });

    test('the documented triggers make a token whose payment is declined', async () => {
      await withVisit({}, async visited => {
        for (const [card, code] of [
          [{ number: '4111 1111 1111 1111', cvv: '911' }, 'CVV_FAILURE'],
          [{ number: '4111 1111 1111 1111', postal: '99999' }, 'ADDRESS_VERIFICATION_FAILURE'],
          [{ number: '4111 1111 1111 1111', expiry: '01/40' }, 'INVALID_EXPIRATION'],
          [{ number: '4000 0000 0000 0002' }, 'GENERIC_DECLINE'],
          [{ number: '4000 0000 0000 0010' }, 'GENERIC_DECLINE'],
        ] as const) {
          await typeCard(visited, card);
          const { token } = await tokenize(visited.page, BY_PHONE);
          expect(await refusalOf(charge(token))).toBe(`400 ${code}`);
          await clear(visited);
        }
      });
    });

    test('unfinished and impossible fields are Invalid, real cards are an Error, each with its field', async () => {
      await withVisit({}, async visited => {
        const empty = await tokenize(visited.page, BY_PHONE);
        expect(empty.status).toBe('Invalid');
        const fields = ['cardNumber', 'expirationDate', 'cvv', 'postalCode'];
        expect(empty.errors!.map(error => error.field)).toEqual(fields);
        expect(await visited.fields.locator('[aria-invalid=true]').count()).toBe(4);
        await typeCard(visited, { number: '4242 4242 4242 4242' });
        const real = await tokenize(visited.page, BY_PHONE);
        expect(real).toMatchObject({ status: 'Error', errors: [{ field: 'cardNumber', type: 'INVALID_CARD_DATA' }] });
        await clear(visited);
        expect(await visited.fields.locator('[aria-invalid=true]').count()).toBe(0);
        await visited.fields.locator('[data-field=cardNumber]').click();
        await visited.page.keyboard.type('5105105105105101');
        await visited.fields.getByText('Check the card number.').waitFor();
        expect(await valueOf(visited, 'expirationDate'), 'a wrong number does not move on').toBe('');
      });
    });

    test('corrections keep the caret, and backspace walks back through the fields', async () => {
      await withVisit({}, async visited => {
        const { page } = visited;
        await visited.fields.locator('[data-field=cardNumber]').click();
        await page.keyboard.type('41111111');
        for (let index = 0; index < 4; index += 1) await page.keyboard.press('ArrowLeft');
        await page.keyboard.type('2');
        await page.keyboard.type('3');
        expect(await valueOf(visited, 'cardNumber')).toBe('4111 1231 11'.replace('1231', '2311'));
        await clear(visited);
        await visited.fields.locator('[data-field=expirationDate]').click();
        await page.keyboard.type('5');
        expect(await valueOf(visited, 'expirationDate')).toBe('05/');
        await page.keyboard.press('Backspace');
        expect(await valueOf(visited, 'expirationDate')).toBe('0');
        await page.keyboard.press('Backspace');
        await page.keyboard.press('Backspace');
        await page.keyboard.type('4');
        expect(await valueOf(visited, 'cardNumber')).toBe('4');
      });
    });

    test('nothing in the form invites a browser to fill it in', async () => {
      await withVisit({}, async visited => {
        const inputs = await visited.fields.locator('input').evaluateAll(list =>
          list.map(input => ({
            autocomplete: input.getAttribute('autocomplete'),
            hint: `${input.id} ${input.getAttribute('name') ?? ''}`,
            labelled: (input as HTMLInputElement).labels?.length,
          })),
        );
        expect(inputs).toHaveLength(4);
        for (const input of inputs) {
          expect(input).toMatchObject({ autocomplete: 'off', labelled: 1 });
          expect(input.hint).not.toMatch(/card|cc|cvv|cvc|exp|postal|zip/i);
        }
      });
    });
  });

  describe('events', () => {
    test('focus, brand, error, postal code, Enter and Escape are told with their details', async () => {
      await withVisit({}, async visited => {
        const { page, fields } = visited;
        await fields.locator('[data-field=cardNumber]').click();
        await page.keyboard.type('4');
        await fields.locator('[data-field=cvv]').click();
        await fields.locator('[data-field=cardNumber]').click();
        await page.keyboard.type('111');
        await fields.locator('[data-field=postalCode]').click();
        await page.keyboard.type('9');
        await page.keyboard.press('Enter');
        await page.keyboard.press('Escape');
        type Heard = { type: string; detail: { [name: string]: unknown } };
        await expect.poll(() => page.evaluate('heard.at(-1)?.type')).toBe('escape');
        const heard = await page.evaluate<Heard[]>('heard');
        const types = heard.map(event => `${event.type} ${String(event.detail['field'])}`);
        expect(types).toEqual([
          'focusClassAdded cardNumber',
          'cardBrandChanged cardNumber',
          'focusClassRemoved cardNumber',
          'errorClassAdded cardNumber',
          'focusClassAdded cvv',
          'focusClassRemoved cvv',
          'focusClassAdded cardNumber',
          'errorClassRemoved cardNumber',
          'focusClassRemoved cardNumber',
          'errorClassAdded cardNumber',
          'focusClassAdded postalCode',
          'postalCodeChanged postalCode',
          'submit postalCode',
          'escape postalCode',
        ]);
        expect(heard[1]!.detail).toMatchObject({
          cardBrand: 'VISA',
          eventType: 'cardBrandChanged',
          field: 'cardNumber',
          currentState: { isEmpty: false, isPotentiallyValid: true, isCompletelyValid: false, hasFocusClass: true },
          previousState: { isEmpty: true },
        });
        expect(heard[11]!.detail).toMatchObject({ postalCodeValue: '9', cardBrand: 'VISA' });
        expect(heard[3]!.detail).toMatchObject({
          currentState: { hasErrorClass: true },
          previousState: { hasErrorClass: false },
        });
      });
    });

    test('the page can focus a field, mark it wrong, and prefill the postal code', async () => {
      await withVisit({ card: { postalCode: '60601' } }, async visited => {
        expect(await valueOf(visited, 'postalCode')).toBe('60601');
        expect(await visited.page.evaluate("card.focus('cvv')")).toBe(true);
        await visited.page.keyboard.type('12');
        expect(await valueOf(visited, 'cvv')).toBe('12');
        await visited.page.evaluate("card.setError('cvv')");
        expect(await visited.fields.locator('[data-field=cvv]').getAttribute('aria-invalid')).toBe('true');
      });
    });
  });
});
