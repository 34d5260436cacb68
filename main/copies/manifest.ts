import { z } from 'zod';
import { checkOf } from '../ledger/copy.ts';

/**
 * What stands beside every copy. It is written last: a file without it was never finished, and is never taken for a copy.
 * It holds no secret: the slots are keys wrapped under passwords and the recovery key.
 */
const content = z.strictObject({
  format: z.literal(1),
  copy_id: z.string().regex(/^[\w.-]{1,80}$/),
  ledger_id: z.string(),
  mode: z.enum(['training', 'live']),
  desk: z.string(),
  office_name: z.string(),
  incarnation: z.int().min(1),
  head_seq: z.int().min(0),
  head_hash: z.string(),
  records: z.int().min(0),
  payments: z.int().min(0),
  newest_payment_ms: z.int().nullable(),
  sums: z.array(z.strictObject({ currency: z.string(), postings: z.int(), sum: z.string() })),
  made_at_ms: z.int(),
  /** The office's business day on which it was made. */
  day: z.string(),
  bytes: z.int().min(1),
  sha256: z.string(),
  app_version: z.string(),
  schema_version: z.int(),
  /** The key slots' file as it was then, as text: the recovery key of that time opens this copy. */
  slots: z.string(),
});
const manifest = z.strictObject({ ...content.shape, check: z.string() });
export type ManifestContent = z.infer<typeof content>;
export type Manifest = z.infer<typeof manifest>;

export const copyFile = (copy_id: string): string => `${copy_id}.tillside-copy`;
export const manifestFile = (copy_id: string): string => `${copy_id}.json`;
/** What is being written. Removed at the next chance, whoever left it. */
export const UNFINISHED = /\.(?:partial|new|partial-journal)$/;

/** Copies of one ledger share a folder that nothing else is in, so that training and live never mix. */
export function folderName(ledger: { mode: string; desk: string; ledger_id: string }): string {
  return `Tillside ${ledger.mode} ${ledger.desk} ${ledger.ledger_id.slice(-12)}`;
}

/** Sorts by name as by time, and says on the medium itself what it is. `made_at_ms` is UTC milliseconds. */
export function copyId(copy: { desk: string; incarnation: number; head_seq: number; made_at_ms: number }): string {
  const at = new Date(copy.made_at_ms).toISOString().slice(0, 19).replace(/[-:]/g, '');
  return `${at}Z-${copy.desk}.${copy.incarnation}-${String(copy.head_seq).padStart(7, '0')}`;
}

export function writeManifest(copy: ManifestContent): string {
  return `${JSON.stringify({ ...content.parse(copy), check: checkOf(JSON.stringify(content.parse(copy))) }, null, 1)}\n`;
}

/** Null for a text that is torn, changed, or no manifest at all. */
export function readManifest(text: string): Manifest | null {
  try {
    const read = manifest.parse(JSON.parse(text));
    const { check, ...rest } = read;
    return check === checkOf(JSON.stringify(content.parse(rest))) ? read : null;
  } catch {
    return null;
  }
}
