import type { TenderId } from '../../../../common/contract/payments.ts';
import type { SessionState } from '../../lib/session.svelte.ts';
import type { CollectFocus } from './collect-focus.svelte.ts';
import type { CollectState } from './collect-state.svelte.ts';
import { mayRepeat } from './repeat-text.ts';

type Page = {
  readonly collect: CollectState;
  readonly focus: CollectFocus;
  readonly session: SessionState;
  readonly nextCustomer: () => Promise<void>;
};

/** What the keys and buttons of a draft do, each with where the keyboard goes afterwards. */
export function collectActions({ collect, focus, session, nextCustomer }: Page) {
  /** Square's fields may be hidden by what became of it, and the keyboard must not be hidden with them. */
  async function take(again_because: string | null = null): Promise<void> {
    await collect.take(again_because);
    if (collect.refusal?.code === 'card_fields_incomplete') return focus.detail(collect);
    if (collect.refusal !== null) collect.fields.giveBack();
    if (collect.repeats) await focus.repeat();
    else if (collect.declined || collect.refusal !== null) await focus.primary();
  }

  /** Although it looks like an earlier payment; without a reason the keyboard goes to where it is typed. */
  async function takeAgain(): Promise<void> {
    if (collect.waits === null && mayRepeat(collect, session)) await take(collect.againReason.trim());
    else if (collect.waits === null) await focus.repeat();
    else await focus.missing(collect);
  }

  async function tryAgain(): Promise<void> {
    collect.tryAgain();
    await focus.detail(collect);
  }

  return {
    takeAgain,
    tryAgain,
    async choose(tender: TenderId): Promise<void> {
      collect.choose(tender);
      await focus.detail(collect);
    },
    async leaveRepeat(): Promise<void> {
      collect.refusal = null;
      await focus.primary();
    },
    async primary(): Promise<void> {
      if (!collect.drafting) return nextCustomer();
      if (collect.repeats) return takeAgain();
      if (collect.declined && collect.tender === 'card') return tryAgain();
      if (collect.waits === null) return take();
      return focus.missing(collect);
    },
  };
}
