import { canonicalJson, type Json } from '../../main/ledger/canonical.ts';
import type { Gateway, MoneyOutcome, PaymentRequest, Read } from '../../main/gateway/gateway.ts';
import type { Dice } from '../torture/dice.ts';
import type { Fault, Mood } from './faults.ts';
import { SQUARE, type Owner, type Scheduler } from './scheduler.ts';
import type { SquareBooks } from './square-books.ts';

/** When the desk stops waiting for an answer. */
export const TIMEOUT_MS = 20_000;

/** One call as it left the desk, for the invariants: what was durable at that moment is checked there and then. */
export type Sent = {
  readonly name: keyof Gateway;
  /** The idempotency key of a create, the payment's id of a complete or a look-up. */
  readonly subject: string;
  readonly body: string;
};

export type LinePorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly mood: Mood;
  readonly books: SquareBooks;
  /** Counts a fault in the state of the attempt that the call is about. */
  readonly hit: (fault: Fault, sent: Sent) => void;
  readonly onSend: (sent: Sent) => void;
  readonly note: (text: string) => void;
};

/** How one call goes: when Square gets it (if it does, and how often), and what the desk hears after how long. */
type Course<Answer> = {
  readonly arrivals_ms: readonly number[];
  readonly heard_ms: number;
  /** What the desk hears; undefined for Square's own answer. */
  readonly instead?: Answer;
};

const MONEY_FAULTS: readonly Fault[] = [
  ...([
    'offline',
    'request_lost',
    'reply_lost',
    'reply_lost',
    'processed_late',
    'reply_slow',
    'request_doubled',
  ] as const),
  ...(['error_before', 'error_after', 'rate_limited', 'unreadable', 'mismatched', 'unauthorized'] as const),
  'missing_scope',
];

/**
 * The line between the desk and Square, with everything that goes wrong on it. It outlives the processes of the desk; a
 * process speaks through `gatewayOf`, and hears nothing more once it is dead.
 */
export class Line {
  readonly #ports: LinePorts;
  /** True until faults stop for good. */
  troubled = true;
  down = false;
  paymentsDown = false;
  /** The process dies at the next of these moments. */
  dieAt: 'call' | 'reply' | null = null;
  /** At the first of them, or at a later one. */
  dieIn = 1;
  /** For the small model: how the next calls that move money go, one after the other. */
  script: Fault[] | null = null;

  constructor(ports: LinePorts) {
    this.#ports = ports;
  }

  /** Square as one life of the process sees it. */
  gatewayOf(life: Owner, alive: () => boolean, die: () => void): Gateway {
    const money = (name: 'createPayment' | 'completePayment', subject: string, body: string, act: () => MoneyOutcome) =>
      this.#call({ name, subject, body }, life, alive, die, act, sent => this.#moneyCourse(sent));
    const read = <Value>(name: keyof Gateway, subject: string, look: () => Read<Value>) =>
      this.#call({ name, subject, body: '' }, life, alive, die, look, sent => this.#readCourse<Value>(sent));
    const { books } = this.#ports;
    return {
      prepare: request => Promise.resolve(canonicalJson(request as unknown as Json)),
      createPayment: body => {
        const { idempotency_key } = JSON.parse(body) as PaymentRequest;
        return money('createPayment', idempotency_key, body, () => books.create(body));
      },
      // Nobody in these worlds gives money back yet.
      prepareRefund: request => Promise.resolve(canonicalJson(request as unknown as Json)),
      createRefund: () => Promise.resolve({ kind: 'not_sent', reason: 'offline' }),
      getRefund: () => Promise.resolve({ kind: 'not_found' }),
      completePayment: (id, version) => money('completePayment', id, version ?? '', () => books.complete(id, version)),
      getPayment: id => read('getPayment', id, () => books.get(id)),
      listPayments: window => read('listPayments', window.cursor ?? '', () => books.list(window)),
      listRefunds: window => read('listRefunds', window.cursor ?? '', () => books.listRefunds(window)),
      cancelPayment: id => read('cancelPayment', id, () => books.cancel(id)),
      cancelByKey: key =>
        read('cancelByKey', key, () => {
          if (!books.cancelByKey(key).found)
            this.#ports.hit('cancel_of_nothing', { name: 'cancelByKey', subject: key, body: '' });
          return { kind: 'ok', value: true as const };
        }),
      getLocation: id =>
        read('getLocation', id, () => ({
          kind: 'ok',
          value: { location_id: id, name: 'Lakeshore', status: 'ACTIVE', currency: 'USD', takes_cards: true },
        })),
      listLocations: () => read('listLocations', '', () => ({ kind: 'ok', value: [] })),
      merchantName: () => read('merchantName', '', () => ({ kind: 'ok', value: 'Lakeshore Dental' })),
    };
  }

