import { z } from 'zod';
import { ROLES } from '../../../common/permissions.ts';
import { sql } from '../open.ts';
import { defineEvent } from './event.ts';

const version1 = z.strictObject({ person_id: z.string(), role: z.enum(ROLES), personal: z.string() });
const personal = z.strictObject({ name: z.string() });

export const staffAdded = defineEvent({
  type: 'staff.added',
  versions: [version1],
  subjects: body => [body.person_id],
  project(body, { database, open }) {
    const opened = personal.safeParse(open(body.person_id, body.personal));
    sql(database, 'INSERT INTO person (person_id, name, role) VALUES (?, ?, ?)').run(
      body.person_id,
      opened.success ? opened.data.name : 'Erased person',
      body.role,
    );
  },
});
