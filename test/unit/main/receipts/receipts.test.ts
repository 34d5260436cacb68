import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { calls } from '../../../../common/contract/index.ts';
import { receiptHtml, receiptOf, recoveryKeyHtml } from '../../../../main/receipts/receipts.ts';
import { cardOf, cardToken, cashOf, checkOf, dollars } from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeAll(async () => {
  office = await TempOffice.create();
});
afterAll(() => office.close());

describe('a receipt', () => {
  test('is only of money that is on the books', async () => {
    office.fields.answers.push(cardToken('cnon:card-nonce-declined', office.clock.now()));
    const declined = await office.take(cardOf(office));
    office.simulator.control.addFault({ fault: 'drop_after_commit', method: 'POST', path: '/v2/payments' });
    const doubtful = await office.take(cardOf(office, { amount: dollars(3) }));
    for (const view of [declined, doubtful]) {
      expect(() => receiptOf(office.ledger, view, false)).toThrow(
        expect.objectContaining({ code: 'receipt_not_ready' }),
      );
    }
  });

  test('says how it was paid, in the words of the office', async () => {
    const { customer_id } = office.addCustomer('Dana <Ortiz> & "Sons"');
    const cash = await office.take(
      cashOf(office, {
        customer_id,
        amount: dollars(1234_56),
        details: { tender: 'cash', tendered: dollars(1300_00) },
      }),
    );
    const receipt = receiptOf(office.ledger, cash, false);
    expect(calls['receipts.get'].output.parse(receipt)).toMatchObject({
      heading: 'paid',
      training: true,
      copy: false,
      office: 'Lakeshore Dental',
      desk: 'D1',
      taken_by: 'Marisol Ortiz',
      total: '$1,234.56',
      at: expect.stringContaining('January 15, 2026') as string,
      lines: [
        { label: 'Paid by', value: 'Cash' },
        { label: 'Received', value: '$1,300.00' },
        { label: 'Change', value: '$65.44' },
      ],
    });
    const html = receiptHtml(receipt);
    expect(html).toContain('Dana &#60;Ortiz&#62; &#38; &#34;Sons&#34;');
    expect(html).not.toContain('<Ortiz>');
    expect(html).toContain('TRAINING, no real money');
    expect(html).not.toContain('COPY');
    expect(receiptHtml({ ...receipt, copy: true, training: false })).toContain('COPY');
  });

  test('shows no more of a card than its last four digits', async () => {
    const desk = await office.take(cardOf(office, { amount: dollars(900) }));
    const phone = await office.take(cardOf(office, { amount: dollars(901), channel: 'phone' }));
    expect(receiptOf(office.ledger, desk, false).lines).toEqual([{ label: 'Paid with', value: 'Visa ending in 5858' }]);
    expect(receiptOf(office.ledger, phone, false).lines).toEqual([
      { label: 'Paid by phone with', value: 'Visa ending in 5858' },
    ]);
    expect(receiptHtml(receiptOf(office.ledger, desk, false))).not.toMatch(/\d{2}\/\d{2}\b.*(exp|valid)|token|cnon:/i);
  });

  test('of a check names its number', async () => {
    const check = await office.take(checkOf(office, { amount: dollars(500) }));
    expect(receiptOf(office.ledger, check, true)).toMatchObject({
      copy: true,
      lines: [{}, { label: 'Check number', value: '1042' }],
    });
  });

  test('loads nothing and runs nothing', async () => {
    const view = await office.take(cashOf(office, { amount: dollars(17) }));
    for (const html of [
      receiptHtml(receiptOf(office.ledger, view, false)),
      recoveryKeyHtml('Office', ['AAAA', 'BBBB']),
    ]) {
      expect(html).not.toMatch(/<script|<img|<link|<iframe|src=|href=|url\(|@import|on[a-z]+=/i);
    }
  });
});
