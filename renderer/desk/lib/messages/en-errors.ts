import type { ErrorCode } from '../../../../common/errors.ts';
import { bookErrors } from './en-errors-books.ts';

/** What happened (and that no money moved, where that could be doubted), then what to do. */
export const errors: Record<ErrorCode, { title: string; help: string }> = {
  ...bookErrors,
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
  looks_like_duplicate: {
    title: 'This looks like a payment that was taken already.',
    help: 'Nothing was charged. Look at the earlier one, or say why this is another one.',
  },
  attempt_not_in_doubt: {
    title: 'This payment is not in doubt any more.',
    help: 'Nothing was changed. Close this and read what became of it.',
  },
  doubt_too_young: {
    title: 'This doubt is too young to be closed.',
    help: 'Square’s list is some seconds behind. Wait a minute, most doubts end by themselves. Nothing was changed.',
  },
  still_at_square: {
    title: 'Square holds a payment under this reference.',
    help: 'It cannot be closed as not charged. Look it up at Square, and save the evidence for Square’s support.',
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
  recovery_not_begun: { title: 'The recovery key is not proven any more.', help: 'Begin again with the key.' },
  password_needed: {
    title: 'This person needs a new password on this computer.',
    help: 'An owner sets it in Settings, People. The ledger is whole.',
  },
  password_common: {
    title: 'This password is one of the first that everybody tries.',
    help: 'Choose another one. Four words in a row are easy to keep.',
  },
  password_same: { title: 'This is the password you have already.', help: 'Choose another one.' },
  person_not_found: { title: 'This person does not belong to the office.', help: 'Nothing was opened or changed.' },
  person_exists: { title: 'Somebody here has this name already.', help: 'Add something that tells the two apart.' },
  last_owner: {
    title: 'This is the last owner who can sign in.',
    help: 'Make somebody else an owner first. Nothing was changed.',
  },
  keys_changing: {
    title: 'The ledger is getting a new key.',
    help: 'Wait a moment and try again. Nothing was recorded.',
  },
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
  copy_folder_away: {
    title: 'The folder for copies cannot be reached.',
    help: 'Plug the drive in, or choose another folder. Payments go on; Tillside tries again by itself.',
  },
  copy_folder_missing: { title: 'No folder for copies is chosen.', help: 'Choose one first, best on another drive.' },
  copy_differs: {
    title: 'The copy does not hold what this ledger holds.',
    help: 'Check the ledger in Settings, then make a new copy. Keep the older copies.',
  },
  copy_failed: {
    title: 'The copy was not made.',
    help: 'The copies of before are still whole. Try again; if it stays, choose another folder.',
  },
  copy_none: { title: 'There is no copy here.', help: 'Choose the folder that copies were made in.' },
  copy_not_whole: {
    title: 'This copy is not whole.',
    help: 'Choose another one. Nothing was changed by it.',
  },
  copies_busy: { title: 'A copy is being made or tested just now.', help: 'Wait until it is done, then try again.' },
  copies_cancelled: { title: 'It was cancelled.', help: 'Nothing was changed. Start it again when you like.' },
  restore_not_begun: { title: 'No copy was opened.', help: 'Choose a copy and type the recovery key first.' },
  restore_office_exists: {
    title: 'There is an office on this computer already, and it opens as it should.',
    help: 'It is not replaced. Sign in to it instead.',
  },
  restore_catching_up: {
    title: 'This desk was restored and is asking Square what was taken since the copy.',
    help: 'No money was taken. Stay online; it is usually done within a minute.',
  },
  restore_needs_square: {
    title: 'This desk was restored and has to ask Square what was taken since the copy.',
    help: 'No money was taken. Connect Square in Settings; a manager finds more under Copies.',
  },
  report_unknown: { title: 'This report does not exist.', help: 'Choose one from the list.' },
  export_failed: { title: 'The file could not be written.', help: 'Choose another folder and try again.' },
  print_failed: {
    title: 'It was not printed.',
    help: 'Check the printer and print again. The payment is not touched.',
  },
};
