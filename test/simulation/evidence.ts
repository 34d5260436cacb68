import type { AttemptState } from '../../common/contract/payments.ts';
import { sql, type Database } from '../../main/ledger/open.ts';
import type { JournalRow } from '../../main/ledger/journal.ts';
import type { Sent } from './line.ts';
import { RolesTold } from './roles-told.ts';
import type { SquareBooks } from './square-books.ts';

/** States that nothing leaves by itself. */
export const ENDED: ReadonlySet<string> = new Set([
  ...['recorded', 'completed', 'declined', 'invalid', 'cancelled', 'closed_not_charged'],
]);

/** A fact as the invariants read it: its row in the journal and its parsed body. */
export type Fact = JournalRow & { readonly parsed: Readonly<Record<string, unknown>> };

/** What is remembered of one attempt outside the ledger, from the facts alone. */
export type Shadow = {
  readonly attempt_id: string;
  readonly amount_minor: number;
  readonly customer_id: string | null;
  readonly tender: string;
  readonly reference: string;
  readonly actor: string;
  readonly foreign: boolean;
  key: string;
  body_hash: string;
  state: AttemptState;
  receipt_number: string | null;
  square_payment_id: string | null;
  /** When it entered the state, in true time. */
  since_ms: number;
  /** How often its money calls left the desk, by the line's count. */
  calls: number;
  /** Sends that the journal says. */
  sends: number;
};

/** What a person was told. */
export type Told = {
  readonly attempt_id: string;
  readonly word: string;
  readonly receipt_number: string | null;
  readonly amount_minor: number;
  readonly state: string;
};

/** What the ledger held of an attempt when a call about it left. */
export type Durable = {
  readonly attempt_id: string;
  readonly state: AttemptState;
  readonly sends: number;
  readonly body_hash: string;
  readonly sync: string;
};
export type Leaving = Sent & { readonly durable: Durable | null };
export const isMoney = ({ name }: Sent): boolean => name === 'createPayment' || name === 'completePayment';

/** What happened since the last look, for the invariants that look at what is new. */
export type News = {
  /** The head of the journal before it. */
  readonly before: { readonly seq: number; readonly hash: Buffer };
  readonly facts: readonly Fact[];
  readonly touched: readonly { readonly shadow: Shadow; readonly before: AttemptState | null }[];
  readonly told: readonly Told[];
  readonly sent: readonly Leaving[];
};

type StateRow = {
  attempt_id: string;
  state: AttemptState;
  amount_minor: number;
  receipt_number: string | null;
  square_payment_id: string | null;
};

/** Everything that the invariants read: the ledger itself, Square's books, the wire, and what people were told. */
export class Evidence {
  readonly database: Database;
  readonly books: SquareBooks;
  readonly shadows = new Map<string, Shadow>();
  readonly byKey = new Map<string, Shadow>();
  readonly bySquareId = new Map<string, Shadow>();
  /** The last word that people were told of each attempt. */
  readonly told = new Map<string, Told>();
  readonly bodies = new Map<string, string>();
  /** How many attempts are in each state. */
  readonly inState = new Map<string, number>();
  readonly refused = new Set<string>();
  /** Who belonged to the office as what, and what those were who asked for a payment. */
  readonly roles = new RolesTold();
  /** Attempt and person: who might decide when they said so. */
  readonly deciders = new Set<string>();
  readonly wronglyAccepted: string[] = [];
  /** The last news of each payment of Square, as text. */
  readonly news = new Map<string, string>();
  /** Attempts whose receipt number was looked at. */
  readonly numbered = new Set<string>();
  now_ms = 0;
  paymentsSeen = 0;
  /** The epoch of a process that wrote although a later one owns the ledger. */
  outdatedWriter: number | null = null;
  newestEpoch = 0;
  busy = 0;
  idle_since_ms: number | null = null;
  seq = 0;
  firstSeq = 0;
  hash: Buffer = Buffer.alloc(32);
  #commits = -1;
  #told: Told[] = [];
  #sent: Leaving[] = [];

  constructor(database: Database, books: SquareBooks) {
    this.database = database;
    this.books = books;
  }

  /** Starts at the head of the ledger as it is. */
  beginHere(): void {
    const head = sql(this.database, 'SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1').get() as JournalRow;
    this.seq = head.seq;
    this.firstSeq = head.seq;
    this.hash = head.hash;
  }

  tell(told: Told): void {
    this.#told.push(told);
  }

  /** A call is about to leave the desk: what is durable at this very moment is kept with it. */
  send(sent: Sent): void {
    const durable = this.#durable(sent);
    this.#sent.push({ ...sent, durable });
    const shadow = durable && this.shadows.get(durable.attempt_id);
    if (shadow && isMoney(sent)) shadow.calls += 1;
  }

