import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Dice } from '../torture/dice.ts';
import { TEST_CARDS } from './card-search.ts';

const inFours = (card: string, between: string): string => card.match(/.{1,4}/g)!.join(between);
const shifted = (card: string, shift: number): Buffer =>
  Buffer.from(Buffer.from(`${'x'.repeat(shift)}${card}yy`).toString('base64'));

type Form = (card: string) => Buffer;

const FORMS: Readonly<Record<string, Form>> = {
  plain: card => Buffer.from(card),
  spaced: card => Buffer.from(inFours(card, ' ')),
  dashed: card => Buffer.from(inFours(card, '-')),
  'utf-16le': card => Buffer.from(card, 'utf16le'),
  'utf-16be': card => Buffer.from(card, 'utf16le').swap16(),
  hexadecimal: card => Buffer.from(Buffer.from(card).toString('hex')),
  'base64-0': card => shifted(card, 0),
  'base64-1': card => shifted(card, 1),
  'base64-2': card => shifted(card, 2),
  percent: card => Buffer.from([...card].map(digit => `%3${digit}`).join('')),
  reversed: card => Buffer.from([...card].reverse().join('')),
  'json-escaped': card => Buffer.from([...card].map(digit => `\\u003${digit}`).join('')),
  gzip: card => gzipSync(`a sentence before ${card} and one after`),
  deflate: card => deflateSync(`a sentence before ${card} and one after`),
  half: card => Buffer.from(card.slice(0, 11)),
};

/** Where what was typed could end up, as the run's own folders are laid out. */
const PLACES = [
  ...['data/host-profile/Default/History', 'data/host-profile/Default/Local Storage/leveldb/000003.log'],
  ...['data/host-profile/Local State', 'data/host-profile/Default/Cache/data_1', 'data/logs/tillside.log'],
  ...['data/live/ledger.db-wal', 'data/downloads/receipt.pdf', 'tmp/core.1', 'home/.cache/x', 'http/1.http'],
];

/** Forty files, each with one card in one form between other bytes; every form is among them, and every place. */
export function plant(folder: string, dice: Dice): string[] {
  const names = Object.keys(FORMS);
  const files = Array.from({ length: 39 }, (_, number) => {
    const form = names[number % names.length]!;
    const file = join(PLACES[number % PLACES.length]!, '..', `plant-${number}-${form}`);
    const card = dice.pick(TEST_CARDS.filter(one => new Set(one).size > 4));
    write(join(folder, file), Buffer.concat([dice.bytes(200), Buffer.from('"'), FORMS[form]!(card), Buffer.from('"')]));
    return file;
  });
  // Brotli has no beginning to know it by, so it is found as a whole file only.
  write(join(folder, 'http', 'plant-39-brotli'), brotliCompressSync(`a card ${TEST_CARDS[9]} in a sentence`));
  return [...files, join('http', 'plant-39-brotli')];
}

function write(file: string, bytes: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
