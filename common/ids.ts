/** Ids are UUIDv7 strings, branded per kind so that one cannot be passed for another. Foreign ids name their source. */
declare const kind: unique symbol;
type Id<Kind extends string> = string & { readonly [kind]: Kind };

export type AttemptId = Id<'attempt'>;
export type RefundId = Id<'refund'>;
export type CustomerId = Id<'customer'>;
export type PersonId = Id<'person'>;
export type LedgerId = Id<'ledger'>;
export type InvoiceId = Id<'invoice'>;
export type PromiseId = Id<'promise'>;

export const ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
