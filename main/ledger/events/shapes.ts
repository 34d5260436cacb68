import { z } from 'zod';
import { CURRENCIES } from '../../../common/money.ts';

/** Shapes that several facts share. */
export const minor = z.int().min(1);
export const currency = z.enum(CURRENCIES);
export const at_ms = z.int();
export const card = z.strictObject({ brand: z.string(), last4: z.string() });
