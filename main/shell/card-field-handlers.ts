import type { Announce, Handlers } from '../../common/contract/index.ts';
import type { PaymentView } from './payment-view.ts';

/** The calls about the payment view, and its news to the desk. Keys pressed in it act as if pressed on the page. */
export function cardFieldHandlers(view: PaymentView, announce: Announce) {
  view.onState(state => announce('card_fields.changed', state));
  view.onKey(({ key, control, alt, shift }) => {
    const leaves = key === 'Tab' || key === 'Escape' || key === 'Enter';
    if (leaves && !control && !alt) announce('card_fields.focus_left', {});
    else announce('keys.pressed', { key, control, alt, shift });
  });
  return {
    'card_fields.place': ({ rectangle }) => {
      view.place(rectangle);
      return {};
    },
    'card_fields.state': () => view.state(),
    'card_fields.focus': () => ({ taken: view.focus() }),
    'card_fields.clear': () => {
      view.clear();
      return {};
    },
    'card_fields.reload': () => {
      view.reload();
      return {};
    },
    'card_fields.theme': theme => {
      view.setTheme(theme);
      return {};
    },
  } satisfies Partial<Handlers>;
}
