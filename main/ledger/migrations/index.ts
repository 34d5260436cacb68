import { initial } from './10-initial.ts';
import { refunds } from './20-refunds.ts';
import { invoices } from './30-invoices.ts';
import { promises } from './33-promises.ts';

/** Every migration, in order. Shipped ones are frozen. */
export const migrations = [initial, refunds, invoices, promises] as const;
