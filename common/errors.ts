/**
 * Refusals: the user or the world said no. The code is from this closed list; the words belong to the renderer, whose
 * table does not compile while a code has none. Money outcomes are values, never errors; bugs become `internal`.
 */
export const ERROR_CODES = [
  'internal',
  'unknown_call',
  'invalid_input',
  'not_signed_in',
  'desk_locked',
  'not_allowed',
  'wrong_password',
  'too_many_tries',
  'card_number_in_text',
  'customer_not_found',
  'invoice_not_found',
  'invoice_conflict',
  'invoice_number_taken',
  'invoice_voided',
  'invoice_total_wrong',
  'invoice_paid_more',
  'promise_not_found',
  'promise_conflict',
  'promise_decided',
  'promise_day_wrong',
  'allocation_too_much',
  'allocation_not_paid',
  'allocation_other_customer',
  'attempt_not_found',
  'attempt_conflict',
  'attempt_not_cancellable',
  'earlier_attempt_in_doubt',
  'looks_like_duplicate',
  'attempt_not_in_doubt',
  'doubt_too_young',
  'still_at_square',
  'refund_at_square',
  'refund_not_found',
  'refund_conflict',
  'refund_too_much',
  'refund_not_possible',
  'refund_needs_approval',
  'refund_not_approved',
  'refund_not_waiting',
  'refund_not_in_doubt',
  'refund_check_first',
  'card_needs_internet',
  'card_fields_not_ready',
  'card_fields_incomplete',
  'card_fields_failed',
  'card_cancelled',
  'read_back_missing',
  'tendered_too_little',
  'receipt_not_ready',
  'ledger_newer',
  'ledger_damaged',
  'ledger_behind_anchor',
  'ledger_in_use',
  'ledger_missing',
  'keys_damaged',
  'keyring_unavailable',
  'keyring_lost',
  'recovery_key_wrong',
  'password_needed',
  'password_common',
  'password_same',
  'person_not_found',
  'person_exists',
  'last_owner',
  'recovery_not_begun',
  'keys_changing',
  'disk_full',
  'setup_done',
  'setup_not_begun',
  'training_only',
  'live_only',
  'preview_refuses_live',
  'square_environment_mismatch',
  'square_application_id_invalid',
  'square_unauthorized',
  'square_missing_scope',
  'square_location_unknown',
  'square_location_inactive',
  'square_cards_not_enabled',
  'square_currency_mismatch',
  'square_unreachable',
  'square_unexpected',
  'square_not_connected',
  'queue_not_empty',
  'copy_folder_away',
  'copy_folder_missing',
  'copy_differs',
  'copy_failed',
  'copy_none',
  'copy_not_whole',
  'copies_busy',
  'copies_cancelled',
  'restore_not_begun',
  'restore_office_exists',
  'restore_catching_up',
  'restore_needs_square',
  'report_unknown',
  'export_failed',
  'print_failed',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** A refusal. `details` are flat, safe to show, and hold no personal data. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(code);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/** How an answer crosses the door: plain data only, because a cloned Error keeps nothing but its message. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: { readonly code: ErrorCode; readonly details: ErrorDetails } };

/** For what can only be a bug. The door turns it into `internal` with a reference into the log. */
export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${sentence}`);
}
