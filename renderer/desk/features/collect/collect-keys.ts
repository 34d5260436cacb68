import type { Channel, TenderId } from '../../../../common/contract/payments.ts';
import type { KeyBinding } from '../../lib/keys.svelte.ts';
import { messages } from '../../lib/messages/messages.ts';
import type { CollectState } from './collect-state.svelte.ts';
import { isChoosable } from './waits.ts';

type Actions = {
  primary: () => unknown;
  findCustomer: () => unknown;
  choose: (tender: TenderId) => unknown;
  setChannel: (channel: Channel) => void;
  nextCustomer: () => unknown;
  leaveRepeat: () => unknown;
  now_ms: () => number;
  today: () => string;
};

/**
 * The keys of Collect as they are now. After a result only Enter goes on: F2 took the payment, and a second F2 out of
 * impatience must not clear away what became of it.
 */
export function collectKeys(collect: CollectState, actions: Actions): KeyBinding[] {
  const text = messages.collect.keys;
  if (!collect.drafting) {
    return [
      { key: 'Enter', label: text.next, run: () => actions.nextCustomer(), show: 'bar' },
      { key: 'F3', label: text.find, run: () => actions.findCustomer(), show: 'bar' },
    ];
  }
  const keys: KeyBinding[] = [
    {
      key: 'F2',
      label: primaryName(collect),
      run: () => actions.primary(),
      show: 'bar',
    },
    { key: 'F3', label: text.find, run: () => actions.findCustomer(), show: 'bar' },
    { key: '/', label: text.find, run: () => actions.findCustomer() },
    { key: 'F4', label: text.cash, run: () => actions.choose('cash'), show: 'bar' },
    {
      key: 'F6',
      label: collect.channel === 'phone' ? text.desk : text.phone,
      run: () => actions.setChannel(collect.channel === 'phone' ? 'desk' : 'phone'),
      show: 'bar',
    },
    { key: 'Esc', label: text.back, run: () => stepBack(collect, actions) },
  ];
  if (collect.channel === 'phone' && collect.tender === 'card') {
    keys.push({ key: 'F7', label: text.recording, run: () => collect.toggleRecording(actions.now_ms()), show: 'bar' });
  }
  for (const [at, { id, invoices }] of collect.dues.offers(actions.today()).entries()) {
    const label = messages.collect.owed.keys[id];
    keys.push({ key: String(at + 1), label, run: () => collect.dues.offer(invoices) });
  }
  for (const way of collect.ways) {
    if (!isChoosable(way)) continue;
    const label = { card: text.card, cash: text.cash, check: text.check }[way.tender];
    keys.push({ key: way.key, label, run: () => actions.choose(way.tender) });
  }
  return keys;
}

function primaryName(collect: CollectState): string {
  if (collect.repeats) return messages.doubt.repeat.keys.take;
  const { record, primary } = messages.collect.keys;
  return collect.tender === 'cash' || collect.tender === 'check' ? record : primary;
}

/** Esc goes back one step at a time and never throws typed card digits away. */
function stepBack(collect: CollectState, actions: Actions): void {
  if (collect.busy) return;
  if (collect.repeats) actions.leaveRepeat();
  else if (collect.declined) collect.tryAgain();
  else if (collect.tender !== null) collect.tender = null;
  else if (collect.payer !== 'unasked') actions.findCustomer();
}
