import { cardBrandName } from '../../../../common/card-brands.ts';
import type { Format } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';
import type { CollectState } from './collect-state.svelte.ts';

/** The whole consequence of the primary button, in words. */
export function primaryLabel(collect: CollectState, format: Format): string {
  const text = messages.collect.act;
  if (collect.amount.money === null) return text.nothing;
  const sum = format.money(collect.amount.money);
  if (collect.busy) return collect.tender === 'card' ? text.charging(sum) : text.recording(sum);
  if (collect.declined && collect.tender === 'card') return text.another(sum);
  if (collect.tender === 'cash') return text.cash(sum);
  if (collect.tender === 'check') {
    const number = collect.checkNumber.trim();
    return number === '' ? text.checkPlain(sum) : text.check(sum, number);
  }
  if (collect.tender !== 'card') return text.nothing;
  const known = collect.fields.view.brand;
  const brand = known === null ? messages.result.anyCard : cardBrandName(known);
  return collect.channel === 'phone' ? text.chargePhone(sum, brand) : text.chargeDesk(sum, brand);
}

/** Why it cannot be pressed, or undefined. After a decline it always can: it starts another try. */
export function primaryWaits(collect: CollectState): string | undefined {
  if (collect.declined && collect.tender === 'card' && !collect.busy) return undefined;
  return collect.waits === null ? undefined : messages.collect.act.reasons[collect.waits];
}
