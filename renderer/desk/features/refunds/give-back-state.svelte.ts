import { hasCardNumber } from '../../../../common/card-numbers.ts';
import type { AttemptView } from '../../../../common/contract/payments.ts';
import type { RefundKind } from '../../../../common/contract/refund-shapes.ts';
import type { RefundInput, RefundOffer, RefundView } from '../../../../common/contract/refunds.ts';
import type { AppError, ErrorCode } from '../../../../common/errors.ts';
import type { RefundId } from '../../../../common/ids.ts';
import { parseAmount, plainAmount } from '../../../../common/money.ts';
import { asAppError, call } from '../../lib/api.svelte.ts';
import { firstWay } from './refund-text.ts';

const SHORTEST_REASON = 3;
/** After these, what can be given back is no longer what is on the screen. */
const OUTDATED: readonly ErrorCode[] = [
  'refund_too_much',
  'refund_not_possible',
  'refund_needs_approval',
  'refund_check_first',
  'refund_not_approved',
];

/**
 * One refund from the question to the press. Its id is asked for once, so however often the button is pressed and
 * whatever answer is lost, it is one refund.
 */
export class GiveBackState {
  offer: RefundOffer | null = $state.raw(null);
  /** Why the offer could not be read. */
  failure: AppError | null = $state.raw(null);
  amount = $state('');
  kind: RefundKind | null = $state(null);
  reason = $state('');
  second_id: string | null = $state(null);
  password = $state('');
  busy = $state(false);
  /** The button was pressed, so that what is missing is now shown as wrong. */
  pressed = $state(false);
  refusal: AppError | null = $state.raw(null);
  /** Before this time another press would be refused again. UTC milliseconds. */
  refused_until_ms = $state(0);

  readonly way = $derived(this.offer?.ways.find(({ kind }) => kind === this.kind) ?? null);
  readonly parsed = $derived.by(() => parseAmount(this.amount, this.attempt.amount.currency));
  readonly sum = $derived('money' in this.parsed ? this.parsed.money : null);
  readonly problem = $derived('problem' in this.parsed ? this.parsed.problem : null);
  readonly tooMuch = $derived(this.sum !== null && this.way !== null && this.sum.minor > this.way.largest.minor);
  readonly reasonWrong = $derived(this.reason.trim().length < SHORTEST_REASON || hasCardNumber(this.reason));
  /** Whether somebody else has to agree, and why. */
  readonly second = $derived.by((): 'always' | 'above' | null => {
    const needs = this.offer?.needs_approval;
    if (!needs) return null;
    if (needs.always) return 'always';
    return this.sum !== null && this.sum.minor > needs.above.minor ? 'above' : null;
  });
  /** After a restore somebody looks at the paper of that time before anything is handed out again. */
  readonly mustCheck = $derived(this.offer?.ask_before != null && this.kind !== 'square');
  checked = $state(false);
  readonly secondMissing = $derived(this.second !== null && (this.second_id === null || this.password === ''));
  readonly ready = $derived(
    this.way?.available === true &&
      this.sum !== null &&
      !this.tooMuch &&
      !this.reasonWrong &&
      !this.secondMissing &&
      (!this.mustCheck || this.checked),
  );

  readonly attempt: AttemptView;
  private refund_id: RefundId | null = null;
  /** Whether the amount is still the whole that was proposed. */
  private proposed: string | null = null;

  constructor(attempt: AttemptView) {
    this.attempt = attempt;
  }

  async load(): Promise<void> {
    try {
      const { attempt_id } = this.attempt;
      const [offer, fresh] = await Promise.all([
        call('refunds.offer', { attempt_id }),
        this.refund_id ? { refund_id: this.refund_id } : call('refunds.new', {}),
      ]);
      this.refund_id = fresh.refund_id;
      this.show(offer);
      this.failure = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }

  private show(offer: RefundOffer): void {
    this.offer = offer;
    const { people } = offer.needs_approval;
    if (!people.some(({ person_id }) => person_id === this.second_id)) this.second_id = people[0]?.person_id ?? null;
    if (this.way?.available !== true) this.choose(firstWay(offer, this.attempt.tender));
    else this.propose();
  }

  choose(kind: RefundKind | null): void {
    this.kind = kind;
    this.propose();
  }

  /** The whole of what can go back, as long as nobody typed another amount. */
  private propose(): void {
    if (this.way === null || (this.proposed !== null && this.amount !== this.proposed)) return;
    this.proposed = plainAmount(this.way.largest);
    this.amount = this.proposed;
  }

  /** Answers what became of the money, or null when it was refused or something is missing. */
  async press(now_ms: number): Promise<RefundView | null> {
    if (this.busy || now_ms < this.refused_until_ms) return null;
    this.pressed = true;
    const input = this.input();
    if (input === null) return null;
    this.busy = true;
    this.refusal = null;
    try {
      return await call('refunds.make', input);
    } catch (problem) {
      return await this.refused(asAppError(problem), input.refund_id, now_ms);
    } finally {
      this.busy = false;
    }
  }

  private input(): RefundInput | null {
    const { ready, kind, sum, refund_id, second, second_id } = this;
    if (!ready || kind === null || sum === null || refund_id === null) return null;
    const approval = second === null ? null : { person_id: second_id ?? '', password: this.password };
    const { attempt_id } = this.attempt;
    const restored_checked = this.mustCheck && this.checked;
    return { refund_id, attempt_id, amount: sum, kind, reason: this.reason.trim(), restored_checked, approval };
  }

  private async refused(refusal: AppError, refund_id: RefundId, now_ms: number): Promise<RefundView | null> {
    // An answer was lost and the form was changed since: what stands in the ledger counts, and is shown.
    if (refusal.code === 'refund_conflict') return call('refunds.get', { refund_id }).catch(() => null);
    this.refusal = refusal;
    const { wait_ms } = refusal.details;
    this.refused_until_ms = typeof wait_ms === 'number' ? now_ms + wait_ms : 0;
    if (refusal.code === 'wrong_password') {
      this.password = '';
      this.pressed = false;
    }
    if (OUTDATED.includes(refusal.code)) await this.load();
    return null;
  }
}
