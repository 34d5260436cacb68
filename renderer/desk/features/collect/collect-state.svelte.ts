import { createContext } from 'svelte';
import type { CustomerCard } from '../../../../common/contract/customers.ts';
import type { AttemptView, Channel, TakeInput, TenderId, Way } from '../../../../common/contract/payments.ts';
import type { AppError, ErrorCode } from '../../../../common/errors.ts';
import { plainAmount, subtract, type Currency, type Money } from '../../../../common/money.ts';
import { hasCardNumber } from '../../../../common/card-numbers.ts';
import { asAppError, call } from '../../lib/api.svelte.ts';
import { readAmount, typeAmount, type Entry, type EntryMode } from './amount-entry.ts';
import { CardFields } from './card-fields-state.svelte.ts';
import { Dues } from './dues.svelte.ts';
import { isChoosable, whatIsMissing, type Waits } from './waits.ts';

const REPEATS: readonly ErrorCode[] = ['looks_like_duplicate', 'earlier_attempt_in_doubt'];

/** Who pays: not asked yet, deliberately nobody, or a customer with what is known about them. */
export type Payer = 'unasked' | 'nobody' | CustomerCard;

/**
 * One payment being taken, from "who pays" to what became of it. It outlives a look at another page, so nothing typed
 * is lost. Each draft asks for one attempt id and keeps it, so pressing twice can never charge twice.
 */
export class CollectState {
  payer: Payer = $state.raw('unasked');
  channel: Channel = $state('desk');
  entry: Entry = $state.raw({ mode: 'plain', text: '' });
  ways: readonly Way[] = $state.raw([]);
  tender: TenderId | null = $state(null);
  readBack = $state(false);
  /** When the clerk said the call recording was paused, by the wall clock; null while it runs. */
  paused_at_ms: number | null = $state(null);
  tendered: Entry = $state.raw({ mode: 'plain', text: '' });
  checkNumber = $state('');
  checkBank = $state('');
  busy = $state(false);
  /** What became of the draft; a declined one stays beside the form, everything else takes its place. */
  outcome: AttemptView | null = $state.raw(null);
  /** Why the last press was refused. No money moved then, or the outcome would say so. */
  refusal: AppError | null = $state.raw(null);
  /** Why this is taken although it looks like an earlier payment. Sent only when that was asked. */
  againReason = $state('');
  readonly fields = new CardFields();
  /** What the customer owes, and how the amount is shared over it. */
  readonly dues = new Dues({
    amount: () => (this.customer === null ? null : this.amount.money),
    write: sum => this.write(sum),
    changed: () => this.forgetRefusal(),
  });
  readonly currency: Currency;

  readonly customer = $derived(typeof this.payer === 'string' ? null : this.payer);
  readonly amount = $derived.by(() => readAmount(this.entry, this.currency));
  readonly given = $derived.by(() => readAmount(this.tendered, this.currency));
  readonly way = $derived(this.ways.find(way => way.tender === this.tender) ?? null);
  readonly declined = $derived(this.outcome?.word === 'declined');
  /** The form is on screen: nothing has become of the draft, or it was declined and something else may be tried. */
  readonly drafting = $derived(this.outcome === null || this.declined);
  readonly change: Money | null = $derived.by(() => {
    if (this.given.money === null || this.amount.money === null) return null;
    return subtract(this.given.money, this.amount.money);
  });
  /** The last press met an earlier payment that this one may repeat; nothing was taken. */
  readonly repeats = $derived(this.refusal !== null && REPEATS.includes(this.refusal.code));
  readonly waits: Waits | null = $derived.by(() => whatIsMissing(this));

  private attempt_id: TakeInput['attempt_id'] | null = null;
  /** Counts who was chosen to pay, so that an answer about an earlier choice is dropped. */
  private choice = 0;

  constructor(currency: Currency) {
    this.currency = currency;
  }

  get checkTextWrong(): boolean {
    return hasCardNumber(this.checkNumber) || hasCardNumber(this.checkBank);
  }

  typeAmount(text: string): void {
    this.entry = typeAmount(this.entry, text, this.currency);
    this.dues.typed();
    this.forgetRefusal();
    // A read-back holds for the amount that was read, not for another one.
    this.readBack = false;
  }

  /** Takes so much, as one offer says. Nothing is left of what was typed. */
  private write(sum: Money | null): void {
    this.typeAmount(sum === null ? '' : plainAmount(sum));
  }

  /** Once typed, 120 stands there as 120.00, so that nobody reads it as cents. */
  writeAmountOut(): void {
    if (this.amount.money !== null) this.entry = { ...this.entry, text: plainAmount(this.amount.money) };
  }

  setEntryMode(mode: EntryMode): void {
    this.entry = { mode, text: this.amount.money === null ? '' : this.entry.text };
  }

  setChannel(channel: Channel): void {
    this.channel = channel;
    this.readBack = false;
    this.paused_at_ms = null;
    this.refusal = null;
  }

  /** The clerk says that the call recording is paused, or that it runs again. */
  toggleRecording(now_ms: number): void {
    this.paused_at_ms = this.paused_at_ms === null ? now_ms : null;
  }

  choose(tender: TenderId): void {
    const way = this.ways.find(candidate => candidate.tender === tender);
    if (!way || !isChoosable(way) || this.busy) return;
    this.tender = tender;
    this.refusal = null;
    this.readBack = false;
    if (this.declined) this.outcome = null;
  }

