import type { Bridge, Command, Told } from './bridge.ts';
import { createCardForm } from './card-form.ts';

/**
 * The payment page: a frame around Square's card fields. It has no input of its own and keeps nothing. It says
 * `ready`, is told what to load, and from then on reports height, state, the keyboard leaving, and tokens.
 */
const { pay: bridge } = window as unknown as Window & { pay: Bridge };

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The payment page has no element "${id}".`);
  return found;
}

const form = createCardForm(bridge, element('card'));

/** Every command ends in a message of its own or in nothing; a page without fields has nothing to answer. */
function follow(command: Command): Promise<void> | void {
  switch (command.kind) {
    case 'setup':
      return form.start(command);
    case 'theme':
      return form.setTheme(command.theme);
    case 'tokenize':
      return form.tokenize(command.number, command.request);
    case 'clear':
      return form.clear();
    case 'focus':
      return form.focus();
    case 'shown':
      return form.resize();
  }
}

/**
 * Whether the page itself has the keyboard, and none of its fields. It gets there when the view is focused, by a click
 * beside the fields, or when the step into a field is overtaken by the focus of the whole view.
 */
let hasKeyboard = false;
window.addEventListener('blur', () => (hasKeyboard = false));
window.addEventListener('focus', () => {
  hasKeyboard = true;
  // An edge gets the focus in the same turn, and sends the keyboard away.
  setTimeout(() => {
    if (hasKeyboard) void form.focus();
  });
});

function watchEdge(id: string, toward: Told['focus-left']['toward']): void {
  const edge = element(id);
  edge.addEventListener('focus', () => {
    edge.blur();
    hasKeyboard = false;
    bridge.tell('focus-left', { toward });
  });
}

watchEdge('edge-before', 'backward');
watchEdge('edge-after', 'forward');
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') bridge.tell('focus-left', { toward: 'escape' });
});
bridge.listen(command => void follow(command));
bridge.tell('ready', null);
