import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DARK, installed, LIGHT, SCREENSHOTS, typeCard, useForm, type Visit } from './browser.ts';

describe.skipIf(!installed)('the look of the form in Chromium', () => {
  const { bench, withVisit } = useForm();

  describe('looks', () => {
    const boxes = (visited: Visit) =>
      visited.fields.locator('.input-container').evaluateAll(list =>
        list.map(element => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return { x, y, width, height };
        }),
      );

    test('one row when wide, two when narrow, and no higher than that', async () => {
      for (const [width, rows] of [
        [640, 1],
        [480 + 32, 1],
        [420, 2],
        [300, 2],
      ] as const) {
        await withVisit({ width, card: { includeInputLabels: true } }, async visited => {
          const places = await boxes(visited);
          expect(new Set(places.map(place => place.y)).size, `${width} px`).toBe(rows);
          const frame = await visited.page.locator('.sq-card-wrapper iframe').boundingBox();
          const bottom = Math.max(...places.map(place => place.y + place.height));
          expect(frame!.height).toBeGreaterThanOrEqual(bottom);
          expect(frame!.height - bottom).toBeLessThan(8);
          await visited.page.screenshot({ path: join(SCREENSHOTS, `fields-${width}.png`) });
        });
      }
    });

    test.each([
      ['light', LIGHT, false],
      ['dark', DARK, true],
    ] as const)('%s style options reach fields, focus and errors', async (name, style, dark) => {
      await withVisit({ dark, card: { style, includeInputLabels: true }, width: 480 }, async visited => {
        const { page, fields } = visited;
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-rest.png`) });
        await typeCard(visited, { number: '4111 1111 1111 1111', expiry: '12/30', cvv: '12', postal: '' });
        await fields.locator('[data-field=postalCode]').click();
        await page.keyboard.type('94');
        const css = (selector: string, property: string, pseudo?: string) =>
          fields
            .locator(selector)
            .first()
            .evaluate((element, [wanted, part]) => getComputedStyle(element, part).getPropertyValue(wanted!), [
              property,
              pseudo,
            ] as const);
        const plain = (color: string) => color.replace(/ /g, ', ');
        expect(await css('[data-field=cardNumber]', 'color')).toBe(plain(style.input.color));
        expect(await css('.input-container', 'background-color')).toBe(plain(style.input.backgroundColor));
        expect(await css('.input-container.is-error', 'border-color', '::after')).toBe(
          plain(style['.input-container.is-error'].borderColor),
        );
        expect(await css('.input-container.is-focus', 'border-top-width', '::after')).toBe('2px');
        expect(await css('.message:not([hidden]) .message-text', 'color')).toBe(
          plain(style['.message-text.is-error'].color),
        );
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-typed.png`) });
        await page.setViewportSize({ width: 400, height: 400 });
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-narrow.png`) });
      });
    });

    test('styles that Square would refuse are refused by name', async () => {
      await withVisit({ attach: false }, async ({ page }) => {
        const nameOf = (style: object) =>
          page.evaluate(
            async ([applicationId, given]) => {
              const { Square } = window as never as {
                Square: {
                  payments(id: string): {
                    card(options: object): Promise<{ attach(target: string): Promise<void>; destroy(): Promise<void> }>;
                  };
                };
              };
              const card = await Square.payments(applicationId as string).card({ style: given });
              const name = await card.attach('#card').then(
                () => 'attached',
                (error: Error) => error.name,
              );
              await card.destroy();
              return name;
            },
            [bench.simulator.applicationId, style] as const,
          );
        expect(await nameOf({ body: { color: 'red' } })).toBe('InvalidInputStyleSelectorError');
        expect(await nameOf({ input: { display: 'none' } })).toBe('InvalidInputStylePropertyError');
        expect(await nameOf({ input: { fontSize: '17px' } })).toBe('InvalidInputStyleValueError');
        expect(await nameOf({ input: { color: 'red; background: url(//x)' } })).toBe('InvalidInputStyleValueError');
        expect(await nameOf({ '.input-container': { borderWidth: 'thick' } })).toBe('InvalidInputStyleValueError');
        expect(await nameOf({ a: {}, b: {} })).toBe('InvalidStylesError');
        expect(await nameOf({ '@media screen and (max-width: 600px)': { input: { fontSize: '12px' } } })).toBe(
          'attached',
        );
      });
    });
  });
});
