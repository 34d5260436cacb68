import { AppError } from '../../../common/errors.ts';
import { money, subtract } from '../../../common/money.ts';
import { defineTender } from './tender.ts';

export const cash = defineTender({
  id: 'cash',
  key: 'C',
  kind: 'recorded',
  cost: amount => money(0, amount.currency),
  record(amount, { tendered }) {
    if (tendered.currency !== amount.currency || tendered.minor < amount.minor)
      throw new AppError('tendered_too_little');
    return {
      account: 'drawer_cash',
      tendered_minor: tendered.minor,
      change_minor: subtract(tendered, amount).minor,
      check_number: null,
      check_bank: null,
      source: { kind: 'cash', tendered },
    };
  },
});
