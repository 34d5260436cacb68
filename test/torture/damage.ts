import type { Dice } from './dice.ts';

/** The files of an office's folder by name, without its locks and shared memory. */
export type Files = Map<string, Buffer>;
export const DATABASE = 'ledger.db';
export const WAL = 'ledger.db-wal';
export const ANCHORS = ['anchors/anchor-a.json', 'anchors/anchor-b.json'];
export const SLOTS = ['slots-a.json', 'slots-b.json'];
const PAGE_BYTES = 4096;
const WAL_HEADER_BYTES = 32;
const FRAME_BYTES = PAGE_BYTES + 24;

type Damage = {
  readonly name: string;
  /** How often it is chosen, against the others. */
  readonly weight: number;
  /** True when the rest of the folder is enough: refusing to open would lock the office out for nothing. */
  readonly mustOpen?: boolean;
  /** Damages `files`, which are copies; `older` is an earlier state of the same office. */
  apply(files: Files, older: Files, dice: Dice): void;
};

const copyOf = (files: Files, name: string): Buffer => Buffer.from(files.get(name) ?? Buffer.alloc(0));
const anyFile = (dice: Dice): string =>
  dice.pick([DATABASE, DATABASE, DATABASE, DATABASE, WAL, WAL, WAL, ...ANCHORS, ...SLOTS]);

function flipBits(content: Buffer, dice: Dice): Buffer {
  for (let count = 1 + dice.below(3); count > 0; count -= 1) {
    const at = dice.below(content.length);
    content[at] = content[at]! ^ (1 << dice.below(8));
  }
  return content;
}

function overwrite(content: Buffer, patch: Buffer, at: number): Buffer {
  patch.copy(content, Math.max(0, Math.min(at, content.length - patch.length)));
  return content;
}

const pageCount = (files: Files): number => Math.floor((files.get(DATABASE)?.length ?? 0) / PAGE_BYTES);
const page = (content: Buffer, index: number): Buffer =>
  Buffer.from(content.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES));

function swapPages(files: Files, dice: Dice): void {
  const content = copyOf(files, DATABASE);
  const [first, second] = [dice.below(pageCount(files)), dice.below(pageCount(files))];
  const kept = page(content, first);
  overwrite(content, page(content, second), first * PAGE_BYTES);
  overwrite(content, kept, second * PAGE_BYTES);
  files.set(DATABASE, content);
}

/** Pages that differ, put back as they were: each of them is whole and rightly encrypted. */
export function replayPages(files: Files, older: Files, dice: Dice): void {
  const content = copyOf(files, DATABASE);
  const before = copyOf(older, DATABASE);
  const changed = Array.from({ length: Math.min(pageCount(files), pageCount(older)) }, (_, index) => index).filter(
    index => !page(content, index).equals(page(before, index)),
  );
  for (let count = 1 + dice.below(2); count > 0; count -= 1) {
    const index = dice.pick(changed);
    overwrite(content, page(before, index), index * PAGE_BYTES);
  }
  files.set(DATABASE, content);
}

function truncated(files: Files, dice: Dice): void {
  const name = anyFile(dice);
  const content = copyOf(files, name);
  const length = dice.below(content.length);
  const unit = name === DATABASE ? PAGE_BYTES : name === WAL ? FRAME_BYTES : 1;
  const whole = (name === WAL ? WAL_HEADER_BYTES : 0) + Math.floor(length / unit) * unit;
  files.set(name, content.subarray(0, dice.chance(0.5) ? whole : length));
}

/** A frame of the WAL in the place of another one. */
function moveFrame(files: Files, dice: Dice): void {
  const content = copyOf(files, WAL);
  const count = Math.floor((content.length - WAL_HEADER_BYTES) / FRAME_BYTES);
  const start = (index: number): number => WAL_HEADER_BYTES + index * FRAME_BYTES;
  const from = start(dice.below(count));
  overwrite(content, Buffer.from(content.subarray(from, from + FRAME_BYTES)), start(dice.below(count)));
  files.set(WAL, content);
}

