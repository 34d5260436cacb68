import { tick } from 'svelte';
import type { CollectState } from './collect-state.svelte.ts';

/** Where the keyboard goes next on Collect. Focus is never lost: every step knows the control that follows it. */
export class CollectFocus {
  customerInput: HTMLInputElement | undefined = $state();
  amountInput: HTMLInputElement | undefined = $state();
  tenderedInput: HTMLInputElement | undefined = $state();
  checkInput: HTMLInputElement | undefined = $state();
  readBackBox: HTMLInputElement | undefined = $state();
  /** The element around the primary button. */
  primaryPlace: HTMLElement | undefined = $state();
  /** The element around the question whether this is the same payment again. */
  repeatPlace: HTMLElement | undefined = $state();
  /** The element around the ways to pay. */
  waysPlace: HTMLElement | undefined = $state();

  async customer(): Promise<void> {
    await tick();
    this.customerInput?.focus();
  }

  async amount(): Promise<void> {
    await tick();
    this.amountInput?.focus();
    this.amountInput?.select();
  }

  async primary(): Promise<void> {
    await tick();
    this.primaryPlace?.querySelector('button')?.focus();
  }

  /** Into the reason, or to the first button where a reason does not help. */
  async repeat(): Promise<void> {
    await tick();
    const { repeatPlace } = this;
    (repeatPlace?.querySelector('input') ?? repeatPlace?.querySelector('button'))?.focus();
  }

  /** Into what the chosen way asks for: Square's fields, the cash given, the check number. */
  async detail(collect: CollectState): Promise<void> {
    await tick();
    if (collect.tender === 'card') collect.fields.focus();
    else if (collect.tender === 'cash') this.tenderedInput?.focus();
    else if (collect.tender === 'check') this.checkInput?.focus();
    else this.waysPlace?.querySelector<HTMLInputElement>('input:not(:disabled)')?.focus();
  }

  /** Out of Square's fields, onwards: the read-back while it is open, then the button. */
  async afterFields(collect: CollectState): Promise<void> {
    await tick();
    if (collect.channel === 'phone' && !collect.readBack && this.readBackBox) this.readBackBox.focus();
    else await this.primary();
  }

  /** To the first thing that the primary button still waits for. */
  async missing(collect: CollectState): Promise<void> {
    if (collect.waits === 'customer') await this.customer();
    else if (collect.waits === 'amount') await this.amount();
    else if (collect.waits === 'readBack') await this.afterFields(collect);
    else if (collect.waits !== 'busy') await this.detail(collect);
  }
}
