import { z } from 'zod';
import { CURRENCIES } from '../../../common/money.ts';

/** Shapes that several facts share. */
export const minor = z.int().min(1);
export const currency = z.enum(CURRENCIES);
export const at_ms = z.int();
/** What a person typed about somebody: sealed under that somebody's key, so that it can be erased with them. */
export const typed = z.strictObject({ subject_id: z.string(), sealed: z.string() });
export const card = z.strictObject({ brand: z.string(), last4: z.string() });
