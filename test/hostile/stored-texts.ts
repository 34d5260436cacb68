import type { Page } from 'playwright-core';
import type { AttemptView, Receipt } from '../../common/contract/payments.ts';
import { evidenceHtml } from '../../main/payments/evidence-paper.ts';
import { receiptHtml } from '../../main/receipts/receipts.ts';
import { OFFICE, OWNER, type DeskDriver } from '../support/desk-driver.ts';
import { ATTACKS } from './attacks.ts';

/** Markup and script as texts that people could type, stored in every text field of the app and then looked at. */

const WOULD_RUN = 'document.documentElement.dataset.ran=1';
const TEMPLATES = [
  '{{constructor.constructor("alert(1)")()}}',
  `$${'{alert(1)}'}`,
  'javascript:alert(1)//',
  '{@html "<b>"}',
];

/** Every piece of markup that is an attack, short enough to be stored. */
export const STORED: readonly string[] = [
  ...ATTACKS.filter(attack => attack.kind === 'markup').map(({ code }) => code),
  ...TEMPLATES,
]
  .map(text => text.replaceAll('MARK', WOULD_RUN).replaceAll('AWAY', 'https://away.example/0'))
  .filter(text => text.length <= 300);

export const SHORT = '<svg onload="document.documentElement.dataset.ran=1">';
/** As much as a field of twenty letters holds. */
const TINY = '<img src=x onerror=1';
export const OFFICE_NAME = `${OFFICE} ${SHORT}`;

/** Fills customers, checks, people and reasons through the door. Answers the attempts that were taken. */
export async function storeTexts(desk: DeskDriver): Promise<string[]> {
  const attempts: string[] = [];
  for (const [index, text] of STORED.entries()) {
    const { customer_id } = await desk.ask('customers.add', { name: text, phone: '', email: '', note: text });
    if (index % 4 > 0) continue;
    for (const again_because of [null, text.slice(0, 200)]) {
      const { attempt_id } = await desk.ask<{ attempt_id: string }>('payments.new');
      const amount = { minor: 1000 + index, currency: 'USD' };
      const details = { tender: 'check', number: TINY, bank: text.slice(0, 60) };
      await desk.ask('payments.take', {
        ...{ attempt_id, channel: 'desk', amount, customer_id, again_because, details },
      });
      attempts.push(attempt_id);
    }
  }
  for (const name of STORED.filter(text => text.length <= 100).slice(0, 6)) {
    const added = await desk.call('people.add', {
      ...{ name, role: 'clerk', first_password: 'first words of a person', proof: OWNER.password },
    });
    if (!added.ok) throw new Error(`people.add: ${JSON.stringify(added.error)}`);
  }
  return attempts;
}

export type Shown = { readonly problems: readonly string[]; readonly texts_seen: number };

/** What a text has become: markup that nobody wrote into the app, or a script that ran. */
export async function judgePage(page: Page, where: string): Promise<Shown> {
  const found = await page.evaluate(() => {
    const strange = [...document.querySelectorAll('*')].filter(
      element =>
        [...element.attributes].some(({ name, value }) => /^on/.test(name) || /^\s*javascript:/i.test(value)) ||
        /^(?:IFRAME|OBJECT|EMBED|BASE|MARQUEE|MATH|VIDEO|AUDIO|ANIMATE|SET|FOREIGNOBJECT)$/i.test(element.tagName) ||
        element.outerHTML.slice(0, 300).split('>')[0]!.includes('away.example'),
    );
    const text = document.body.innerText;
    return {
      // The host shows the payment view in a frame of its own that bears a name; a frame from a text has none.
      strange: strange.filter(one => one.getAttribute('name') === null).map(one => one.outerHTML.slice(0, 120)),
      ran: document.documentElement.dataset['ran'] !== undefined,
      seen: (text.match(/<\w+[^<>]*(?:>|$)/gm) ?? []).length,
    };
  });
  return {
    problems: [
      ...found.strange.map(what => `${where}: a stored text became ${what}`),
      ...(found.ran ? [`${where}: a stored text ran`] : []),
    ],
    texts_seen: found.seen,
  };
}

/** The papers with these texts in each of their fields, as they are handed to the printer. */
export function papersWith(text: string): string[] {
  const receipt: Receipt = {
    ...{ heading: 'paid', copy: true, training: true, office: text, desk: text, receipt_number: text },
    ...{ reference: text, at: text, taken_by: text, customer: text, lines: [{ label: text, value: text }] },
    total: text,
  };
  const attempt = {
    ...{ reference: text, attempt_id: text, taken_by: text, state: text, happened_at_ms: 0, sends: 1, not_found: 0 },
    ...{ amount: { minor: 1, currency: 'USD' }, card: { brand: text, last4: text } },
  } as unknown as AttemptView;
  const fact = { seq: 1, type: text, happened_at_ms: 0, recorded_at_ms: 0, actor: text, body: { [text]: text } };
  const evidence = { attempt_id: text, facts: [{ ...fact, hash: text }], seen_at_square: [{ [text]: text }] };
  const settings = { locale: 'en-US', time_zone: 'UTC', office_name: text } as Parameters<typeof evidenceHtml>[2];
  return [receiptHtml(receipt), evidenceHtml(evidence, attempt, settings)];
}
