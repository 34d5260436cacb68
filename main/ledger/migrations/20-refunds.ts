import { watched } from '../watermarks.ts';
import { defineMigration } from './migration.ts';

/** Refunds that this desk was asked for, and for which customer a refund at Square stands on the books. */
export const refunds = defineMigration({
  version: 20,
  name: 'refunds',
  up: `
    CREATE TABLE refund (
      refund_id TEXT PRIMARY KEY, attempt_id TEXT NOT NULL, number INTEGER NOT NULL, reference TEXT NOT NULL,
      desk TEXT NOT NULL, incarnation INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('square', 'cash', 'check', 'other')), customer_id TEXT,
      amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991), currency TEXT NOT NULL,
      state TEXT NOT NULL, day TEXT NOT NULL, happened_at_ms INTEGER NOT NULL, actor TEXT NOT NULL, approved_by TEXT,
      input_hash TEXT NOT NULL, sync TEXT NOT NULL CHECK (sync IN ('none', 'queued', 'confirmed', 'refused')),
      sends INTEGER NOT NULL, maybe_sent INTEGER NOT NULL CHECK (maybe_sent IN (0, 1)), next_try_at_ms INTEGER,
      doubt_since_ms INTEGER, doubt_reason TEXT, square_refund_id TEXT, refusal TEXT, square_code TEXT,
      finished_at_ms INTEGER
    ) STRICT;
    CREATE INDEX refund_by_attempt ON refund (attempt_id);
    CREATE INDEX refund_by_day ON refund (day);
    CREATE INDEX refund_by_number ON refund (desk, incarnation, number);
    CREATE INDEX refund_by_square_id ON refund (square_refund_id) WHERE square_refund_id IS NOT NULL;
    CREATE INDEX refund_by_work ON refund (happened_at_ms, refund_id) WHERE next_try_at_ms IS NOT NULL;
    CREATE INDEX refund_being_told ON refund (refund_id) WHERE sync = 'queued' AND next_try_at_ms IS NULL;
    CREATE INDEX refund_alone ON refund (actor, day) WHERE approved_by IS NULL;
    ${watched('refund', 'refund_id')}

    ALTER TABLE square_refund ADD COLUMN customer_id TEXT;
  `,
});
