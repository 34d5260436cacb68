import { initial } from './10-initial.ts';

/** Every migration, in order. Shipped ones are frozen. */
export const migrations = [initial] as const;
