-- Schema version 33

-- index allocation_by_attempt
CREATE INDEX allocation_by_attempt ON allocation (attempt_id, line);

-- index allocation_by_invoice
CREATE INDEX allocation_by_invoice ON allocation (invoice_id) WHERE invoice_id IS NOT NULL;

-- index allocation_to_credit
CREATE INDEX allocation_to_credit ON allocation (customer_id) WHERE invoice_id IS NULL AND reversed_at_ms IS NULL;

-- index customer_by_name
CREATE INDEX customer_by_name ON customer (sort_name);

-- index customer_by_number
CREATE INDEX customer_by_number ON customer (number);

-- index invoice_by_customer
CREATE INDEX invoice_by_customer ON invoice (customer_id, issued_on);

-- index invoice_by_number
CREATE INDEX invoice_by_number ON invoice (number);

-- index invoice_by_open
CREATE INDEX invoice_by_open ON invoice (total_minor - paid_minor);

-- index invoice_by_total
CREATE INDEX invoice_by_total ON invoice (total_minor);

-- index payment_being_told
CREATE INDEX payment_being_told ON payment (attempt_id) WHERE sync = 'queued' AND next_try_at_ms IS NULL;

-- index payment_by_amount
CREATE INDEX payment_by_amount ON payment (amount_minor);

-- index payment_by_card
CREATE INDEX payment_by_card ON payment (card_last4, amount_minor) WHERE card_last4 IS NOT NULL;

-- index payment_by_customer
CREATE INDEX payment_by_customer ON payment (customer_id, happened_at_ms DESC);

-- index payment_by_day
CREATE INDEX payment_by_day ON payment (day);

-- index payment_by_number
CREATE INDEX payment_by_number ON payment (desk, incarnation, number);

-- index payment_by_reference
CREATE INDEX payment_by_reference ON payment (reference);

-- index payment_by_square_id
CREATE INDEX payment_by_square_id ON payment (square_payment_id) WHERE square_payment_id IS NOT NULL;

-- index payment_by_work
CREATE INDEX payment_by_work ON payment (happened_at_ms, attempt_id, customer_id, next_try_at_ms, state) WHERE next_try_at_ms IS NOT NULL;

-- index payment_open
CREATE INDEX payment_open ON payment (state) WHERE state NOT IN ('recorded', 'completed', 'declined', 'cancelled');

-- index planned_share_by_attempt
CREATE INDEX planned_share_by_attempt ON planned_share (attempt_id, line);

-- index posting_by_customer
CREATE INDEX posting_by_customer ON posting (customer_id) WHERE customer_id IS NOT NULL;

-- index promise_by_customer
CREATE INDEX promise_by_customer ON promise (customer_id, made_at_ms DESC);

-- index refund_alone
CREATE INDEX refund_alone ON refund (actor, day) WHERE approved_by IS NULL;

-- index refund_being_told
CREATE INDEX refund_being_told ON refund (refund_id) WHERE sync = 'queued' AND next_try_at_ms IS NULL;

-- index refund_by_attempt
CREATE INDEX refund_by_attempt ON refund (attempt_id);

-- index refund_by_day
CREATE INDEX refund_by_day ON refund (day);

-- index refund_by_number
CREATE INDEX refund_by_number ON refund (desk, incarnation, number);

-- index refund_by_square_id
CREATE INDEX refund_by_square_id ON refund (square_refund_id) WHERE square_refund_id IS NOT NULL;

-- index refund_by_work
CREATE INDEX refund_by_work ON refund (happened_at_ms, refund_id) WHERE next_try_at_ms IS NOT NULL;

-- index square_payment_by_attempt
CREATE INDEX square_payment_by_attempt ON square_payment (attempt_id);

-- index square_payment_by_day
CREATE INDEX square_payment_by_day ON square_payment (day);

-- index square_payment_without_fee
CREATE INDEX square_payment_without_fee ON square_payment (created_at_ms DESC) WHERE status = 'COMPLETED' AND fee_minor = 0 AND source_type NOT IN ('CASH', 'EXTERNAL');

-- index square_refund_by_attempt
CREATE INDEX square_refund_by_attempt ON square_refund (attempt_id);

-- index square_refund_by_day
CREATE INDEX square_refund_by_day ON square_refund (day);

