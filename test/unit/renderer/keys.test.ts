import { describe, expect, test } from 'vitest';
import { KeyRegistry, nameOf, worksWhileTyping, type KeyPress } from '../../../renderer/desk/lib/keys.svelte.ts';

function press(key: string, part: Partial<KeyPress> = {}): KeyPress {
  return { key, control: false, alt: false, shift: false, typing: false, pressable: false, ...part };
}

function registry(...keys: string[]): { keys: KeyRegistry; ran: string[] } {
  const made = new KeyRegistry();
  const ran: string[] = [];
  made.register(keys.map(key => ({ key, label: key, run: () => ran.push(key) })));
  return { keys: made, ran };
}

describe('keys', () => {
  test('are named as people write them', () => {
    expect(nameOf(press('k', { control: true }))).toBe('Ctrl+K');
    expect(nameOf(press('Escape'))).toBe('Esc');
    expect(nameOf(press('?', { shift: true }))).toBe('?');
    expect(nameOf(press('F2', { shift: true }))).toBe('Shift+F2');
    expect(nameOf(press('1', { alt: true }))).toBe('Alt+1');
  });

  test('single letters do nothing while someone types, function keys do', () => {
    const { keys, ran } = registry('C', 'F4', 'Ctrl+K', '?', 'Esc');
    for (const key of ['c', 'F4', '?', 'Escape']) keys.press(press(key, { typing: true }));
    keys.press(press('k', { typing: true, control: true }));
    expect(ran).toEqual(['F4', 'Esc', 'Ctrl+K']);
    expect(worksWhileTyping('Enter')).toBe(false);
  });

  test('Enter on a button belongs to the button', () => {
    const { keys, ran } = registry('Enter');
    expect(keys.press(press('Enter', { pressable: true }))).toBe(false);
    expect(keys.press(press('Enter'))).toBe(true);
    expect(ran).toEqual(['Enter']);
  });

  test('what lies over the page takes every key until it is gone', () => {
    const { keys, ran } = registry('F2', 'Esc');
    const close = keys.register([{ key: 'Esc', label: 'Close', run: () => ran.push('closed') }], true);
    expect(keys.covered).toBe(true);
    expect(keys.press(press('F2'))).toBe(false);
    keys.press(press('Escape'));
    close();
    expect(keys.covered).toBe(false);
    keys.press(press('F2'));
    expect(ran).toEqual(['closed', 'F2']);
  });

  test('the last one to register a key has it, and giving it back brings the first one back', () => {
    const { keys, ran } = registry('F2');
    const leave = keys.register([{ key: 'F2', label: 'Other', run: () => ran.push('other') }]);
    keys.press(press('F2'));
    leave();
    keys.press(press('F2'));
    expect(ran).toEqual(['other', 'F2']);
  });

  test('a page that changes its keys under a dialog stays under it', () => {
    const { keys, ran } = registry('F2');
    const page = keys.place([]);
    const close = keys.register([{ key: 'Esc', label: 'Close', run: () => ran.push('closed') }], true);
    page.change([{ key: 'E', label: 'Receipt', run: () => ran.push('receipt') }]);
    expect(keys.press(press('e'))).toBe(false);
    close();
    expect(keys.press(press('e'))).toBe(true);
    page.leave();
    expect(keys.press(press('e'))).toBe(false);
    expect(ran).toEqual(['receipt']);
  });
});