const replaced = (files: Files, older: Files, names: readonly string[]): void => {
  for (const name of names) {
    const content = older.get(name);
    if (content) files.set(name, content);
    else files.delete(name);
  }
};

export const DAMAGES: readonly Damage[] = [
  {
    name: 'bits flipped',
    weight: 40,
    apply(files, _older, dice) {
      const name = anyFile(dice);
      files.set(name, flipBits(copyOf(files, name), dice));
    },
  },
  {
    name: '64 bytes of garbage',
    weight: 20,
    apply(files, _older, dice) {
      const name = anyFile(dice);
      const content = copyOf(files, name);
      files.set(name, overwrite(content, dice.bytes(64), dice.below(content.length)));
    },
  },
  {
    name: 'a sector of zeros',
    weight: 8,
    apply(files, _older, dice) {
      const name = dice.pick([DATABASE, WAL]);
      const content = copyOf(files, name);
      files.set(name, overwrite(content, Buffer.alloc(512), dice.below(content.length / 512) * 512));
    },
  },
  { name: 'cut short', weight: 12, apply: (files, _older, dice) => truncated(files, dice) },
  { name: 'pages swapped', weight: 6, apply: (files, _older, dice) => swapPages(files, dice) },
  { name: 'pages of an older copy', weight: 10, apply: (files, older, dice) => replayPages(files, older, dice) },
  { name: 'a WAL frame twice', weight: 4, apply: (files, _older, dice) => moveFrame(files, dice) },
  { name: 'older ledger', weight: 1, apply: (files, older) => replaced(files, older, [DATABASE, WAL]) },
  { name: 'older database under the WAL', weight: 1, apply: (files, older) => replaced(files, older, [DATABASE]) },
  { name: 'older WAL', weight: 1, apply: (files, older) => replaced(files, older, [WAL]) },
  { name: 'WAL removed', weight: 1, apply: files => void files.delete(WAL) },
  { name: 'database removed', weight: 1, apply: files => void files.delete(DATABASE) },
  { name: 'database emptied', weight: 1, apply: files => void files.set(DATABASE, Buffer.alloc(0)) },
  {
    name: 'database and WAL emptied',
    weight: 1,
    apply(files) {
      files.set(DATABASE, Buffer.alloc(0));
      files.set(WAL, Buffer.alloc(0));
    },
  },
  { name: 'older anchors', weight: 1, mustOpen: true, apply: (files, older) => replaced(files, older, ANCHORS) },
  { name: 'anchors removed', weight: 1, mustOpen: true, apply: files => ANCHORS.forEach(name => files.delete(name)) },
  {
    name: 'both anchors damaged',
    weight: 4,
    mustOpen: true,
    apply: (files, _older, dice) => ANCHORS.forEach(name => files.set(name, flipBits(copyOf(files, name), dice))),
  },
  {
    name: 'one copy of the slots damaged',
    weight: 4,
    mustOpen: true,
    apply(files, _older, dice) {
      const name = dice.pick(SLOTS);
      files.set(name, flipBits(copyOf(files, name), dice));
    },
  },
  {
    name: 'both copies of the slots damaged',
    weight: 4,
    apply: (files, _older, dice) => SLOTS.forEach(name => files.set(name, flipBits(copyOf(files, name), dice))),
  },
];

/** Chooses one damage by weight and applies it to a copy of `current`. */
export function damaged(current: Files, older: Files, dice: Dice): { damage: Damage; files: Files } {
  let left = dice.below(DAMAGES.reduce((sum, one) => sum + one.weight, 0));
  const damage = DAMAGES.find(one => (left -= one.weight) < 0)!;
  const files = new Map(current);
  damage.apply(files, older, dice);
  return { damage, files };
}