  #call<Answer>(
    sent: Sent,
    life: Owner,
    alive: () => boolean,
    die: () => void,
    act: () => Answer,
    courseOf: (sent: Sent) => Course<Answer>,
  ): Promise<Answer> {
    const never = new Promise<Answer>(() => {});
    if (!alive()) return never;
    const { scheduler, onSend, hit, note } = this.#ports;
    onSend(sent);
    const moves = sent.name === 'createPayment' || sent.name === 'completePayment';
    if (moves && this.#dies('call')) {
      hit('kill_at_call', sent);
      die();
      return never;
    }
    const course = courseOf(sent);
    let own: Answer | undefined;
    for (const delay_ms of course.arrivals_ms) {
      scheduler.plan(delay_ms, SQUARE, `Square ${sent.name} ${sent.subject}`, () => {
        const answer = act();
        own ??= answer;
      });
    }
    return new Promise(resolve => {
      scheduler.plan(course.heard_ms, life, `answer ${sent.name} ${sent.subject}`, () => {
        if (moves && this.#dies('reply')) {
          hit('kill_at_reply', sent);
          return die();
        }
        const answer = course.instead ?? own!;
        note(`${sent.name} ${JSON.stringify(answer)}`);
        resolve(answer);
      });
    });
  }

  #dies(moment: 'call' | 'reply'): boolean {
    if (this.dieAt !== moment) return false;
    this.dieIn -= 1;
    if (this.dieIn > 0) return false;
    this.dieAt = null;
    this.dieIn = 1;
    return true;
  }

  #latency(): number {
    return 60 + this.#ports.dice.below(800);
  }

  #moneyCourse(sent: Sent): Course<MoneyOutcome> {
    const { dice, mood, hit } = this.#ports;
    const there_ms = 20 + dice.below(100);
    const heard_ms = there_ms + this.#latency();
    const honest = { arrivals_ms: [there_ms], heard_ms };
    const next = this.script?.shift();
    if (next !== undefined) return this.#faultyCourse(next, there_ms, heard_ms);
    if (!this.troubled) return honest;
    if (this.down || this.paymentsDown) {
      const fault: Fault = this.down ? 'outage' : 'outage_of_payments';
      hit(fault, sent);
      return { arrivals_ms: [], heard_ms: 5, instead: this.down ? notSent('offline') : unknown('server_error') };
    }
    const fault = dice.chance(mood.trouble) ? mood.pick(MONEY_FAULTS) : undefined;
    if (fault === undefined) return honest;
    hit(fault, sent);
    return this.#faultyCourse(fault, there_ms, heard_ms);
  }

  #faultyCourse(fault: Fault, there_ms: number, heard_ms: number): Course<MoneyOutcome> {
    const { dice } = this.#ports;
    const nothing: number[] = [];
    switch (fault) {
      // The small model's word for a call without a fault.
      case 'square_clock':
        return { arrivals_ms: [there_ms], heard_ms };
      case 'offline':
        return { arrivals_ms: nothing, heard_ms: 5, instead: notSent('offline') };
      case 'request_lost':
        return { arrivals_ms: nothing, heard_ms, instead: unknown('connection_lost') };
      case 'reply_lost':
        return dice.chance(0.5)
          ? { arrivals_ms: [there_ms], heard_ms: TIMEOUT_MS, instead: unknown('timeout') }
          : { arrivals_ms: [there_ms], heard_ms, instead: unknown('connection_lost') };
      case 'processed_late':
        return {
          arrivals_ms: [TIMEOUT_MS + 1 + dice.below(dice.pick([5_000, 120_000, 1_800_000]))],
          heard_ms: TIMEOUT_MS,
          instead: unknown('timeout'),
        };
      case 'reply_slow':
        return { arrivals_ms: [there_ms], heard_ms: 2_000 + dice.below(TIMEOUT_MS - 3_000) };
      case 'request_doubled':
        return { arrivals_ms: [there_ms, there_ms + 1 + dice.below(30_000)], heard_ms };
      case 'error_before':
        return { arrivals_ms: nothing, heard_ms, instead: unknown('server_error') };
      case 'error_after':
        return { arrivals_ms: [there_ms], heard_ms, instead: unknown('server_error') };
      case 'rate_limited':
        return { arrivals_ms: nothing, heard_ms, instead: unknown('rate_limited', 1000 * (1 + dice.below(30))) };
      case 'unreadable':
        return { arrivals_ms: dice.pick([nothing, [there_ms]]), heard_ms, instead: unknown('answer_unreadable') };
      case 'mismatched':
        return { arrivals_ms: dice.pick([nothing, [there_ms]]), heard_ms, instead: unknown('answer_mismatch') };
      case 'unauthorized':
        return { arrivals_ms: nothing, heard_ms, instead: notSent('unauthorized') };
      default:
        return { arrivals_ms: nothing, heard_ms, instead: notSent('missing_scope') };
    }
  }

  #readCourse<Value>(sent: Sent): Course<Read<Value>> {
    const { dice, mood, hit } = this.#ports;
    const there_ms = 20 + dice.below(100);
    const honest = { arrivals_ms: [there_ms], heard_ms: there_ms + this.#latency() };
    if (!this.troubled) return honest;
    const failed = (kind: Exclude<Read<Value>['kind'], 'ok'>, heard_ms = honest.heard_ms) => ({
      arrivals_ms: [],
      heard_ms,
      instead: { kind },
    });
    if (this.down) {
      hit('outage', sent);
      return failed('unreachable', 5);
    }
    if (!dice.chance(mood.trouble / 2)) return honest;
    const isList = sent.name === 'listPayments' || sent.name === 'listRefunds';
    if (isList && sent.subject !== '' && dice.chance(0.5)) {
      hit('cursor_expired', sent);
      return failed('cursor_expired');
    }
    const fault = mood.pick([isList ? 'list_fails' : 'look_up_fails']);
    if (fault === undefined) return honest;
    hit(fault, sent);
    // What cancels may have been done although the answer is lost.
    if (sent.name.startsWith('cancel') && dice.chance(0.5))
      return { ...failed('unreachable'), arrivals_ms: [there_ms] };
    const kinds = ['unreachable', 'unauthorized', 'rate_limited', 'unexpected'] as const;
    return failed(sent.name === 'getPayment' && dice.chance(0.3) ? 'not_found' : dice.pick(kinds));
  }
}

const notSent = (reason: 'offline' | 'unauthorized' | 'missing_scope'): MoneyOutcome => ({ kind: 'not_sent', reason });

const unknown = (
  reason: Extract<MoneyOutcome, { kind: 'unknown' }>['reason'],
  retry_after_ms: number | null = null,
): MoneyOutcome => ({ kind: 'unknown', reason, retry_after_ms });
