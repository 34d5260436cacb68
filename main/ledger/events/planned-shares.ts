import { z } from 'zod';
import { sql } from '../open.ts';
import type { FactContext } from './event.ts';
import { minor, typed } from './shapes.ts';

/** What a payment is meant to pay, and who pays it where that is not the customer. Part of the fact that begins it. */
export const meant = {
  pays: z.array(z.strictObject({ invoice_id: z.string(), amount_minor: minor })),
  payer: typed.nullable(),
};
type Meant = z.infer<z.ZodObject<typeof meant>>;
/** Facts from before invoices were known. */
export const MEANT_NOTHING = { pays: [], payer: null };
const payerPersonal = z.strictObject({ payer_name: z.string() });

export function projectShares({ attempt_id, pays }: Meant & { attempt_id: string }, { database }: FactContext): void {
  for (const [index, { invoice_id, amount_minor }] of pays.entries()) {
    const line = index + 1;
    sql(
      database,
      'INSERT INTO planned_share (share_id, attempt_id, line, invoice_id, amount_minor) VALUES (?, ?, ?, ?, ?)',
    ).run(`${attempt_id}#${line}`, attempt_id, line, invoice_id, amount_minor);
  }
}

/** Null without a payer of its own, and when the name was erased. */
export function payerColumn({ payer }: Meant, { open }: FactContext): { payer_name: string | null } {
  if (payer === null) return { payer_name: null };
  const opened = payerPersonal.safeParse(open(payer.subject_id, payer.sealed));
  return { payer_name: opened.success ? opened.data.payer_name : null };
}
