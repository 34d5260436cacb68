import { z } from 'zod';
import { defineEvent } from './event.ts';
import { COPIES_SUBJECT } from './incarnation.ts';
import { at_ms } from './shapes.ts';

/** Somebody proved with the recovery key that a copy brings the books back. `missing` payments were made after it. */
export const copyTested = defineEvent({
  type: 'copy.tested',
  versions: [
    z.strictObject({
      copy_id: z.string(),
      made_at_ms: at_ms,
      head_seq: z.int(),
      head_hash: z.string(),
      payments: z.int().min(0),
      missing: z.int().min(0),
    }),
  ],
  subjects: () => [COPIES_SUBJECT],
  project() {},
});

/** Where copies go was changed. The path stays out of the journal: it can name a person, and cannot be erased here. */
export const copyFolderChanged = defineEvent({
  type: 'copy.folder_changed',
  versions: [z.strictObject({ which: z.enum(['first', 'second']), chosen: z.boolean() })],
  subjects: () => [COPIES_SUBJECT],
  project() {},
});
