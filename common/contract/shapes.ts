import { z } from 'zod';
import { hasCardNumber } from '../card-numbers.ts';
import { ID_PATTERN, type AttemptId, type CustomerId, type InvoiceId, type PromiseId, type RefundId } from '../ids.ts';
import { CURRENCIES, type Money } from '../money.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../passwords.ts';
import { isDay } from '../time.ts';

/** Shapes that several domains share. Everything that crosses the door is plain data described by one of these. */

// The desk's policy forbids `eval`; without this zod would probe for it and leave a violation report.
z.config({ jitless: true });

export const currency = z.enum(CURRENCIES);
export const attemptId = z
  .string()
  .regex(ID_PATTERN)
  .transform(id => id as AttemptId);
export const customerId = z
  .string()
  .regex(ID_PATTERN)
  .transform(id => id as CustomerId);
export const invoiceId = z
  .string()
  .regex(ID_PATTERN)
  .transform(id => id as InvoiceId);
export const promiseId = z
  .string()
  .regex(ID_PATTERN)
  .transform(id => id as PromiseId);
export const refundId = z
  .string()
  .regex(ID_PATTERN)
  .transform(id => id as RefundId);
export const day = z.string().refine(isDay);
export const instant_ms = z.int().nonnegative();

export const amount: z.ZodType<Money, Money> = z.strictObject({
  minor: z.int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
  currency,
});
/** An amount that moves money: always above zero; the direction is which account. */
export const positiveAmount: z.ZodType<Money, Money> = z.strictObject({
  minor: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  currency,
});

/**
 * Free text that a person types: trimmed, normalised, without control characters, never with a card number in it. The
 * refusal carries its own message so that the door can answer with the right code.
 */
export const CARD_NUMBER_MESSAGE = 'card_number_in_text';
export function freeText(longest: number, shortest = 0): z.ZodType<string, string> {
  return (
    z
      .string()
      .max(longest * 2)
      .transform(text =>
        text
          .normalize('NFC')
          .replace(/\p{Cc}+/gu, ' ')
          .trim(),
      )
      .refine(text => text.isWellFormed() && [...text].length <= longest && [...text].length >= shortest)
      // A name of invisible characters alone would be one that nobody can see or find again.
      .refine(text => shortest === 0 || /[^\p{C}\p{Z}\p{M}]/u.test(text))
      .refine(text => !hasCardNumber(text), { message: CARD_NUMBER_MESSAGE })
  );
}

/** Which passwords are too easy to guess is told with its own error, not as a wrong input. */
export const newPassword = z
  .string()
  .min(SHORTEST_PASSWORD)
  .max(LONGEST_PASSWORD * 2);

/** One of Square's ids or tokens, pasted. A card number pasted into the wrong field goes no further than the door. */
export function pastedId(longest: number, shortest = 0): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .min(shortest)
    .max(longest)
    .refine(text => !hasCardNumber(text), { message: CARD_NUMBER_MESSAGE });
}

/** A part of a payment and the invoice that it pays. */
export const share = z.strictObject({ invoice_id: invoiceId, amount: positiveAmount });

export const nothing = z.strictObject({});
export const done = z.strictObject({});
