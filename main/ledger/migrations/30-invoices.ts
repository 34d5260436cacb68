import { watched } from '../watermarks.ts';
import { defineMigration } from './migration.ts';

/** What customers owe, which money pays it, and which money pays nothing yet. */
export const invoices = defineMigration({
  version: 30,
  name: 'invoices',
  up: `
    CREATE TABLE invoice (
      invoice_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, number TEXT NOT NULL, about TEXT NOT NULL,
      lines TEXT NOT NULL, note TEXT NOT NULL, issued_on TEXT NOT NULL CHECK (length(issued_on) = 10), due_on TEXT,
      currency TEXT NOT NULL, net_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL,
      total_minor INTEGER NOT NULL CHECK (total_minor BETWEEN 1 AND 9007199254740991 AND total_minor = net_minor + tax_minor),
      paid_minor INTEGER NOT NULL CHECK (paid_minor BETWEEN 0 AND total_minor), voided_at_ms INTEGER,
      added_at_ms INTEGER NOT NULL, CHECK (voided_at_ms IS NULL OR paid_minor = 0)
    ) STRICT;
    CREATE INDEX invoice_by_customer ON invoice (customer_id, issued_on);
    CREATE INDEX invoice_by_number ON invoice (number);
    CREATE INDEX invoice_by_total ON invoice (total_minor);
    CREATE INDEX invoice_by_open ON invoice (total_minor - paid_minor);
    ${watched('invoice', 'invoice_id')}

    CREATE TABLE allocation (
      allocation_id TEXT PRIMARY KEY, attempt_id TEXT NOT NULL, line INTEGER NOT NULL, invoice_id TEXT,
      customer_id TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
      currency TEXT NOT NULL, day TEXT NOT NULL, made_at_ms INTEGER NOT NULL, reversed_at_ms INTEGER
    ) STRICT;
    CREATE INDEX allocation_by_attempt ON allocation (attempt_id, line);
    CREATE INDEX allocation_by_invoice ON allocation (invoice_id) WHERE invoice_id IS NOT NULL;
    CREATE INDEX allocation_to_credit ON allocation (customer_id) WHERE invoice_id IS NULL AND reversed_at_ms IS NULL;
    ${watched('allocation', 'allocation_id')}

    -- What a payment is meant to pay, until it is known whether there is a payment.
    CREATE TABLE planned_share (
      share_id TEXT PRIMARY KEY, attempt_id TEXT NOT NULL, line INTEGER NOT NULL, invoice_id TEXT NOT NULL,
      amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991)
    ) STRICT;
    CREATE INDEX planned_share_by_attempt ON planned_share (attempt_id, line);
    ${watched('planned_share', 'share_id')}

    -- The account of unallocated receipts by payment. What is given back of a payment that nobody knows has the refund's id.
    CREATE TABLE unallocated (attempt_id TEXT PRIMARY KEY, amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0)) STRICT;
    INSERT INTO unallocated (attempt_id, amount_minor)
      SELECT coalesce(json_extract(body, '$.attempt_id'), json_extract(body, '$.square_refund_id')) AS about,
        sum(CASE WHEN credit_account = 'unallocated_receipts' THEN amount_minor ELSE -amount_minor END) AS sum
      FROM posting JOIN journal USING (desk, incarnation, seq)
      WHERE 'unallocated_receipts' IN (credit_account, debit_account) GROUP BY about HAVING sum <> 0;
    ${watched('unallocated', 'attempt_id')}

    ALTER TABLE payment ADD COLUMN payer_name TEXT;
    CREATE INDEX payment_by_amount ON payment (amount_minor);
    ALTER TABLE customer ADD COLUMN archived_at_ms INTEGER;
  `,
});
