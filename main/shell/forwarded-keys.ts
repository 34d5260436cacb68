import type { Input } from 'electron';

/** One of the desk's shortcuts, pressed while the card fields had the keyboard. */
export type ForwardedKey = { key: string; control: boolean; alt: boolean; shift: boolean };

/**
 * The shortcut in a key press inside the payment view, or null. The list is closed and holds nothing that types into
 * a field: every other press, and so every digit of a card, is dropped before anything of ours looks at it. Command
 * counts as Control on a Mac.
 */
export function forwardedKey(input: Input): ForwardedKey | null {
  if (input.type !== 'keyDown') return null;
  const control = input.control || input.meta;
  const key: ForwardedKey = { key: input.key, control, alt: input.alt, shift: input.shift };
  if (/^F([1-9]|1[0-2])$/.test(input.key)) return key;
  // Alt with Control is AltGr on many keyboards, and Alt with the number pad types characters on Windows.
  if (control && !input.alt && /^([kl]|Enter)$/i.test(input.key)) return key;
  if (input.alt && !control && /^Digit[1-9]$/.test(input.code)) return { ...key, key: input.code.slice(5) };
  return null;
}
