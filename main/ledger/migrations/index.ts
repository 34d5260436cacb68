import { initial } from './10-initial.ts';
import { refunds } from './20-refunds.ts';

/** Every migration, in order. Shipped ones are frozen. */
export const migrations = [initial, refunds] as const;
