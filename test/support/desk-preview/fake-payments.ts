import type { CallParsed, CallOutput } from '../../../common/contract/index.ts';
import type { AttemptState, AttemptView, AttemptWord, TakeInput, Way } from '../../../common/contract/payments.ts';
import type { AttemptId } from '../../../common/ids.ts';
import { add, formatMoney, money, plainAmount, subtract, type Money } from '../../../common/money.ts';
import { AppError } from '../../../common/errors.ts';
import { CUSTOMERS, attempt, dollars, history, nextId } from './fake-data.ts';
import type { Situation } from './situations.ts';

const STATE_OF: Record<AttemptWord, AttemptState> = {
  working: 'sending',
  queued: 'ready',
  in_doubt: 'unknown',
  held: 'approved',
  paid: 'completed',
  declined: 'declined',
  refused: 'invalid',
  cancelled: 'cancelled',
  not_charged: 'closed_not_charged',
  found_later: 'orphan',
};

/** The first thing that Square answered, or did not. */
const LAST: Partial<Record<AttemptWord, string>> = {
  paid: 'attempt.completed',
  in_doubt: 'attempt.unknown',
  not_charged: 'attempt.unknown',
  found_later: 'attempt.unknown',
  refused: 'attempt.refused',
};

const MINUTE_MS = 60_000;
type Step = [shift_ms: number, what: string, details: Record<string, string | number | boolean>];

/** A doubt that Square was asked about for half an hour, as the journal tells it. */
function doubtStory(word: AttemptWord): Step[] {
  if (word !== 'in_doubt' && word !== 'not_charged' && word !== 'found_later') return [];
  const steps: Step[] = [];
  for (let minute = 1; minute < 10; minute += 1) {
    steps.push([minute * MINUTE_MS, 'attempt.sending', { step: 'create', again: true }]);
    steps.push([minute * MINUTE_MS + 3000, 'attempt.unknown', { step: 'create', reason: 'timeout' }]);
  }
  for (const minute of [10, 16, 22]) steps.push([minute * MINUTE_MS, 'attempt.looked_up', { answer: 'not_found' }]);
  if (word === 'in_doubt') return steps;
  steps.push([23 * MINUTE_MS, 'attempt.cancel_asked', { answer: 'asking' }]);
  steps.push([23 * MINUTE_MS + 400, 'attempt.cancel_asked', { answer: 'done' }]);
  for (const minute of [29, 35]) steps.push([minute * MINUTE_MS, 'attempt.looked_up', { answer: 'not_found' }]);
  const watched_until_ms = new Date().getTime() + 72 * 60 * MINUTE_MS;
  const closing = { because: 'person', reason: 'The customer has to leave', watched_until_ms };
  steps.push([36 * MINUTE_MS, 'attempt.closed_not_charged', closing]);
  if (word === 'found_later') steps.push([40 * MINUTE_MS, 'attempt.found_later', { status: 'COMPLETED' }]);
  return steps;
}

/** Keeps payments in memory and answers like main would, as the situation says. */
export class FakePayments {
  readonly rows: AttemptView[];
  private readonly situation: Situation;
  private receipts = 4817;

  constructor(situation: Situation, now_ms: number) {
    this.situation = situation;
    this.rows = history(now_ms);
  }

  newId(): AttemptId {
    return nextId() as AttemptId;
  }

  ways(amount: Money | null): Way[] {
    const cost = amount === null ? null : dollars(Math.round(amount.minor * 0.035) + 15);
    const free = amount === null ? null : dollars(0);
    const card = this.situation === 'offline' ? 'offline' : this.situation === 'not_connected' ? 'not_connected' : null;
    return [
      { tender: 'card', key: 'K', available: card === null, unavailable_because: card, cost, moves_money: true },
      { tender: 'cash', key: 'C', available: true, unavailable_because: null, cost: free, moves_money: true },
      { tender: 'check', key: 'H', available: true, unavailable_because: null, cost: free, moves_money: true },
    ];
  }

  take(input: TakeInput, now_ms: number): AttemptView {
    const known = this.rows.find(row => row.attempt_id === input.attempt_id);
    if (known) return known;
    this.guard(input, now_ms);
    const customer = CUSTOMERS.find(candidate => candidate.customer_id === input.customer_id);
    const word = this.wordFor(input);
    const row = attempt(input.details.tender, input.amount, {
      attempt_id: input.attempt_id,
      channel: input.channel,
      customer: customer ? { customer_id: customer.customer_id, name: customer.name } : null,
      word,
      state: input.details.tender === 'card' ? this.stateOf(word) : 'recorded',
      happened_at_ms: now_ms,
      card: input.details.tender === 'card' ? { brand: 'VISA', last4: word === 'declined' ? '0002' : '4242' } : null,
      decline: word === 'declined' ? 'insufficient_funds' : null,
      refusal: word === 'refused' ? 'cards_not_enabled' : null,
      receipt_number: word === 'paid' || word === 'queued' ? `D2-00${(this.receipts += 1)}` : null,
      next_check_at_ms: word === 'in_doubt' || word === 'held' ? now_ms + 40_000 : null,
      doubt_since_ms: word === 'in_doubt' || word === 'not_charged' ? now_ms - 190_000 : null,
      not_found: word === 'not_charged' || this.situation === 'manual' ? 5 : 0,
      watched_until_ms: word === 'not_charged' ? now_ms + 72 * 3_600_000 : null,
      gives_up_at_ms: word === 'in_doubt' || word === 'queued' ? now_ms + 86_400_000 : null,
      sends: word === 'queued' ? 0 : 1,
      sync: input.details.tender === 'card' ? 'none' : this.situation === 'offline' ? 'queued' : 'confirmed',
      ...(input.details.tender === 'cash'
        ? { tendered: input.details.tendered, change: subtract(input.details.tendered, input.amount) }
        : {}),
      ...(input.details.tender === 'check' ? { check_number: input.details.number } : {}),
    });
    this.rows.unshift(row);
    return row;
  }

