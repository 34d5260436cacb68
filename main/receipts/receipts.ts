import { cardBrandName } from '../../common/card-brands.ts';
import type { AttemptView, Receipt } from '../../common/contract/payments.ts';
import { AppError } from '../../common/errors.ts';
import { formatMoney, type Money } from '../../common/money.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readSettings } from '../office/settings.ts';

/**
 * What the paper says, for the screen, the PDF and the printer alike: a receipt for money that is on the books, or a
 * slip "not yet charged" for a card that waits for the internet. Nothing is printed about an attempt in doubt.
 */
export function receiptOf(ledger: Ledger, attempt: AttemptView, copy: boolean): Receipt {
  const queued = attempt.word === 'queued';
  if (!queued && (attempt.word !== 'paid' || attempt.receipt_number === null)) throw new AppError('receipt_not_ready');
  const settings = readSettings(ledger.database);
  const show = (amount: Money): string => formatMoney(amount, settings.locale);
  const at = new Intl.DateTimeFormat(settings.locale, {
    timeZone: settings.time_zone,
    dateStyle: 'long',
    timeStyle: 'short',
  }).format(attempt.happened_at_ms);
  return {
    heading: queued ? 'queued' : 'paid',
    copy,
    training: ledger.identity.mode === 'training',
    office: settings.office_name,
    desk: ledger.identity.desk,
    // A slip has no number of its own: receipt numbers count money that came in.
    receipt_number: attempt.receipt_number ?? attempt.reference,
    reference: attempt.reference,
    at,
    taken_by: attempt.taken_by,
    customer: attempt.customer?.name ?? null,
    lines: tenderLines(attempt, show),
    total: show(attempt.amount),
  };
}

function tenderLines(attempt: AttemptView, show: (amount: Money) => string): Receipt['lines'] {
  if (attempt.tender === 'cash') {
    const lines = [{ label: 'Paid by', value: 'Cash' }];
    if (attempt.tendered) lines.push({ label: 'Received', value: show(attempt.tendered) });
    if (attempt.change) lines.push({ label: 'Change', value: show(attempt.change) });
    return lines;
  }
  if (attempt.tender === 'check') {
    return [
      { label: 'Paid by', value: 'Check' },
      { label: 'Check number', value: attempt.check_number ?? '' },
    ];
  }
  // At most the last four digits ever appear on paper, and never the expiry date.
  return [{ label: attempt.channel === 'phone' ? 'Paid by phone with' : 'Paid with', value: cardLine(attempt) }];
}

export const cardLine = ({ card }: AttemptView): string =>
  card ? `${cardBrandName(card.brand)} ending in ${card.last4}` : 'Card';

export const escape = (text: string): string => text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`);

const WAITS =
  'Nothing has been charged yet. The card will be charged when the office is online; then the receipt follows.';

type Words = { readonly kind: string; readonly number: string; readonly who: string; readonly by: string };
const PAYMENT: Words = { kind: 'Receipt', number: 'Receipt', who: 'Received from', by: 'Taken by' };
const REFUND: Words = { kind: 'Refund', number: 'Refund', who: 'Customer', by: 'Handled by' };

/** What the paper is called, and the sentence under the sum. A slip has no number, because nothing has come in. */
const SAYS: Record<Receipt['heading'], Words & { readonly says: string }> = {
  paid: { ...PAYMENT, says: 'Paid. Thank you.' },
  pending: { ...PAYMENT, says: 'Paid. Thank you.' },
  queued: { ...PAYMENT, kind: 'Slip', says: WAITS },
  refund: { ...REFUND, says: 'Given back. A bank may take some days to show it.' },
  refund_pending: {
    ...REFUND,
    says: 'Not given back yet: it is on its way. It is done when it stands on the statement of the bank or card.',
  },
};

/** The paper itself: one page of plain HTML, for A4 and Letter, without script and without anything to load. */
export function receiptHtml(receipt: Receipt): string {
  const row = (label: string, value: string): string => `<tr><th>${escape(label)}</th><td>${escape(value)}</td></tr>`;
  const queued = receipt.heading === 'queued';
  const words = SAYS[receipt.heading];
  const rows = [
    ...(queued ? [] : [row(words.number, receipt.receipt_number)]),
    row('Date', receipt.at),
    ...(receipt.customer ? [row(words.who, receipt.customer)] : []),
    ...receipt.lines.map(line => row(line.label, line.value)),
    row(words.by, `${receipt.taken_by}, desk ${receipt.desk}`),
    row('Reference', receipt.reference),
  ];
  const marks = [receipt.training ? 'TRAINING, no real money' : '', receipt.copy ? 'COPY' : ''].filter(
    text => text !== '',
  );
  return page(
    receipt.office,
    `${marks.map(mark => `<p class="mark">${escape(mark)}</p>`).join('')}
     <h1>${escape(receipt.office)}</h1><p class="kind">${words.kind}</p>
     <p class="total">${escape(receipt.total)}</p><p class="paid">${escape(words.says)}</p>
     <table>${rows.join('')}</table>`,
  );
}

/** The recovery key on paper, with what it is for and where to keep it. */
export function recoveryKeyHtml(office: string, groups: readonly string[]): string {
  const cells = groups.map((group, index) => `<li><small>${index + 1}</small>${escape(group)}</li>`).join('');
  return page(
    'Recovery key',
    `<h1>Recovery key</h1><p class="kind">${escape(office)}, Tillside ledger</p>
     <p>If this computer is lost, this key and a backup are the only way to your books. Nobody else has a copy. Keep it
     where you keep the deed to the office; do not photograph it and do not type it anywhere but into Tillside.</p>
     <ol class="key">${cells}</ol>`,
  );
}

/** A sheet of paper in the look of the receipts. `body` is HTML whose texts are escaped already. */
export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title><style>
    @page { margin: 18mm } body { font: 11pt/1.45 "Segoe UI", "Liberation Sans", Arial, sans-serif; color: #15181d }
    h1 { font-size: 16pt; margin: 0 } .kind { margin: 0 0 10mm; color: #575d65 } .total { font-size: 26pt; margin: 0;
    font-variant-numeric: tabular-nums } .paid { margin: 0 0 8mm } table { border-collapse: collapse; width: 100% }
    th { text-align: left; font-weight: 400; color: #575d65; width: 34% } th, td { padding: 2mm 0; border-bottom: 0.3mm
    solid #dde0e4; vertical-align: top } .mark { font-weight: 700; letter-spacing: 0.08em; border: 0.6mm solid #7241a0;
    color: #7241a0; display: inline-block; padding: 1mm 3mm; margin: 0 3mm 6mm 0 } .key { list-style: none; padding: 0;
    display: grid; grid-template-columns: repeat(4, 1fr); font: 18pt monospace } .key li { padding: 5mm 2mm; border:
    0.3mm solid #dde0e4 } .key small { display: block; font: 8pt sans-serif; color: #575d65 }
  </style></head><body>${body}</body></html>`;
}
