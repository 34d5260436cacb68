import { CardFieldsView } from './card-fields-view.ts';
import type {
  CardFieldsSetup,
  CardFieldsState,
  PaymentView,
  PaymentViewOptions,
  TokenizeRequest,
  TokenizeResult,
} from './card-fields.ts';

export type { CardFieldsSetup, CardFieldsState, PaymentView, PaymentViewOptions, TokenizeRequest, TokenizeResult };

/**
 * The native view that holds Square's card fields, above the desk page and apart from it: its own session, its own
 * origin, its own process. Nothing of a card but brand and last four comes out of it.
 */
export function createPaymentView(options: PaymentViewOptions): PaymentView {
  const fields = new CardFieldsView(options);
  return {
    setup: setup => fields.setup(setup),
    place: rectangle => fields.place(rectangle),
    setTheme: theme => fields.setTheme(theme),
    tokenize: request => fields.tokenize(request),
    clear: () => fields.command({ kind: 'clear' }),
    leave: () => fields.leave(),
    focus: () => fields.focus(),
    reload: () => fields.reload(),
    state: () => fields.state,
    onState: listener => subscribe(fields.stateListeners, listener),
    onKey: listener => subscribe(fields.keyListeners, listener),
  };
}

function subscribe<Value>(listeners: Set<(value: Value) => void>, listener: (value: Value) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