  /** Asks again which ways there are; an answer that comes late, for another amount, is dropped. */
  async refreshWays(): Promise<void> {
    const asked = { channel: this.channel, amount: this.amount.money };
    try {
      const ways = await call('payments.ways', asked);
      if (asked.channel !== this.channel || asked.amount?.minor !== this.amount.money?.minor) return;
      this.ways = ways;
      if (this.way !== null && !isChoosable(this.way)) this.tender = null;
    } catch (problem) {
      this.refusal = asAppError(problem);
    }
  }

  async setCustomer(customer_id: CustomerCard['customer']['customer_id']): Promise<void> {
    const choice = this.newChoice();
    if (this.customer?.customer.customer_id !== customer_id) this.forgetRefusal();
    try {
      const card = await call('customers.get', { customer_id });
      // A late answer must never become the customer of the payment that was begun meanwhile.
      if (choice !== this.choice) return;
      this.payer = card;
      await this.dues.load(customer_id);
    } catch (problem) {
      if (choice === this.choice) this.refusal = asAppError(problem);
    }
  }

  private newChoice(): number {
    this.choice += 1;
    return this.choice;
  }

  async refreshCustomer(): Promise<void> {
    if (this.customer !== null) await this.setCustomer(this.customer.customer.customer_id);
  }

  setNobody(): void {
    this.newChoice();
    this.dues.forget();
    this.forgetRefusal();
    this.payer = 'nobody';
  }

  /** What was refused, and the reason typed for it, belong to the amount and the customer they were about. */
  private forgetRefusal(): void {
    this.refusal = null;
    this.againReason = '';
  }

  changeCustomer(): void {
    this.newChoice();
    this.forgetRefusal();
    this.dues.forget();
    this.payer = 'unasked';
    this.readBack = false;
  }

  /**
   * Does what the primary button says, once. Refusals become a sentence, everything else an outcome. With a reason it
   * is taken although it looks like an earlier payment.
   */
  async take(again_because: string | null = null): Promise<void> {
    const draft = this.draft(again_because);
    // What already became something is never sent again from here: that would be a second attempt.
    if (draft === null || this.busy || this.outcome !== null) return;
    this.busy = true;
    this.refusal = null;
    try {
      this.attempt_id ??= (await call('payments.new', {})).attempt_id;
      this.finish(await call('payments.take', { ...draft, attempt_id: this.attempt_id }));
    } catch (problem) {
      await this.lookUp(asAppError(problem));
    } finally {
      this.busy = false;
    }
  }

  /**
   * A refusal may have been lost on the way back from a payment that exists. So the ledger is asked before anything is
   * said, and the same attempt is used again only while the ledger does not know it. Said earlier, the answer to the
   * refusal could be pressed while this still waits, and such a press is lost.
   */
  private async lookUp(refusal: AppError): Promise<void> {
    const attempt = await this.known();
    if (attempt !== null && attempt.word !== 'cancelled') return this.finish(attempt);
    if (attempt !== null) this.attempt_id = null;
    this.refusal = refusal;
  }

  /** The attempt as the ledger has it; null when it does not know it, or cannot be asked. */
  private async known(): Promise<AttemptView | null> {
    const { attempt_id } = this;
    if (attempt_id === null) return null;
    return call('payments.get', { attempt_id }).then(
      ({ attempt }) => attempt,
      () => null,
    );
  }

  private finish(attempt: AttemptView): void {
    this.outcome = attempt;
    this.refusal = null;
    // Whatever comes next is another attempt.
    this.attempt_id = null;
    this.readBack = false;
    void this.refreshCustomer();
  }

  private draft(again_because: string | null): Omit<TakeInput, 'attempt_id'> | null {
    if (this.waits !== null || this.amount.money === null) return null;
    const shared = {
      channel: this.channel,
      amount: this.amount.money,
      customer_id: this.customer?.customer.customer_id ?? null,
      again_because,
      pays: [...(this.dues.shared?.shares ?? [])],
      payer_name: null,
    };
    if (this.tender === 'card') {
      return { ...shared, details: { tender: 'card', read_back: this.channel === 'phone' && this.readBack } };
    }
    if (this.tender === 'cash' && this.given.money !== null) {
      return { ...shared, details: { tender: 'cash', tendered: this.given.money } };
    }
    const number = this.checkNumber.trim();
    return { ...shared, details: { tender: 'check', number, bank: this.checkBank.trim() } };
  }

  /** News about the outcome on screen; late news about another payment is not ours. */
  async refreshOutcome(attempt_id: string): Promise<void> {
    if (this.outcome?.attempt_id !== attempt_id) return;
    try {
      const { attempt } = await call('payments.get', { attempt_id: this.outcome.attempt_id });
      if (this.outcome?.attempt_id === attempt_id) this.outcome = attempt;
    } catch {
      // The next announcement or the next check asks again; what is on screen stays true as of its time.
    }
    void this.refreshCustomer();
  }

  show(attempt: AttemptView): void {
    if (this.outcome?.attempt_id === attempt.attempt_id) this.outcome = attempt;
  }

  /** After a decline, a refusal or a cancelled payment: the same draft as a new attempt. */
  tryAgain(): void {
    this.outcome = null;
    this.refusal = null;
    if (this.tender === 'card') this.fields.clear();
  }

  /** The next customer: nothing of this one stays. */
  startOver(): void {
    this.newChoice();
    this.payer = 'unasked';
    this.dues.forget();
    this.channel = 'desk';
    this.entry = { mode: 'plain', text: '' };
    this.tendered = { mode: 'plain', text: '' };
    this.tender = null;
    this.readBack = false;
    this.paused_at_ms = null;
    this.checkNumber = '';
    this.checkBank = '';
    this.outcome = null;
    this.forgetRefusal();
    this.attempt_id = null;
    this.fields.clear();
  }
}

export const [getCollect, setCollect] = createContext<CollectState>();
