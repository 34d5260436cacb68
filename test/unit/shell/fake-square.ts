import { SIMULATOR_SCRIPT_ORIGIN } from '../../../main/shell/origins.ts';

/**
 * The smallest `square.js` that the payment page can be tested with: the card object of the Web Payments SDK, a field
 * in a frame of another origin, and hands (`fake`) for a test to type and answer with.
 */
export const FAKE_SQUARE = `
window.fake = {
  listeners: {},
  focused: [],
  emit(type, detail) { for (const listener of this.listeners[type] ?? []) listener({ type, detail }); },
  type(field, state, cardBrand) {
    const currentState = { hasErrorClass: false, hasFocusClass: false, isPotentiallyValid: true, ...state };
    this.emit('focusClassRemoved', { field, cardBrand, currentState });
  },
  answer(result) {
    if (result.throws) this.reject(Object.assign(new Error('Card 4111 was refused'), { name: result.throws }));
    else this.resolve(result);
  },
};
window.Square = {
  payments(...created) {
    if (window.refuseFields) throw Object.assign(new Error('no'), { name: 'InvalidApplicationIdError' });
    fake.created = created;
    return {
      async card(options) {
        if (window.refuseStyle && options.style) throw new Error('style');
        fake.options = options;
        return {
          async attach(place) {
            const frame = document.createElement('iframe');
            frame.src = '${SIMULATOR_SCRIPT_ORIGIN}/fields';
            frame.style.cssText = 'display:block;border:0;width:100%;height:120px';
            place.append(frame);
            await new Promise(resolve => frame.addEventListener('load', resolve));
          },
          addEventListener(type, listener) { (fake.listeners[type] ??= []).push(listener); },
          async configure(options) { fake.configured = options; },
          async clear() { return true; },
          async focus(field) { fake.focused.push(field); return true; },
          recalculateSize() {},
          tokenize(asked) {
            fake.asked = asked;
            return new Promise((resolve, reject) => Object.assign(fake, { resolve, reject }));
          },
        };
      },
    };
  },
};
`;