-- table allocation
CREATE TABLE allocation ( allocation_id TEXT PRIMARY KEY, attempt_id TEXT NOT NULL, line INTEGER NOT NULL, invoice_id TEXT, customer_id TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991), currency TEXT NOT NULL, day TEXT NOT NULL, made_at_ms INTEGER NOT NULL, reversed_at_ms INTEGER , tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table customer
CREATE TABLE customer ( customer_id TEXT PRIMARY KEY, number INTEGER NOT NULL, name TEXT NOT NULL, sort_name TEXT NOT NULL, phone TEXT NOT NULL, phone_digits TEXT NOT NULL, email TEXT NOT NULL, note TEXT NOT NULL, added_at_ms INTEGER NOT NULL , tick INTEGER NOT NULL DEFAULT 0, archived_at_ms INTEGER) STRICT;

-- table customer_search
CREATE VIRTUAL TABLE customer_search USING fts5(text, customer_id UNINDEXED, tokenize = 'trigram');

-- table invoice
CREATE TABLE invoice ( invoice_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, number TEXT NOT NULL, about TEXT NOT NULL, lines TEXT NOT NULL, note TEXT NOT NULL, issued_on TEXT NOT NULL CHECK (length(issued_on) = 10), due_on TEXT, currency TEXT NOT NULL, net_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL, total_minor INTEGER NOT NULL CHECK (total_minor BETWEEN 1 AND 9007199254740991 AND total_minor = net_minor + tax_minor), paid_minor INTEGER NOT NULL CHECK (paid_minor BETWEEN 0 AND total_minor), voided_at_ms INTEGER, added_at_ms INTEGER NOT NULL, tick INTEGER NOT NULL DEFAULT 0, CHECK (voided_at_ms IS NULL OR paid_minor = 0) ) STRICT;

-- table journal
CREATE TABLE journal ( desk TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL CHECK (seq > 0), type TEXT NOT NULL, version INTEGER NOT NULL, actor TEXT NOT NULL, happened_at_ms INTEGER NOT NULL, recorded_at_ms INTEGER NOT NULL, body TEXT NOT NULL, prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32), hash BLOB NOT NULL CHECK (length(hash) = 32), PRIMARY KEY (desk, incarnation, seq) ) STRICT, WITHOUT ROWID;

-- table journal_subject
CREATE TABLE journal_subject ( subject_id TEXT NOT NULL, desk TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (subject_id, desk, incarnation, seq) ) STRICT, WITHOUT ROWID;

-- table ledger_identity
CREATE TABLE ledger_identity ( singleton INTEGER PRIMARY KEY CHECK (singleton = 1), ledger_id TEXT NOT NULL, mode TEXT NOT NULL CHECK (mode IN ('training', 'live')), desk TEXT NOT NULL, incarnation INTEGER NOT NULL, owner_epoch INTEGER NOT NULL, created_at_ms INTEGER NOT NULL ) STRICT;

-- table lost_payment
CREATE TABLE lost_payment ( attempt_id TEXT PRIMARY KEY, desk TEXT NOT NULL, incarnation INTEGER NOT NULL, number INTEGER NOT NULL, found_at_ms INTEGER NOT NULL , tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table payment
CREATE TABLE payment ( attempt_id TEXT PRIMARY KEY, number INTEGER NOT NULL, reference TEXT NOT NULL, desk TEXT NOT NULL, incarnation INTEGER NOT NULL, tender TEXT NOT NULL, channel TEXT NOT NULL, customer_id TEXT, amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991), currency TEXT NOT NULL, state TEXT NOT NULL, day TEXT NOT NULL, happened_at_ms INTEGER NOT NULL, actor TEXT NOT NULL, input_hash TEXT NOT NULL, two_phase INTEGER NOT NULL CHECK (two_phase IN (0, 1)), token_minted_at_ms INTEGER, card_brand TEXT, card_last4 TEXT, receipt_number TEXT UNIQUE, decline TEXT, refusal TEXT, sync TEXT NOT NULL CHECK (sync IN ('none', 'queued', 'confirmed', 'refused')), sends INTEGER NOT NULL, maybe_sent INTEGER NOT NULL CHECK (maybe_sent IN (0, 1)), next_try_at_ms INTEGER, doubt_since_ms INTEGER, doubt_reason TEXT, last_probe TEXT, not_found INTEGER NOT NULL, not_found_since_cancel INTEGER NOT NULL, first_not_found_ms INTEGER, last_not_found_ms INTEGER, cancel_asked INTEGER NOT NULL CHECK (cancel_asked IN (0, 1)), cancel_answered_at_ms INTEGER, watched_until_ms INTEGER, square_payment_id TEXT, version_token TEXT, fee_minor INTEGER, tendered_minor INTEGER, change_minor INTEGER, check_number TEXT, check_bank TEXT, finished_at_ms INTEGER, foreign_payment INTEGER NOT NULL CHECK (foreign_payment IN (0, 1)) , tick INTEGER NOT NULL DEFAULT 0, payer_name TEXT) STRICT;

