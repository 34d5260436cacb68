import type { RefundInput, RefundView } from '../../../../common/contract/refunds.ts';
import { AppError } from '../../../../common/errors.ts';
import type { Role } from '../../../../common/permissions.ts';
import { dollars } from '../../../support/builders.ts';
import { OWNER_PASSWORD, type TempOffice } from '../../../support/temp-office.ts';

/** Somebody else of the office. Passwords are all the same here; who is who is what counts. */
export function employ(office: TempOffice, name: string, role: Role): string {
  const person_id = office.newId();
  office.ledger.write(office.person_id, write =>
    write.fact('staff.added', { person_id, role, personal: write.sealPersonal(person_id, { name }) }),
  );
  return person_id;
}

type Wish = {
  refund_id?: string;
  kind?: RefundInput['kind'];
  by?: string;
  second?: string;
  password?: string;
  checked?: boolean;
};

export function refundInput(office: TempOffice, attempt_id: string, minor: number, wish: Wish = {}): RefundInput {
  return {
    refund_id: (wish.refund_id ?? office.newId()) as never,
    attempt_id: attempt_id as never,
    amount: dollars(minor),
    kind: wish.kind ?? 'square',
    reason: 'Charged for the wrong visit',
    restored_checked: wish.checked ?? false,
    approval: wish.second ? { person_id: wish.second, password: wish.password ?? OWNER_PASSWORD } : null,
  };
}

export const prove = (_person_id: string, password: string): Promise<void> =>
  password === OWNER_PASSWORD ? Promise.resolve() : Promise.reject(new AppError('wrong_password'));

/** Gives back as the owner, who is alone in the office unless the test employs somebody. */
export function giveBack(office: TempOffice, attempt_id: string, minor: number, wish: Wish = {}): Promise<RefundView> {
  return office.refunds.make(refundInput(office, attempt_id, minor, wish), wish.by ?? office.person_id, prove);
}

/** A refund made on somebody else's device. */
export async function refundElsewhere(
  office: TempOffice,
  square_payment_id: string,
  minor: number,
  reason = 'asked for elsewhere',
): Promise<void> {
  const answer = await fetch(`${office.simulator.baseUrl}/v2/refunds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${office.simulator.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      idempotency_key: office.newId(),
      payment_id: square_payment_id,
      reason,
      amount_money: { amount: minor, currency: 'USD' },
    }),
  });
  if (answer.status !== 200) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`);
}

/** What Square really gives back, or is about to, of one payment. */
export const atSquare = (office: TempOffice, square_payment_id?: string) =>
  office.simulator.control
    .refunds()
    .filter(one => square_payment_id === undefined || one.payment_id === square_payment_id)
    .filter(({ status }) => status === 'PENDING' || status === 'COMPLETED');

/** Lets Square work for an hour, and reads its lists. */
export async function anHourLater(office: TempOffice): Promise<void> {
  office.simulator.control.advance(3_600_000);
  await office.sync.now();
  await office.settle();
}
