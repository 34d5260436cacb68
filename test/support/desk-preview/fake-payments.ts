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
};

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
    if (this.situation === 'refusing') throw new AppError('earlier_attempt_in_doubt');
    const customer = CUSTOMERS.find(candidate => candidate.customer_id === input.customer_id);
    const word = this.wordFor(input);
    const row = attempt(input.details.tender, input.amount, {
      attempt_id: input.attempt_id,
      channel: input.channel,
      customer: customer ? { customer_id: customer.customer_id, name: customer.name } : null,
      word,
      state: input.details.tender === 'card' ? STATE_OF[word] : 'recorded',
      happened_at_ms: now_ms,
      card: input.details.tender === 'card' ? { brand: 'VISA', last4: word === 'declined' ? '0002' : '4242' } : null,
      decline: word === 'declined' ? 'insufficient_funds' : null,
      refusal: word === 'refused' ? 'cards_not_enabled' : null,
      receipt_number: word === 'paid' || word === 'queued' ? `D2-00${(this.receipts += 1)}` : null,
      next_check_at_ms: word === 'in_doubt' || word === 'held' ? now_ms + 8000 : null,
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
    const story: [number, string, Record<string, string | number | boolean>][] =
      found.tender === 'card'
        ? [
            [-37_000, 'attempt.started', {}],
            [-2000, 'attempt.ready', {}],
            [-1500, 'attempt.sending', { count: 1, step: 'create' }],
            [0, found.word === 'paid' ? 'attempt.completed' : `attempt.${found.state}`, {}],
          ]
        : [[0, 'tender.recorded', {}]];
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
