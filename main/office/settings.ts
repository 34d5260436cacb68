import { IDLE_MINUTES } from '../../common/idle-lock.ts';
import { CURRENCY_EXPONENT, isCurrency, money, type Currency, type Money } from '../../common/money.ts';
import { businessDay, type Day } from '../../common/time.ts';
import { assert } from '../../common/errors.ts';
import { sql, type Database } from '../ledger/open.ts';

/** The office's own settings, read from the journal's projection at each use: they are few and the query is cheap. */
export type OfficeSettings = {
  readonly office_name: string;
  readonly time_zone: string;
  readonly currency: Currency;
  readonly locale: string;
  /** Authorise first, capture after the approval is on the books. */
  readonly two_phase: boolean;
  /** After how long without a key or a movement the desk locks itself. */
  readonly idle_minutes: number;
  /** Up to how much one person alone may give back in a day. */
  readonly refund_limit: Money;
};

/** Whole units of the currency. */
const USUAL_REFUND_LIMIT = 100;

export function readSettings(database: Database): OfficeSettings {
  const rows = sql(database, 'SELECT name, value FROM setting').all() as { name: string; value: string }[];
  const known = new Map(rows.map(row => [row.name, row.value]));
  const currency = known.get('currency');
  assert(isCurrency(currency), 'the office has a currency');
  return {
    office_name: known.get('office_name') ?? '',
    time_zone: known.get('time_zone') ?? 'UTC',
    currency,
    locale: known.get('locale') ?? 'en-US',
    two_phase: known.get('two_phase') !== 'off',
    refund_limit: money(
      Number(known.get('refund_limit_minor') ?? USUAL_REFUND_LIMIT * 10 ** CURRENCY_EXPONENT[currency]),
      currency,
    ),
    idle_minutes: Number(known.get('idle_minutes') ?? IDLE_MINUTES.usual),
  };
}

export function officeDay(database: Database, at_ms: number): Day {
  return businessDay(at_ms, readSettings(database).time_zone);
}