-- table pending_request
CREATE TABLE pending_request ( attempt_id TEXT PRIMARY KEY, idempotency_key TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL, body_hash TEXT NOT NULL , tick INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

-- table person
CREATE TABLE person ( person_id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, removed_at_ms INTEGER , tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table planned_share
CREATE TABLE planned_share ( share_id TEXT PRIMARY KEY, attempt_id TEXT NOT NULL, line INTEGER NOT NULL, invoice_id TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991) , tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table posting
CREATE TABLE posting ( desk TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL, line INTEGER NOT NULL, debit_account TEXT NOT NULL, credit_account TEXT NOT NULL CHECK (credit_account <> debit_account), customer_id TEXT, amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991), currency TEXT NOT NULL CHECK (length(currency) = 3), day TEXT NOT NULL CHECK (length(day) = 10), PRIMARY KEY (desk, incarnation, seq, line) ) STRICT, WITHOUT ROWID;

-- table probe
CREATE TABLE probe (singleton INTEGER PRIMARY KEY CHECK (singleton = 1), filling BLOB NOT NULL) STRICT;

-- table promise
CREATE TABLE promise ( promise_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991), currency TEXT NOT NULL, due_on TEXT NOT NULL CHECK (length(due_on) = 10), day TEXT NOT NULL, made_at_ms INTEGER NOT NULL, actor TEXT NOT NULL, ended TEXT CHECK (ended IN ('replaced', 'withdrawn')) , tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table refund
CREATE TABLE refund ( refund_id TEXT PRIMARY KEY, attempt_id TEXT NOT NULL, number INTEGER NOT NULL, reference TEXT NOT NULL, desk TEXT NOT NULL, incarnation INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('square', 'cash', 'check', 'other')), customer_id TEXT, amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991), currency TEXT NOT NULL, state TEXT NOT NULL, day TEXT NOT NULL, happened_at_ms INTEGER NOT NULL, actor TEXT NOT NULL, approved_by TEXT, input_hash TEXT NOT NULL, sync TEXT NOT NULL CHECK (sync IN ('none', 'queued', 'confirmed', 'refused')), sends INTEGER NOT NULL, maybe_sent INTEGER NOT NULL CHECK (maybe_sent IN (0, 1)), next_try_at_ms INTEGER, doubt_since_ms INTEGER, doubt_reason TEXT, square_refund_id TEXT, refusal TEXT, square_code TEXT, finished_at_ms INTEGER , tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table secret
CREATE TABLE secret (name TEXT PRIMARY KEY, sealed BLOB NOT NULL, tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table setting
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL, tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table square_payment
CREATE TABLE square_payment ( square_payment_id TEXT PRIMARY KEY, attempt_id TEXT NOT NULL, status TEXT NOT NULL, source_type TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, fee_minor INTEGER NOT NULL, refunded_minor INTEGER NOT NULL, reference TEXT, created_at_ms INTEGER NOT NULL, updated_at_ms INTEGER NOT NULL, day TEXT NOT NULL, booked INTEGER NOT NULL CHECK (booked IN (0, 1)), fee_booked_minor INTEGER NOT NULL , tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table square_refund
CREATE TABLE square_refund ( square_refund_id TEXT PRIMARY KEY, square_payment_id TEXT, attempt_id TEXT, status TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, reason TEXT NOT NULL, created_at_ms INTEGER NOT NULL, updated_at_ms INTEGER NOT NULL, day TEXT NOT NULL, settles INTEGER NOT NULL CHECK (settles IN (0, 1)), booked INTEGER NOT NULL CHECK (booked IN (0, 1)) , tick INTEGER NOT NULL DEFAULT 0, customer_id TEXT) STRICT;

-- table subject_key
CREATE TABLE subject_key (subject_id TEXT PRIMARY KEY, wrapped BLOB NOT NULL, tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table sync_cursor
CREATE TABLE sync_cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- table unallocated
CREATE TABLE unallocated (attempt_id TEXT PRIMARY KEY, amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0), tick INTEGER NOT NULL DEFAULT 0) STRICT;

-- table watermark
CREATE TABLE watermark ( name TEXT PRIMARY KEY, rows INTEGER NOT NULL, ticks INTEGER NOT NULL, clock INTEGER NOT NULL ) STRICT, WITHOUT ROWID;

-- trigger allocation_marked_delete
CREATE TRIGGER allocation_marked_delete AFTER delete ON allocation BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'allocation'; END;

-- trigger allocation_marked_insert
CREATE TRIGGER allocation_marked_insert AFTER insert ON allocation BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'allocation'; UPDATE allocation SET tick = (SELECT clock FROM watermark WHERE name = 'allocation') WHERE allocation_id = NEW.allocation_id; END;

-- trigger allocation_marked_update
CREATE TRIGGER allocation_marked_update AFTER update ON allocation WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'allocation'; UPDATE allocation SET tick = (SELECT clock FROM watermark WHERE name = 'allocation') WHERE allocation_id = NEW.allocation_id; END;

-- trigger customer_marked_delete
CREATE TRIGGER customer_marked_delete AFTER delete ON customer BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'customer'; END;

-- trigger customer_marked_insert
CREATE TRIGGER customer_marked_insert AFTER insert ON customer BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'customer'; UPDATE customer SET tick = (SELECT clock FROM watermark WHERE name = 'customer') WHERE customer_id = NEW.customer_id; END;

-- trigger customer_marked_update
CREATE TRIGGER customer_marked_update AFTER update ON customer WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'customer'; UPDATE customer SET tick = (SELECT clock FROM watermark WHERE name = 'customer') WHERE customer_id = NEW.customer_id; END;

-- trigger invoice_marked_delete
CREATE TRIGGER invoice_marked_delete AFTER delete ON invoice BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'invoice'; END;

-- trigger invoice_marked_insert
CREATE TRIGGER invoice_marked_insert AFTER insert ON invoice BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'invoice'; UPDATE invoice SET tick = (SELECT clock FROM watermark WHERE name = 'invoice') WHERE invoice_id = NEW.invoice_id; END;

-- trigger invoice_marked_update
CREATE TRIGGER invoice_marked_update AFTER update ON invoice WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'invoice'; UPDATE invoice SET tick = (SELECT clock FROM watermark WHERE name = 'invoice') WHERE invoice_id = NEW.invoice_id; END;

-- trigger journal_marked_delete
CREATE TRIGGER journal_marked_delete AFTER delete ON journal BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.seq WHERE name = 'journal'; END;

-- trigger journal_marked_insert
CREATE TRIGGER journal_marked_insert AFTER insert ON journal BEGIN UPDATE watermark SET rows = rows + 1, ticks = ticks + NEW.seq WHERE name = 'journal'; END;

-- trigger journal_no_delete
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;

-- trigger journal_no_update
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;

-- trigger journal_subject_marked_delete
CREATE TRIGGER journal_subject_marked_delete AFTER delete ON journal_subject BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.seq WHERE name = 'journal_subject'; END;

-- trigger journal_subject_marked_insert
CREATE TRIGGER journal_subject_marked_insert AFTER insert ON journal_subject BEGIN UPDATE watermark SET rows = rows + 1, ticks = ticks + NEW.seq WHERE name = 'journal_subject'; END;

-- trigger lost_payment_marked_delete
CREATE TRIGGER lost_payment_marked_delete AFTER delete ON lost_payment BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'lost_payment'; END;

-- trigger lost_payment_marked_insert
CREATE TRIGGER lost_payment_marked_insert AFTER insert ON lost_payment BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'lost_payment'; UPDATE lost_payment SET tick = (SELECT clock FROM watermark WHERE name = 'lost_payment') WHERE attempt_id = NEW.attempt_id; END;

-- trigger lost_payment_marked_update
CREATE TRIGGER lost_payment_marked_update AFTER update ON lost_payment WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'lost_payment'; UPDATE lost_payment SET tick = (SELECT clock FROM watermark WHERE name = 'lost_payment') WHERE attempt_id = NEW.attempt_id; END;

-- trigger payment_marked_delete
CREATE TRIGGER payment_marked_delete AFTER delete ON payment BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'payment'; END;

-- trigger payment_marked_insert
CREATE TRIGGER payment_marked_insert AFTER insert ON payment BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'payment'; UPDATE payment SET tick = (SELECT clock FROM watermark WHERE name = 'payment') WHERE attempt_id = NEW.attempt_id; END;

-- trigger payment_marked_update
CREATE TRIGGER payment_marked_update AFTER update ON payment WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'payment'; UPDATE payment SET tick = (SELECT clock FROM watermark WHERE name = 'payment') WHERE attempt_id = NEW.attempt_id; END;

-- trigger pending_request_marked_delete
CREATE TRIGGER pending_request_marked_delete AFTER delete ON pending_request BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'pending_request'; END;

-- trigger pending_request_marked_insert
CREATE TRIGGER pending_request_marked_insert AFTER insert ON pending_request BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'pending_request'; UPDATE pending_request SET tick = (SELECT clock FROM watermark WHERE name = 'pending_request') WHERE attempt_id = NEW.attempt_id; END;

-- trigger pending_request_marked_update
CREATE TRIGGER pending_request_marked_update AFTER update ON pending_request WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'pending_request'; UPDATE pending_request SET tick = (SELECT clock FROM watermark WHERE name = 'pending_request') WHERE attempt_id = NEW.attempt_id; END;

-- trigger person_marked_delete
CREATE TRIGGER person_marked_delete AFTER delete ON person BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'person'; END;

-- trigger person_marked_insert
CREATE TRIGGER person_marked_insert AFTER insert ON person BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'person'; UPDATE person SET tick = (SELECT clock FROM watermark WHERE name = 'person') WHERE person_id = NEW.person_id; END;

-- trigger person_marked_update
CREATE TRIGGER person_marked_update AFTER update ON person WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'person'; UPDATE person SET tick = (SELECT clock FROM watermark WHERE name = 'person') WHERE person_id = NEW.person_id; END;

-- trigger planned_share_marked_delete
CREATE TRIGGER planned_share_marked_delete AFTER delete ON planned_share BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'planned_share'; END;

-- trigger planned_share_marked_insert
CREATE TRIGGER planned_share_marked_insert AFTER insert ON planned_share BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'planned_share'; UPDATE planned_share SET tick = (SELECT clock FROM watermark WHERE name = 'planned_share') WHERE share_id = NEW.share_id; END;

-- trigger planned_share_marked_update
CREATE TRIGGER planned_share_marked_update AFTER update ON planned_share WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'planned_share'; UPDATE planned_share SET tick = (SELECT clock FROM watermark WHERE name = 'planned_share') WHERE share_id = NEW.share_id; END;

-- trigger posting_marked_delete
CREATE TRIGGER posting_marked_delete AFTER delete ON posting BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.seq WHERE name = 'posting'; END;

-- trigger posting_marked_insert
CREATE TRIGGER posting_marked_insert AFTER insert ON posting BEGIN UPDATE watermark SET rows = rows + 1, ticks = ticks + NEW.seq WHERE name = 'posting'; END;

-- trigger promise_marked_delete
CREATE TRIGGER promise_marked_delete AFTER delete ON promise BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'promise'; END;

-- trigger promise_marked_insert
CREATE TRIGGER promise_marked_insert AFTER insert ON promise BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'promise'; UPDATE promise SET tick = (SELECT clock FROM watermark WHERE name = 'promise') WHERE promise_id = NEW.promise_id; END;

-- trigger promise_marked_update
CREATE TRIGGER promise_marked_update AFTER update ON promise WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'promise'; UPDATE promise SET tick = (SELECT clock FROM watermark WHERE name = 'promise') WHERE promise_id = NEW.promise_id; END;

-- trigger refund_marked_delete
CREATE TRIGGER refund_marked_delete AFTER delete ON refund BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'refund'; END;

-- trigger refund_marked_insert
CREATE TRIGGER refund_marked_insert AFTER insert ON refund BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'refund'; UPDATE refund SET tick = (SELECT clock FROM watermark WHERE name = 'refund') WHERE refund_id = NEW.refund_id; END;

-- trigger refund_marked_update
CREATE TRIGGER refund_marked_update AFTER update ON refund WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'refund'; UPDATE refund SET tick = (SELECT clock FROM watermark WHERE name = 'refund') WHERE refund_id = NEW.refund_id; END;

-- trigger secret_marked_delete
CREATE TRIGGER secret_marked_delete AFTER delete ON secret BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'secret'; END;

-- trigger secret_marked_insert
CREATE TRIGGER secret_marked_insert AFTER insert ON secret BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'secret'; UPDATE secret SET tick = (SELECT clock FROM watermark WHERE name = 'secret') WHERE name = NEW.name; END;

-- trigger secret_marked_update
CREATE TRIGGER secret_marked_update AFTER update ON secret WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'secret'; UPDATE secret SET tick = (SELECT clock FROM watermark WHERE name = 'secret') WHERE name = NEW.name; END;

-- trigger setting_marked_delete
CREATE TRIGGER setting_marked_delete AFTER delete ON setting BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'setting'; END;

-- trigger setting_marked_insert
CREATE TRIGGER setting_marked_insert AFTER insert ON setting BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'setting'; UPDATE setting SET tick = (SELECT clock FROM watermark WHERE name = 'setting') WHERE name = NEW.name; END;

-- trigger setting_marked_update
CREATE TRIGGER setting_marked_update AFTER update ON setting WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'setting'; UPDATE setting SET tick = (SELECT clock FROM watermark WHERE name = 'setting') WHERE name = NEW.name; END;

-- trigger square_payment_marked_delete
CREATE TRIGGER square_payment_marked_delete AFTER delete ON square_payment BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'square_payment'; END;

-- trigger square_payment_marked_insert
CREATE TRIGGER square_payment_marked_insert AFTER insert ON square_payment BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'square_payment'; UPDATE square_payment SET tick = (SELECT clock FROM watermark WHERE name = 'square_payment') WHERE square_payment_id = NEW.square_payment_id; END;

-- trigger square_payment_marked_update
CREATE TRIGGER square_payment_marked_update AFTER update ON square_payment WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'square_payment'; UPDATE square_payment SET tick = (SELECT clock FROM watermark WHERE name = 'square_payment') WHERE square_payment_id = NEW.square_payment_id; END;

-- trigger square_refund_marked_delete
CREATE TRIGGER square_refund_marked_delete AFTER delete ON square_refund BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'square_refund'; END;

-- trigger square_refund_marked_insert
CREATE TRIGGER square_refund_marked_insert AFTER insert ON square_refund BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'square_refund'; UPDATE square_refund SET tick = (SELECT clock FROM watermark WHERE name = 'square_refund') WHERE square_refund_id = NEW.square_refund_id; END;

-- trigger square_refund_marked_update
CREATE TRIGGER square_refund_marked_update AFTER update ON square_refund WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'square_refund'; UPDATE square_refund SET tick = (SELECT clock FROM watermark WHERE name = 'square_refund') WHERE square_refund_id = NEW.square_refund_id; END;

-- trigger subject_key_marked_delete
CREATE TRIGGER subject_key_marked_delete AFTER delete ON subject_key BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'subject_key'; END;

-- trigger subject_key_marked_insert
CREATE TRIGGER subject_key_marked_insert AFTER insert ON subject_key BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'subject_key'; UPDATE subject_key SET tick = (SELECT clock FROM watermark WHERE name = 'subject_key') WHERE subject_id = NEW.subject_id; END;

-- trigger subject_key_marked_update
CREATE TRIGGER subject_key_marked_update AFTER update ON subject_key WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'subject_key'; UPDATE subject_key SET tick = (SELECT clock FROM watermark WHERE name = 'subject_key') WHERE subject_id = NEW.subject_id; END;

-- trigger unallocated_marked_delete
CREATE TRIGGER unallocated_marked_delete AFTER delete ON unallocated BEGIN UPDATE watermark SET rows = rows - 1, ticks = ticks - OLD.tick WHERE name = 'unallocated'; END;

-- trigger unallocated_marked_insert
CREATE TRIGGER unallocated_marked_insert AFTER insert ON unallocated BEGIN UPDATE watermark SET clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1 WHERE name = 'unallocated'; UPDATE unallocated SET tick = (SELECT clock FROM watermark WHERE name = 'unallocated') WHERE attempt_id = NEW.attempt_id; END;

-- trigger unallocated_marked_update
CREATE TRIGGER unallocated_marked_update AFTER update ON unallocated WHEN NEW.tick = OLD.tick BEGIN UPDATE watermark SET clock = clock + 1, ticks = ticks - OLD.tick + clock + 1 WHERE name = 'unallocated'; UPDATE unallocated SET tick = (SELECT clock FROM watermark WHERE name = 'unallocated') WHERE attempt_id = NEW.attempt_id; END;
