import type { CardInputEvent, CardInputEventTypesValues } from '@square/web-sdk';
import type { Told } from './bridge.ts';

export const WATCHED_EVENTS: readonly CardInputEventTypesValues[] = [
  'focusClassAdded',
  'focusClassRemoved',
  'errorClassAdded',
  'errorClassRemoved',
  'cardBrandChanged',
  'postalCodeChanged',
];

/**
 * What Square's events say about the fields as a whole. Square tells a field's state only with an event, so a field
 * that was never visited counts as empty, and the postal code, which some countries do not have, may stay unseen.
 */
export function createFieldStates(): { take(event: CardInputEvent): void; sum(): Told['changed']; forget(): void } {
  const states = new Map<string, CardInputEvent['currentState']>();
  let brand: string | null = null;
  return {
    take(event) {
      states.set(event.field, event.currentState);
      if (event.cardBrand) brand = event.cardBrand === 'OTHER_BRAND' ? null : event.cardBrand;
    },
    sum() {
      const all = [...states.values()];
      const isValid = (field: string) => states.get(field)?.isCompletelyValid === true;
      const hasPostalCode = !states.has('postalCode') || isValid('postalCode');
      return {
        complete: ['cardNumber', 'expirationDate', 'cvv'].every(isValid) && hasPostalCode,
        brand,
        focused: all.some(state => state.hasFocusClass),
        empty: all.every(state => state.isEmpty),
      };
    },
    forget() {
      states.clear();
      brand = null;
    },
  };
}
