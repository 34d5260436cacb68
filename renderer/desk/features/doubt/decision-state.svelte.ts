import type { AttemptView } from '../../../../common/contract/payments.ts';
import type { AppError } from '../../../../common/errors.ts';
import { hasCardNumber } from '../../../../common/card-numbers.ts';
import { asAppError } from '../../lib/api.svelte.ts';

/** What a person types to decide about money, and what became of the last press. */
export type Typed = { readonly reason: string; readonly password: string };

const SHORTEST_REASON = 3;

/** True for a reason that the ledger keeps. */
export function isReason(text: string): boolean {
  return text.trim().length >= SHORTEST_REASON && !hasCardNumber(text);
}

/** A decision with a reason and a password: one press at a time, refusals stay until the next press. */
export class DecisionState {
  reason = $state('');
  password = $state('');
  busy = $state(false);
  /** The button was pressed, so that what is missing is now shown as wrong. */
  pressed = $state(false);
  refusal: AppError | null = $state.raw(null);
  /** Some refusals pass by themselves: before this time another press would be refused again. UTC milliseconds. */
  refused_until_ms = $state(0);
  readonly reasonWrong = $derived(!isReason(this.reason));

  /** Answers what the attempt has become, or null when it was refused or something is missing. */
  async run(work: (typed: Typed) => Promise<AttemptView>, now_ms: number): Promise<AttemptView | null> {
    if (this.busy || now_ms < this.refused_until_ms) return null;
    this.pressed = true;
    if (this.reasonWrong || this.password === '') return null;
    this.busy = true;
    this.refusal = null;
    try {
      return await work({ reason: this.reason.trim(), password: this.password });
    } catch (problem) {
      this.refuse(asAppError(problem), now_ms);
      return null;
    } finally {
      this.busy = false;
    }
  }

  private refuse(refusal: AppError, now_ms: number): void {
    this.refusal = refusal;
    const { wait_ms } = refusal.details;
    this.refused_until_ms = typeof wait_ms === 'number' ? now_ms + wait_ms : 0;
    if (refusal.code === 'wrong_password') {
      this.password = '';
      this.pressed = false;
    }
  }
}
