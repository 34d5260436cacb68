import type { AttemptView } from '../../common/contract/payments.ts';
import { cardOf } from './builders.ts';
import type { TempOffice } from './temp-office.ts';

/** An attempt whose request never reached Square, at a Square that from now on only answers its lists. */
export function neverArrived(office: TempOffice): Promise<AttemptView> {
  return unheard(office, 'drop_before_commit');
}

/** An attempt that Square charged, and whose answer was lost; sending again is answered with 500. */
export function chargedUnheard(office: TempOffice): Promise<AttemptView> {
  return unheard(office, 'drop_after_commit');
}

function unheard(office: TempOffice, fault: 'drop_before_commit' | 'drop_after_commit'): Promise<AttemptView> {
  const strike = { method: 'POST', path: '/v2/payments' };
  office.simulator.control.addFault({ ...strike, fault });
  office.simulator.control.addFault({ ...strike, fault: 'status', status: 500, times: 1000 });
  return office.take(cardOf(office));
}
