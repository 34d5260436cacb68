import type { Announce } from '../../common/contract/index.ts';
import { AppError } from '../../common/errors.ts';
import { INCARNATION_SUBJECT } from '../ledger/events/incarnation.ts';
import { readReference, skipToIncarnation } from '../ledger/incarnation.ts';
import { factsOf } from '../ledger/journal.ts';
import type { Ledger, Write } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { forgetRequest } from '../payments/requests.ts';
import { confirmedMeanwhile, everKnewSquare, isLost, observedAfter, type SeenPayment } from './queries.ts';

/** Square's lists lag by some seconds, so one look at them right after a crash may miss what was charged just before. */
export const LISTS_LAG_MS = 30_000;
const SYSTEM = 'desk';

export type CatchUpPorts = {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly announce: Announce;
  readonly log: Log;
  readonly connected: () => boolean;
  /** When Square's list was last read to its end in this run of the app; null before the first time. */
  readonly last_synced_ms: () => number | null;
  /** Lets the outbox send again. */
  readonly onDone: () => void;
};

/**
 * After a restore the ledger does not know what was taken after the copy. Until Square's list has been read to its end
 * twice, some seconds apart, no money is taken and nothing is sent. What this desk had made is then marked as its own,
 * and what waited in the copy and is at Square already is confirmed instead of being told again.
 */
export class CatchUp {
  readonly #ports: CatchUpPorts;
  #pending: boolean;
  #first_ms: number | null = null;
  #read: { incarnation: number; seq: number };

  constructor(ports: CatchUpPorts) {
    this.#ports = ports;
    const restored = lastRestore(ports.ledger);
    this.#pending = restored !== null && !restored.caught_up;
    this.#read = { incarnation: restored?.incarnation ?? ports.ledger.identity.incarnation, seq: 0 };
  }

  get pending(): boolean {
    return this.#pending;
  }

