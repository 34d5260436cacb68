import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiptHtml } from '../../../../main/receipts/receipts.ts';
import { refundPaperOf } from '../../../../main/receipts/refund-paper.ts';
import { cardOf, cashOf, dollars } from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';
import { anHourLater, giveBack } from './giving-back.ts';

let office: TempOffice;
beforeAll(async () => {
  office = await TempOffice.create({ two_phase: false, timeout_ms: 300 });
});
afterAll(() => office.close());
const paper = (refund_id: string) => {
  const refund = office.refunds.view(refund_id);
  return refundPaperOf(office.ledger, refund, office.attempts.view(refund.attempt_id));
};

test('a refund on its way says so on paper, and is headed Refund once it is done', async () => {
  const { attempt_id, receipt_number } = await office.take(cardOf(office, { amount: dollars(6000) }));
  await office.sync.now();
  const { refund_id } = await giveBack(office, attempt_id, 2000);
  expect(paper(refund_id)).toMatchObject({
    ...{ heading: 'refund_pending', total: '$20.00', taken_by: 'Marisol Ortiz' },
    lines: [
      { label: 'Goes back to', value: 'Visa ending in 5858' },
      { label: 'For receipt', value: receipt_number },
      { label: 'Paid then', value: '$60.00' },
    ],
  });
  const html = receiptHtml(paper(refund_id));
  expect(html).toContain('<p class="kind">Refund</p>');
  expect(html).toContain('Not given back yet');
  expect(html).not.toContain('Charged for the wrong visit');
  await anHourLater(office);
  expect(paper(refund_id).heading).toBe('refund');
  expect(receiptHtml(paper(refund_id))).toContain('Given back. A bank may take some days');
});

test('cash from the drawer has its paper at once; what is in doubt or refused has none', async () => {
  const cash = await office.take(cashOf(office, { amount: dollars(2100) }));
  const handed = await giveBack(office, cash.attempt_id, 2100, { kind: 'cash' });
  expect(paper(handed.refund_id)).toMatchObject({ heading: 'refund', lines: [{ value: 'Cash' }, {}, {}] });
  const { attempt_id } = await office.take(cardOf(office, { amount: dollars(5000) }));
  await office.sync.now();
  office.simulator.control.addFault({ fault: 'drop_before_commit', path: '/v2/refunds', times: 1000 });
  const doubtful = await giveBack(office, attempt_id, 2000);
  expect(doubtful.state).toBe('unknown');
  expect(() => paper(doubtful.refund_id)).toThrow(expect.objectContaining({ code: 'receipt_not_ready' }));
  office.simulator.control.clearFaults();
});
