import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Which } from '../../common/contract/copies.ts';
import type { Mode } from '../../common/contract/office.ts';
import { writeDurably } from '../platform/durable-file.ts';

/**
 * Where copies go, and what was last brought there. Beside the office's folder and not in its ledger: it belongs to this
 * computer, and must be there when the ledger is not.
 */
const place = z.strictObject({
  path: z.string(),
  last: z
    .strictObject({
      copy_id: z.string(),
      made_at_ms: z.int(),
      day: z.string(),
      incarnation: z.int(),
      head_seq: z.int(),
      sums: z.array(z.strictObject({ currency: z.string(), postings: z.int(), sum: z.string() })),
      payments: z.int(),
      newest_payment_ms: z.int().nullable(),
    })
    .nullable(),
});
const places = z.strictObject({ first: place.nullable(), second: place.nullable() });
export type Place = z.infer<typeof place>;
export type Places = Record<Which, Place | null>;

const fileOf = (dataFolder: string, mode: Mode): string => join(dataFolder, `${mode}.copies.json`);

/** A file that does not read counts as nothing chosen: the settings then say so. */
export function readPlaces(dataFolder: string, mode: Mode): Places {
  const file = fileOf(dataFolder, mode);
  try {
    return existsSync(file) ? places.parse(JSON.parse(readFileSync(file, 'utf8'))) : { first: null, second: null };
  } catch {
    return { first: null, second: null };
  }
}

export function writePlaces(dataFolder: string, mode: Mode, chosen: Places): void {
  writeDurably(fileOf(dataFolder, mode), JSON.stringify(chosen));
}
