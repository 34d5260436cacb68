import type { ErrorCode } from '../../../../common/errors.ts';

/** What happened (and that no money moved, where that could be doubted), then what to do. */
export const errors: Record<ErrorCode, { title: string; help: string }> = {
  internal: {
    title: 'Something in Tillside went wrong.',
    help: 'What was recorded before is safe. Look in Activity before you try again.',
  },
  unknown_call: { title: 'The desk and its ledger do not fit together.', help: 'Close Tillside and open it again.' },
  invalid_input: { title: 'Something typed here cannot be used.', help: 'Check the fields and try again.' },
  not_signed_in: { title: 'Nobody is signed in.', help: 'Sign in and try again. Nothing was recorded.' },
  desk_locked: { title: 'The desk is locked.', help: 'Unlock it with your password. Nothing was recorded.' },
  not_allowed: { title: 'Your role may not do this.', help: 'Ask a lead or the owner. Nothing was changed.' },
  wrong_password: { title: 'This password does not fit.', help: 'Check Caps Lock and type it again.' },
  too_many_tries: { title: 'Too many wrong passwords.', help: 'Wait until the time shown is over, then try again.' },
  card_number_in_text: {
    title: 'This looks like a card number.',
    help: 'Card numbers belong only into Square’s fields. Remove it and try again.',
  },
  customer_not_found: { title: 'This customer was not found.', help: 'Search again, or add the customer.' },
  attempt_not_found: { title: 'This payment was not found.', help: 'Look for it in Activity.' },
  attempt_conflict: {
    title: 'This payment was already recorded with other details.',
    help: 'Look in Activity before you take it again. Nothing was charged a second time.',
  },
  attempt_not_cancellable: {
    title: 'It may already have left this desk, so it cannot be taken out.',
    help: 'Wait for Square’s answer. Nothing was changed.',
  },
  earlier_attempt_in_doubt: {
    title: 'An earlier payment of the same amount for this customer is still in doubt.',
    help: 'Do not charge again before Square has answered. You find it in Activity.',
  },
  card_needs_internet: {
    title: 'A card cannot be typed without the internet.',
    help: 'Nothing was charged. Take cash or a check, or wait for the internet.',
  },
  card_fields_not_ready: {
    title: 'Square’s fields are not ready yet.',
    help: 'Nothing was charged. Wait a moment and try again.',
  },
  card_fields_incomplete: {
    title: 'The card is not complete.',
    help: 'Nothing was charged. Fill every field: number, date, code and postal code.',
  },
  card_fields_failed: {
    title: 'Square’s fields did not give us the card.',
    help: 'Nothing was charged. Load the fields again and type the card once more.',
  },
  card_cancelled: { title: 'The card was not sent.', help: 'Nothing was charged. You can try again.' },
  read_back_missing: {
    title: 'The read-back is not ticked.',
    help: 'Nothing was charged. Read the amount, the date and the last four back to the caller, then tick it.',
  },
  tendered_too_little: {
    title: 'The cash given is less than the amount.',
    help: 'Nothing was recorded. Type what the customer gave.',
  },
  receipt_not_ready: {
    title: 'There is no receipt yet.',
    help: 'It is written when the money is in, or when a card is queued.',
  },
  ledger_newer: {
    title: 'This ledger was written by a newer Tillside.',
    help: 'Install the newest version. The ledger was not changed.',
  },
  ledger_damaged: {
    title: 'The ledger file is damaged.',
    help: 'Take no payments on this desk. Restore the last backup or call support.',
  },
  ledger_behind_anchor: {
    title: 'The ledger is older than this desk remembers.',
    help: 'Someone may have put back an old copy. Restore the newest one or call support.',
  },
  ledger_in_use: { title: 'The ledger is open in another Tillside.', help: 'Close the other window and try again.' },
  ledger_missing: {
    title: 'The ledger file is not where it was.',
    help: 'Bring the folder back, or restore a backup. No new ledger was made.',
  },
  keys_damaged: {
    title: 'The keys of the ledger are damaged.',
    help: 'Restore the key file from a backup, or use the recovery key.',
  },
  keyring_unavailable: {
    title: 'The system’s keyring cannot be reached.',
    help: 'Sign in to the computer again and unlock its keyring, then open Tillside.',
  },
  keyring_lost: {
    title: 'This computer no longer holds the key of the ledger.',
    help: 'Use the printed recovery key. The ledger itself is whole.',
  },
  recovery_key_wrong: { title: 'This is not the recovery key.', help: 'Check the groups and type them again.' },
  disk_full: {
    title: 'The disk is full.',
    help: 'Nothing was recorded or charged. Free some space, then try again.',
  },
  setup_done: { title: 'This desk is set up already.', help: 'Sign in instead.' },
  setup_not_begun: { title: 'The set-up was not begun.', help: 'Start again with the first step.' },
  training_only: { title: 'This works only in training.', help: 'Switch to the training office.' },
  live_only: { title: 'This works only in the live office.', help: 'Switch to the live office.' },
  preview_refuses_live: {
    title: 'This preview takes no real money.',
    help: 'Install the desktop app to connect a live Square account.',
  },
  square_environment_mismatch: {
    title: 'The application id and the token are from different Square environments.',
    help: 'Use both from sandbox, or both from production.',
  },
  square_application_id_invalid: {
    title: 'This is not a Square application id.',
    help: 'Copy it from the Credentials page of the Square developer console.',
  },
  square_unauthorized: {
    title: 'Square does not accept this access token.',
    help: 'Copy it again from the developer console, or make a new one.',
  },
  square_missing_scope: {
    title: 'The access token lacks a right.',
    help: 'It needs to read and write payments, and to read the merchant.',
  },
  square_location_unknown: {
    title: 'Square does not know this location.',
    help: 'Choose one of the locations that the test has found.',
  },
  square_location_inactive: {
    title: 'This location is not active at Square.',
    help: 'Activate it at Square, or choose another one.',
  },
  square_cards_not_enabled: {
    title: 'Card payments are not switched on for this location.',
    help: 'Finish the set-up of the location at Square.',
  },
  square_currency_mismatch: {
    title: 'The location has another currency than this office.',
    help: 'Choose a location with the office’s currency.',
  },
  square_unreachable: {
    title: 'Square cannot be reached.',
    help: 'Check the internet connection. Nothing was changed.',
  },
  square_unexpected: {
    title: 'Square gave an answer that Tillside does not understand.',
    help: 'Nothing is assumed. Try again in a minute; if it stays, tell support.',
  },
  square_not_connected: { title: 'Square is not connected.', help: 'Ask the owner to connect it in Settings.' },
  queue_not_empty: {
    title: 'Payments are still waiting for the internet.',
    help: 'Let them be sent, or take them out of the queue first.',
  },
  report_unknown: { title: 'This report does not exist.', help: 'Choose one from the list.' },
  export_failed: { title: 'The file could not be written.', help: 'Choose another folder and try again.' },
  print_failed: {
    title: 'It was not printed.',
    help: 'Check the printer and print again. The payment is not touched.',
  },
};