  private stateOf(word: AttemptWord): AttemptState {
    return this.situation === 'manual' ? 'manual' : STATE_OF[word];
  }

  /** In its situations, what main's guard says when a payment looks like an earlier one or meets a doubt. */
  private guard(input: TakeInput, now_ms: number): void {
    if (input.again_because !== null) return;
    const doubt = this.rows.find(row => row.word === 'in_doubt');
    if (this.situation === 'refusing' && doubt) {
      throw new AppError('earlier_attempt_in_doubt', { reference: doubt.reference, attempt_id: doubt.attempt_id });
    }
    const earlier = this.rows.find(row => row.tender === 'cash' && row.receipt_number !== null);
    if (this.situation !== 'repeating' || !earlier) return;
    throw new AppError('looks_like_duplicate', {
      ...{ attempt_id: earlier.attempt_id, reference: earlier.reference, receipt_number: earlier.receipt_number ?? '' },
      ...{ at_ms: now_ms - 240_000, tender: 'cash', word: 'paid', last4: '', taken_by: 'Jordan Okafor' },
      same: 'customer',
    });
  }

  private wordFor(input: TakeInput): AttemptWord {
    if (input.details.tender !== 'card') return 'paid';
    const words: Partial<Record<Situation, AttemptWord>> = {
      declined: 'declined',
      in_doubt: 'in_doubt',
      held: 'held',
      queued: 'queued',
      refused: 'refused',
      not_charged: 'not_charged',
      cancelled: 'cancelled',
      working: 'working',
      manual: 'in_doubt',
      found_later: 'found_later',
    };
    return words[this.situation] ?? 'paid';
  }

  settle(attempt_id: string, word: AttemptWord): AttemptView {
    const index = this.rows.findIndex(row => row.attempt_id === attempt_id);
    const row = this.rows[index];
    if (!row) throw new AppError('attempt_not_found');
    const receipt_number = word === 'paid' ? `D2-00${(this.receipts += 1)}` : row.receipt_number;
    const settled = {
      ...row,
      word,
      state: STATE_OF[word],
      next_check_at_ms: null,
      sends: row.sends + 1,
      receipt_number,
    };
    this.rows[index] = settled;
    return settled;
  }

  get(attempt_id: string): CallOutput<'payments.get'> {
    const found = this.rows.find(row => row.attempt_id === attempt_id);
    if (!found) throw new AppError('attempt_not_found');
    const at_ms = found.happened_at_ms;
    const story: Step[] =
      found.tender === 'card'
        ? [
            [-37_000, 'attempt.started', {}],
            [-2000, 'attempt.ready', {}],
            [-1500, 'attempt.sending', { count: 1, step: 'create' }],
            [0, LAST[found.word] ?? `attempt.${found.state}`, { step: 'create' }],
          ]
        : [[0, 'tender.recorded', {}]];
    if (found.tender === 'card' && found.word !== 'paid') story.push(...doubtStory(found.word));
    const timeline = story.map(([shift, what, details]) => ({
      at_ms: at_ms + shift,
      what,
      details,
      by: found.taken_by,
    }));
    return { attempt: found, timeline };
  }

  list(filter: CallParsed<'activity.list'>): CallOutput<'activity.list'> {
    const text = filter.text.trim().toLowerCase();
    const found = this.rows.filter(row => {
      const words = [row.customer?.name, row.reference, row.card?.last4, row.receipt_number, plainAmount(row.amount)];
      const fits = text === '' || words.some(word => word?.toLowerCase().includes(text));
      return row.day >= filter.from && row.day <= filter.to && fits;
    });
    const counts: Record<string, number> = {};
    const sums: Record<string, Money> = {};
    for (const row of found) {
      counts[row.word] = (counts[row.word] ?? 0) + 1;
      sums[row.word] = add(sums[row.word] ?? money(0, 'USD'), row.amount);
    }
    const shown = found.filter(row => filter.word === null || row.word === filter.word);
    const from = filter.after === null ? 0 : shown.findIndex(row => row.attempt_id === filter.after?.attempt_id) + 1;
    return {
      rows: shown.slice(from, from + filter.limit),
      more: shown.length > from + filter.limit,
      counts: counts as CallOutput<'activity.list'>['counts'],
      sums: sums as CallOutput<'activity.list'>['sums'],
    };
  }

  receipt(attempt_id: string): CallOutput<'receipts.get'> {
    const { attempt: row } = this.get(attempt_id);
    if (row.receipt_number === null) throw new AppError('receipt_not_ready');
    const sum = formatMoney(row.amount, 'en-US');
    const from = row.card ? `${row.card.brand} ending in ${row.card.last4}` : row.tender === 'cash' ? 'Cash' : 'Check';
    return {
      heading: row.word === 'queued' ? 'queued' : 'paid',
      copy: false,
      training: this.situation !== 'live',
      office: 'Lakeshore Dental',
      desk: 'Desk 2',
      receipt_number: row.receipt_number,
      reference: row.reference,
      at: new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'short' }).format(row.happened_at_ms),
      taken_by: row.taken_by,
      customer: row.customer?.name ?? null,
      lines: [
        { label: from, value: sum },
        ...(row.change ? [{ label: 'Change', value: formatMoney(row.change, 'en-US') }] : []),
      ],
      total: sum,
    };
  }
}
