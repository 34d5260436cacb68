import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CardFieldsView } from '../../../common/contract/card-fields.ts';
import { CardFields } from '../../../renderer/desk/features/collect/card-fields-state.svelte.ts';

const LIVE: CardFieldsView = {
  phase: 'live',
  complete: false,
  brand: null,
  focused: false,
  height_px: 122,
  failure: null,
};
const LOADING: CardFieldsView = { ...LIVE, phase: 'loading' };
const PLACE = { x: 1, y: 2, width: 300, height: 122 };

/** A page with two things that can have the keyboard, and a main process that says whether the fields take it. */
let document: { activeElement: unknown; body: object };
let amount: { focus(): void };
let slot: { focus(): void };
let asked: string[];
let takes: boolean;
let tell: (view: CardFieldsView) => void;
let fields: CardFields;

beforeEach(async () => {
  document = { activeElement: null, body: {} };
  const focusable = (): { focus(): void } => {
    const element = { focus: (): void => void (document.activeElement = element) };
    return element;
  };
  amount = focusable();
  slot = focusable();
  asked = [];
  takes = true;
  vi.stubGlobal('document', document);
  vi.stubGlobal('HTMLIFrameElement', class {});
  const call = async (name: string): Promise<unknown> => {
    asked.push(name);
    if (name === 'card_fields.state') return { ok: true, value: LOADING };
    return { ok: true, value: name === 'card_fields.focus' ? { taken: takes } : {} };
  };
  const on = (listener: (name: string, payload: CardFieldsView) => void): (() => void) => {
    tell = view => listener('card_fields.changed', view);
    return () => undefined;
  };
  vi.stubGlobal('window', { desk: { call, on } });
  amount.focus();
  fields = new CardFields();
  fields.home = slot as unknown as HTMLElement;
  fields.follow();
  fields.place(PLACE);
  await settle();
});
afterEach(() => vi.unstubAllGlobals());

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};
const focusCalls = (): number => asked.filter(name => name === 'card_fields.focus').length;

describe('the keyboard on its way into the fields', () => {
  test('waits until they are live, unless it went elsewhere meanwhile', async () => {
    fields.focus();
    await settle();
    expect(focusCalls()).toBe(0);
    tell(LIVE);
    expect(focusCalls()).toBe(1);
    tell(LOADING);
    amount.focus();
    fields.focus();
    slot.focus();
    tell(LIVE);
    expect(focusCalls()).toBe(1);
  });

  test('is asked for again when the fields had just gone', async () => {
    tell(LIVE);
    takes = false;
    fields.focus();
    await settle();
    expect(focusCalls()).toBe(1);
    takes = true;
    tell(LOADING);
    tell(LIVE);
    expect(focusCalls()).toBe(2);
  });

  test('waits at the slot when fields that have it are lost, and goes back when they are there again', () => {
    tell(LIVE);
    fields.focus();
    tell({ ...LIVE, focused: true });
    tell(LOADING);
    // Not the amount: the next digits are those of a card.
    expect(document.activeElement).toBe(slot);
    tell({ ...LIVE, phase: 'failed', failure: 'fields' });
    tell(LOADING);
    expect(focusCalls()).toBe(1);
    tell(LIVE);
    expect(focusCalls()).toBe(2);
  });

  test('waits at the slot when the fields are lost before they said they had it', async () => {
    tell(LIVE);
    fields.focus();
    await settle();
    tell(LOADING);
    expect(document.activeElement).toBe(slot);
    tell(LIVE);
    expect(focusCalls()).toBe(2);
  });

  test('stays where it is when fields are lost that nobody was in', async () => {
    tell(LIVE);
    fields.focus();
    await settle();
    tell({ ...LIVE, focused: true });
    tell(LIVE);
    amount.focus();
    tell(LOADING);
    tell(LIVE);
    expect(document.activeElement).toBe(amount);
    expect(focusCalls()).toBe(1);
  });
});
