import { money } from '../../../common/money.ts';
import { defineTender } from './tender.ts';

export const check = defineTender({
  id: 'check',
  key: 'H',
  kind: 'recorded',
  cost: amount => money(0, amount.currency),
  record(_amount, { number, bank }) {
    return {
      account: 'undeposited_checks',
      tendered_minor: null,
      change_minor: null,
      check_number: number,
      check_bank: bank || null,
      // The bank's name stays here; Square gets the number, which the check itself bears.
      source: { kind: 'external', type: 'CHECK', source: 'Check', source_id: number },
    };
  },
});
