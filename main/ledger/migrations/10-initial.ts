import { FIRST_WATERMARKS } from '../watermarks.ts';
import { defineMigration } from './migration.ts';

/**
 * The journal and what is projected from it. Shipped migrations are frozen; a change is a new file. Tables named in
 * PROJECTIONS (events/projection.ts) can be thrown away and made again from the journal; the others cannot.
 */
export const initial = defineMigration({
  version: 10,
  name: 'initial',
  up: `
    CREATE TABLE ledger_identity (
      singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
      ledger_id TEXT NOT NULL, mode TEXT NOT NULL CHECK (mode IN ('training', 'live')), desk TEXT NOT NULL,
      incarnation INTEGER NOT NULL, owner_epoch INTEGER NOT NULL, created_at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE journal (
      desk TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL CHECK (seq > 0),
      type TEXT NOT NULL, version INTEGER NOT NULL, actor TEXT NOT NULL,
      happened_at_ms INTEGER NOT NULL, recorded_at_ms INTEGER NOT NULL,
      body TEXT NOT NULL, prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (desk, incarnation, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
    CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;

    -- Not projections: keys and requests that must be forgettable, and where a list was read up to.
    CREATE TABLE subject_key (subject_id TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;
    CREATE TABLE pending_request (
      attempt_id TEXT PRIMARY KEY, idempotency_key TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL, body_hash TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE secret (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
    CREATE TABLE sync_cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    -- Written over before each charge, to see that the disk takes a commit.
    CREATE TABLE probe (singleton INTEGER PRIMARY KEY CHECK (singleton = 1), filling BLOB NOT NULL) STRICT;

    -- Projections.
    CREATE TABLE journal_subject (
      subject_id TEXT NOT NULL, desk TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL,
      PRIMARY KEY (subject_id, desk, incarnation, seq)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE posting (
      desk TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL, line INTEGER NOT NULL,
      debit_account TEXT NOT NULL, credit_account TEXT NOT NULL CHECK (credit_account <> debit_account),
      customer_id TEXT, amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
      currency TEXT NOT NULL CHECK (length(currency) = 3), day TEXT NOT NULL CHECK (length(day) = 10),
      PRIMARY KEY (desk, incarnation, seq, line)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX posting_by_customer ON posting (customer_id) WHERE customer_id IS NOT NULL;

    CREATE TABLE person (
      person_id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, removed_at_ms INTEGER
    ) STRICT;

    CREATE TABLE customer (
      customer_id TEXT PRIMARY KEY, number INTEGER NOT NULL, name TEXT NOT NULL, sort_name TEXT NOT NULL,
      phone TEXT NOT NULL, phone_digits TEXT NOT NULL, email TEXT NOT NULL, note TEXT NOT NULL,
      added_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX customer_by_name ON customer (sort_name);
    CREATE INDEX customer_by_number ON customer (number);
    CREATE VIRTUAL TABLE customer_search USING fts5(text, customer_id UNINDEXED, tokenize = 'trigram');

    CREATE TABLE payment (
      attempt_id TEXT PRIMARY KEY, number INTEGER NOT NULL, reference TEXT NOT NULL, desk TEXT NOT NULL,
      incarnation INTEGER NOT NULL, tender TEXT NOT NULL, channel TEXT NOT NULL, customer_id TEXT,
      amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991), currency TEXT NOT NULL,
      state TEXT NOT NULL, day TEXT NOT NULL, happened_at_ms INTEGER NOT NULL, actor TEXT NOT NULL,
      input_hash TEXT NOT NULL, two_phase INTEGER NOT NULL CHECK (two_phase IN (0, 1)),
      token_minted_at_ms INTEGER, card_brand TEXT, card_last4 TEXT, receipt_number TEXT UNIQUE,
      decline TEXT, refusal TEXT, sync TEXT NOT NULL CHECK (sync IN ('none', 'queued', 'confirmed', 'refused')),
      sends INTEGER NOT NULL, maybe_sent INTEGER NOT NULL CHECK (maybe_sent IN (0, 1)), next_try_at_ms INTEGER,
      doubt_since_ms INTEGER, doubt_reason TEXT, last_probe TEXT, not_found INTEGER NOT NULL,
      not_found_since_cancel INTEGER NOT NULL, first_not_found_ms INTEGER, last_not_found_ms INTEGER,
      cancel_asked INTEGER NOT NULL CHECK (cancel_asked IN (0, 1)), cancel_answered_at_ms INTEGER,
      watched_until_ms INTEGER, square_payment_id TEXT, version_token TEXT, fee_minor INTEGER,
      tendered_minor INTEGER, change_minor INTEGER, check_number TEXT, check_bank TEXT, finished_at_ms INTEGER,
      foreign_payment INTEGER NOT NULL CHECK (foreign_payment IN (0, 1))
    ) STRICT;
    CREATE INDEX payment_by_day ON payment (day);
    CREATE INDEX payment_by_customer ON payment (customer_id, happened_at_ms DESC);
    CREATE INDEX payment_by_work ON payment (happened_at_ms, attempt_id, customer_id, next_try_at_ms, state)
      WHERE next_try_at_ms IS NOT NULL;
    CREATE INDEX payment_open ON payment (state) WHERE state NOT IN ('recorded', 'completed', 'declined', 'cancelled');
    CREATE INDEX payment_being_told ON payment (attempt_id) WHERE sync = 'queued' AND next_try_at_ms IS NULL;
    CREATE INDEX payment_by_reference ON payment (reference);
    CREATE INDEX payment_by_square_id ON payment (square_payment_id) WHERE square_payment_id IS NOT NULL;
    CREATE INDEX payment_by_number ON payment (desk, incarnation, number);
    CREATE INDEX payment_by_card ON payment (card_last4, amount_minor) WHERE card_last4 IS NOT NULL;

    CREATE TABLE square_payment (
      square_payment_id TEXT PRIMARY KEY, attempt_id TEXT NOT NULL, status TEXT NOT NULL, source_type TEXT NOT NULL,
      amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, fee_minor INTEGER NOT NULL, refunded_minor INTEGER NOT NULL,
      reference TEXT, created_at_ms INTEGER NOT NULL, updated_at_ms INTEGER NOT NULL, day TEXT NOT NULL,
      booked INTEGER NOT NULL CHECK (booked IN (0, 1)), fee_booked_minor INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX square_payment_by_day ON square_payment (day);
    CREATE INDEX square_payment_by_attempt ON square_payment (attempt_id);
    CREATE INDEX square_payment_without_fee ON square_payment (created_at_ms DESC)
      WHERE status = 'COMPLETED' AND fee_minor = 0 AND source_type NOT IN ('CASH', 'EXTERNAL');

    CREATE TABLE square_refund (
      square_refund_id TEXT PRIMARY KEY, square_payment_id TEXT, attempt_id TEXT, status TEXT NOT NULL,
      amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, reason TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
      updated_at_ms INTEGER NOT NULL, day TEXT NOT NULL, settles INTEGER NOT NULL CHECK (settles IN (0, 1)),
      booked INTEGER NOT NULL CHECK (booked IN (0, 1))
    ) STRICT;
    CREATE INDEX square_refund_by_day ON square_refund (day);
    CREATE INDEX square_refund_by_attempt ON square_refund (attempt_id);

    CREATE TABLE lost_payment (
      attempt_id TEXT PRIMARY KEY, desk TEXT NOT NULL, incarnation INTEGER NOT NULL, number INTEGER NOT NULL,
      found_at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

    -- Sums beside the tables, by which an older copy of one of their pages is noticed at opening.
    ${FIRST_WATERMARKS}
  `,
});