  #durable({ name, subject }: Sent): Durable | null {
    if (name === 'createPayment' || name === 'cancelByKey') {
      return (sql(
        this.database,
        `SELECT attempt_id, state, sends, body_hash, sync FROM pending_request JOIN payment USING (attempt_id)
         WHERE idempotency_key = ?`,
      ).get(subject) ?? null) as Durable | null;
    }
    const column = name === 'completePayment' || name === 'getPayment' || name === 'cancelPayment';
    if (!column) return null;
    return (sql(
      this.database,
      "SELECT attempt_id, state, sends, '' AS body_hash, sync FROM payment WHERE square_payment_id = ?",
    ).get(subject) ?? null) as Durable | null;
  }

  /** The states in which a call finds the attempt it is about; of a list, those of all attempts. */
  statesOf(sent: Sent): string[] {
    if (sent.name.startsWith('list') || sent.name === 'getLocation') return this.states();
    return [this.#durable(sent)?.state ?? 'none'];
  }

  /** Reads what the journal has gained, and remembers it. */
  catchUp(commits: number): News {
    const rows = commits === this.#commits ? [] : this.#rows();
    this.#commits = commits;
    const facts = rows.map(row => ({ ...row, parsed: JSON.parse(row.body) as Record<string, unknown> }));
    const touched = new Map<string, { shadow: Shadow; before: AttemptState | null }>();
    for (const fact of facts) this.#remember(fact, touched);
    for (const entry of touched.values()) this.#refresh(entry.shadow);
    const before = { seq: this.seq, hash: this.hash };
    const last = facts.at(-1);
    if (last) {
      this.seq = last.seq;
      this.hash = last.hash;
    }
    const news = { before, facts, touched: [...touched.values()], told: this.#told, sent: this.#sent };
    this.#told = [];
    this.#sent = [];
    return news;
  }

  #rows(): JournalRow[] {
    return sql(this.database, 'SELECT * FROM journal WHERE seq > ? ORDER BY seq').all(this.seq) as JournalRow[];
  }

  #remember(fact: Fact, touched: Map<string, { shadow: Shadow; before: AttemptState | null }>): void {
    const { parsed } = fact;
    this.roles.remember(fact);
    const id = parsed['attempt_id'];
    if (typeof id !== 'string') return;
    let shadow = this.shadows.get(id);
    if (!shadow) {
      if (parsed['amount_minor'] === undefined || parsed['amount_minor'] === 0) return;
      shadow = this.#begin(id, fact);
      touched.set(id, { shadow, before: null });
    } else if (!touched.has(id)) touched.set(id, { shadow, before: shadow.state });
    if (typeof parsed['idempotency_key'] === 'string') {
      shadow.key = parsed['idempotency_key'];
      shadow.body_hash = String(parsed['body_hash']);
      this.byKey.set(shadow.key, shadow);
    }
    if (fact.type === 'attempt.sending') shadow.sends = Number(parsed['count']);
  }

  #begin(attempt_id: string, { parsed, actor, type }: Fact): Shadow {
    const shadow: Shadow = {
      attempt_id,
      amount_minor: Number(parsed['amount_minor']),
      customer_id: (parsed['customer_id'] as string | null | undefined) ?? null,
      tender: String(parsed['tender']),
      reference: String(parsed['reference']),
      actor,
      foreign: type.startsWith('square.'),
      key: '',
      body_hash: '',
      state: 'intent',
      receipt_number: null,
      square_payment_id: null,
      since_ms: this.now_ms,
      calls: 0,
      sends: 0,
    };
    this.shadows.set(attempt_id, shadow);
    this.inState.set('intent', (this.inState.get('intent') ?? 0) + 1);
    return shadow;
  }

  #refresh(shadow: Shadow): void {
    const row = this.rowOf(shadow.attempt_id);
    if (!row) return;
    if (row.state !== shadow.state) {
      this.inState.set(shadow.state, this.inState.get(shadow.state)! - 1);
      this.inState.set(row.state, (this.inState.get(row.state) ?? 0) + 1);
      shadow.since_ms = this.now_ms;
    }
    shadow.state = row.state;
    shadow.receipt_number = row.receipt_number;
    shadow.square_payment_id = row.square_payment_id;
    if (row.square_payment_id) this.bySquareId.set(row.square_payment_id, shadow);
  }

  /** After a power cut the journal may be shorter than it was. That is found, not forgiven. */
  afterPowerCut(): string | undefined {
    const head = sql(this.database, 'SELECT max(seq) FROM journal').pluck().get() as number;
    return head < this.seq ? `the power took records ${head + 1} to ${this.seq}` : undefined;
  }

  /** All of it as if it were new, for the controls. */
  everything(): News {
    this.news.clear();
    const rows = sql(this.database, 'SELECT * FROM journal ORDER BY seq').all() as JournalRow[];
    const first = rows.findIndex(row => row.seq > this.firstSeq);
    const facts = rows.slice(first).map(row => ({ ...row, parsed: JSON.parse(row.body) as Record<string, unknown> }));
    this.roles.begin();
    for (const fact of facts) this.roles.remember(fact);
    const shadows = [...this.shadows.values()];
    const touched = shadows.map(shadow => ({ shadow, before: shadow.state }));
    for (const shadow of shadows) this.#refresh(shadow);
    const before = rows[first - 1]!;
    return { before, facts, touched, told: [...this.told.values(), ...this.#told], sent: this.#sent };
  }

  rowOf(attempt_id: string): StateRow | undefined {
    return sql(
      this.database,
      'SELECT attempt_id, state, amount_minor, receipt_number, square_payment_id FROM payment WHERE attempt_id = ?',
    ).get(attempt_id) as StateRow | undefined;
  }

  statesOfSquareId(id: string): string[] {
    return [this.bySquareId.get(id)?.state ?? 'none'];
  }

  /** The states in which attempts of this desk are at the moment. */
  states(): string[] {
    const found = [...this.inState].filter(([, count]) => count > 0).map(([state]) => state);
    return found.length > 0 ? found : ['none'];
  }
}
