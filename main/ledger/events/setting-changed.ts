import { z } from 'zod';
import { sql } from '../open.ts';
import { defineEvent } from './event.ts';

/** Settings are facts too: who changed the way money is taken, and when, belongs in the journal. */
const version1 = z.strictObject({
  name: z.enum([
    ...(['office_name', 'time_zone', 'currency', 'locale', 'two_phase', 'square_connection', 'idle_minutes'] as const),
    'refund_limit_minor',
  ]),
  value: z.string(),
});

export const settingChanged = defineEvent({
  type: 'setting.changed',
  versions: [version1],
  subjects: () => [],
  project(body, { database }) {
    sql(
      database,
      'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ).run(body.name, body.value);
  },
});
