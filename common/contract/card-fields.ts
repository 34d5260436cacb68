import { z } from 'zod';
import { done, nothing } from './shapes.ts';

/** The payment view as the desk sees it: where it lies, and whether its fields are usable. Never what is in them. */
export const cardFieldsState = z.strictObject({
  phase: z.enum(['off', 'loading', 'live', 'failed']),
  complete: z.boolean(),
  brand: z.string().nullable(),
  focused: z.boolean(),
  height_px: z.number(),
  failure: z.enum(['script', 'fields']).nullable(),
});
export type CardFieldsView = z.infer<typeof cardFieldsState>;

const length_px = z.number().min(0).max(20_000);

export const cardFieldCalls = {
  /** Lays the payment view over this rectangle of the desk page (CSS pixels), or hides it with null. */
  'card_fields.place': {
    may: 'payments.take',
    input: z.strictObject({
      rectangle: z.strictObject({ x: length_px, y: length_px, width: length_px, height: length_px }).nullable(),
    }),
    output: done,
  },
  'card_fields.state': { may: 'payments.take', input: nothing, output: cardFieldsState },
  /** Not taken while the fields are on their way; the keyboard stays where it is. */
  'card_fields.focus': { may: 'payments.take', input: nothing, output: z.strictObject({ taken: z.boolean() }) },
  'card_fields.clear': { may: 'payments.take', input: nothing, output: done },
  'card_fields.reload': { may: 'payments.take', input: nothing, output: done },
  'card_fields.theme': {
    may: 'desk_open',
    input: z.strictObject({ theme: z.enum(['light', 'dark']), contrast: z.enum(['normal', 'more']) }),
    output: done,
  },
} as const;

export const cardFieldEvents = {
  'card_fields.changed': cardFieldsState,
  /** Focus left the fields by Tab or Escape; the desk takes it to the next control. */
  'card_fields.focus_left': nothing,
} as const;