  /** Throws restore_catching_up, or restore_needs_square when there is nobody to ask. */
  assertDone(): void {
    if (!this.#pending) return;
    throw new AppError(this.#ports.connected() ? 'restore_catching_up' : 'restore_needs_square');
  }

  /** For the sync: what it announces, heard here as well, because it says when a round has ended. */
  after(announce: Announce): Announce {
    return (name, payload) => {
      announce(name, payload);
      if (name === 'sync.changed') this.look();
    };
  }

  /** Called whenever a round of sync has ended, well or not. */
  look(): void {
    if (this.#ports.ledger.identity.incarnation === 1) return;
    try {
      if (this.#pending && this.#readTwice()) this.#finish();
      else if (!this.#pending) this.#markLost();
    } catch (error) {
      // The next round tries again; until then the desk takes no money, which is the safe side.
      this.#ports.log.bug('catch_up', error);
    }
  }

  #readTwice(): boolean {
    const last_ms = this.#ports.last_synced_ms();
    if (last_ms === null) return false;
    // A clock that was set back starts the wait anew.
    if (this.#first_ms === null || last_ms < this.#first_ms) this.#first_ms = last_ms;
    return last_ms - this.#first_ms >= LISTS_LAG_MS;
  }

  #finish(): void {
    const { ledger } = this.#ports;
    const seen = observedAfter(ledger.database, ledger.identity.desk, this.#read);
    this.#leaveUsedIncarnation(seen);
    const lost = seen.filter(one => isLost(ledger.database, ledger.identity, one));
    const confirmed = confirmedMeanwhile(ledger.database);
    ledger.write(SYSTEM, write => {
      for (const one of lost) markLost(write, one, ledger);
      for (const { attempt_id, square_payment_id } of confirmed) {
        write.fact('record.confirmed', { attempt_id, square_payment_id });
        forgetRequest(write, { attempt_id });
      }
      write.fact('incarnation.caught_up', { how: 'square', lost: lost.length, confirmed: confirmed.length });
    });
    this.#advance(seen);
    this.#end();
  }

  /** Another restore of the same copy may have used this incarnation's numbers, and Square is its only witness. */
  #leaveUsedIncarnation(seen: readonly SeenPayment[]): void {
    const { ledger } = this.#ports;
    const { desk, incarnation } = ledger.identity;
    const used = seen.map(one => (one.foreign && one.reference ? readReference(desk, one.reference) : null));
    const highest = Math.max(0, ...used.map(one => one?.incarnation ?? 0));
    if (highest >= incarnation) skipToIncarnation(ledger, highest + 1, SYSTEM);
  }

  /** News that came late: the list lags, and a hold may be captured days later. */
  #markLost(): void {
    const { ledger, announce } = this.#ports;
    const seen = observedAfter(ledger.database, ledger.identity.desk, this.#read);
    const lost = seen.filter(one => isOlder(one, ledger) && isLost(ledger.database, ledger.identity, one));
    if (lost.length > 0) ledger.write(SYSTEM, write => lost.forEach(one => markLost(write, one, ledger)));
    this.#advance(seen);
    for (const { attempt_id } of lost) announce('payments.changed', { attempt_id: attempt_id as never });
  }

  #advance(seen: readonly SeenPayment[]): void {
    const last = seen.at(-1);
    if (last) this.#read = { incarnation: last.incarnation, seq: last.seq };
  }

  /** A person says that this office never was connected to Square. Refused when the ledger knows better. */
  withoutSquare(actor: string): void {
    const { ledger, connected } = this.#ports;
    if (!this.#pending) return;
    if (connected()) throw new AppError('restore_catching_up');
    if (everKnewSquare(ledger.database)) throw new AppError('restore_needs_square');
    ledger.write(actor, write => write.fact('incarnation.caught_up', { how: 'no_square', lost: 0, confirmed: 0 }));
    this.#end();
  }

  #end(): void {
    this.#pending = false;
    this.#ports.announce('copies.changed', {});
    this.#ports.announce('sync.changed', {});
    this.#ports.onDone();
  }
}

/** Only an earlier incarnation can have lost something; the present one's own numbers are all in its ledger. */
function isOlder(seen: SeenPayment, ledger: Ledger): boolean {
  const named = seen.reference === null ? null : readReference(ledger.identity.desk, seen.reference);
  return named !== null && named.incarnation < ledger.identity.incarnation;
}

function markLost(write: Write, seen: SeenPayment, ledger: Ledger): void {
  // One page of Square's list may have told of it twice; the second time it is marked already.
  if (!isLost(write.database, ledger.identity, seen)) return;
  const { incarnation, number } = readReference(ledger.identity.desk, seen.reference!)!;
  const inDrawer = seen.status === 'COMPLETED' ? DRAWERS[seen.source_type] : undefined;
  write.fact('payment.lost_in_restore', {
    ...{ attempt_id: seen.attempt_id, square_payment_id: seen.square_payment_id, incarnation, number },
    ...{ amount_minor: seen.amount_minor, currency: seen.currency as 'USD', day: seen.day },
    drawer: inDrawer ?? null,
  });
}

const DRAWERS: Readonly<Record<string, 'drawer_cash' | 'undeposited_checks'>> = {
  CASH: 'drawer_cash',
  EXTERNAL: 'undeposited_checks',
};

export type LastRestore = {
  readonly incarnation: number;
  readonly restored_at_ms: number;
  readonly copy_made_at_ms: number | null;
  readonly caught_up: boolean;
};

/** The newest restore of this ledger, as its journal tells it; null when there never was one. */
export function lastRestore(ledger: Ledger): LastRestore | null {
  let found: LastRestore | null = null;
  for (const fact of factsOf(ledger.database, INCARNATION_SUBJECT)) {
    if (fact.type === 'incarnation.caught_up' && found) found = caughtUp(found);
    const body = JSON.parse(fact.body) as { because?: string; copy?: { made_at_ms: number } | null };
    if (body.because !== 'restore') continue;
    const { incarnation, recorded_at_ms: restored_at_ms } = fact;
    found = { incarnation, restored_at_ms, copy_made_at_ms: body.copy?.made_at_ms ?? null, caught_up: false };
  }
  return found;
}

const caughtUp = (restore: LastRestore): LastRestore => ({ ...restore, caught_up: true });
