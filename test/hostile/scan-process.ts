/**
 * Looks for the test cards in every byte below a folder, packed or not: `node scan-process.ts FOLDER`. A process of its
 * own, so that nothing it reads is open in it, and so that the memory it looks for cards with is not the app's.
 */
import { readFileSync, statSync } from 'node:fs';
import { filesIn, unpacked } from '../support/scan-folder.ts';
import { searchFor, TEST_CARDS } from './card-search.ts';

export type ScanReport = { readonly files: number; readonly bytes: number; readonly hits: readonly string[] };

/** Strings of the runtime end at half a gigabyte; a larger file is read in pieces that overlap. */
const PIECE_BYTES = 200_000_000;
const OVERLAP_BYTES = 1000;

function scan(folder: string): ScanReport {
  const search = searchFor(TEST_CARDS);
  const hits: string[] = [];
  let files = 0;
  let bytes = 0;
  for (const file of filesIn(folder)) {
    files += 1;
    bytes += statSync(file).size;
    const content = readFileSync(file);
    for (const one of content.length > PIECE_BYTES ? [content] : unpacked(content)) {
      for (let start = 0; start < one.length; start += PIECE_BYTES - OVERLAP_BYTES) {
        const forms = search(one.subarray(start, start + PIECE_BYTES));
        hits.push(...forms.map(form => `${file.slice(folder.length + 1)}: ${form}`));
      }
    }
  }
  return { files, bytes, hits: [...new Set(hits)] };
}

process.stdout.write(JSON.stringify(scan(process.argv[2] ?? '.')));
