import type { Mode } from '../../common/contract/office.ts';
import type { Currency } from '../../common/money.ts';
import type { Clock } from '../../main/platform/clock.ts';
import type { Random } from '../../main/platform/ids.ts';

export type TempOfficeOptions = {
  readonly mode?: Mode;
  readonly currency?: Currency;
  readonly time_zone?: string;
  readonly desk_code?: string;
  /** Authorise first, capture after. On unless told otherwise, as in a new office. */
  readonly two_phase?: boolean;
  /** A fake clock of its own unless given one; the simulator lives under the same clock. */
  readonly clock?: Clock;
  /** Square's own time, where it is not the desk's. */
  readonly square_clock?: Clock;
  readonly random?: Random;
  readonly timeout_ms?: number;
  /** False for a desk that was never connected to Square. */
  readonly connected?: boolean;
};
