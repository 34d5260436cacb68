import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/**
 * Looks through every byte of a folder for any eight consecutive digits of a card number, and for words that must not
 * be readable: plain, spaced, UTF-16, hexadecimal, base64 and inside compressed files. Never run it on a ledger that
 * this process has open.
 */
export function scanFolder(
  folder: string,
  cardNumber: string,
  words: readonly string[],
): { files: number; hits: string[] } {
  const needles = new Map<string, Buffer>();
  for (let start = 0; start + 8 <= cardNumber.length; start += 1) addForms(needles, cardNumber.slice(start, start + 8));
  const spaced = cardNumber.match(/.{1,4}/g)!.join(' ');
  for (let start = 0; start + 9 <= spaced.length; start += 1)
    needles.set(`spaced ${start}`, Buffer.from(spaced.slice(start, start + 9)));
  for (const word of words) addForms(needles, word);
  const hits = new Set<string>();
  let files = 0;
  for (const file of filesIn(folder)) {
    files += 1;
    for (const bytes of unpacked(readFileSync(file))) {
      for (const [name, needle] of needles)
        if (bytes.includes(needle)) hits.add(`${file.slice(folder.length)}: ${name}`);
    }
  }
  return { files, hits: [...hits] };
}

function addForms(needles: Map<string, Buffer>, text: string): void {
  needles.set(text, Buffer.from(text, 'utf8'));
  needles.set(`${text} utf16`, Buffer.from(text, 'utf16le'));
  needles.set(`${text} hex`, Buffer.from(Buffer.from(text, 'utf8').toString('hex')));
  for (let shift = 0; shift < 3; shift += 1) {
    // The inner part of base64 does not depend on what stands around it, for each of the three alignments.
    const encoded = Buffer.from(`${'x'.repeat(shift)}${text}yy`, 'utf8').toString('base64');
    const inner = encoded.slice(Math.ceil((shift * 4) / 3), encoded.length - 4);
    if (inner.length >= 8) needles.set(`${text} base64 ${shift}`, Buffer.from(inner));
  }
}

/** Every file below a folder, at any depth. */
export function* filesIn(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) yield* filesIn(path);
    else if (found?.isFile()) yield path;
  }
}

/** Where gzip and zlib begin. A packed part may stand anywhere in a file, as in a cache or a recorded request. */
const BEGINNINGS = [
  Buffer.from([0x1f, 0x8b, 0x08]),
  ...[0x01, 0x5e, 0x9c, 0xda].map(flag => Buffer.from([0x78, flag])),
];

/** The bytes as they are, and what is packed in them: the whole of them, or a part that begins as packed data does. */
export function* unpacked(bytes: Buffer): Generator<Buffer> {
  yield bytes;
  for (const unpack of [gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync]) {
    const content = tried(() => unpack(bytes));
    if (content) yield content;
  }
  for (const [index, beginning] of BEGINNINGS.entries()) {
    for (let at = bytes.indexOf(beginning, 1); at > 0; at = bytes.indexOf(beginning, at + 1)) {
      const part = bytes.subarray(at, at + LARGEST_PART_BYTES);
      const content = tried(() =>
        (index === 0 ? gunzipSync : inflateSync)(part, { finishFlush: constants.Z_SYNC_FLUSH }),
      );
      if (content) yield content;
    }
  }
}

const LARGEST_PART_BYTES = 4_000_000;

function tried(unpack: () => Buffer): Buffer | undefined {
  try {
    return unpack();
  } catch {
    // Not packed that way.
    return undefined;
  }
}
