import { z } from 'zod';
import { ROLES } from '../../../common/permissions.ts';
import { sql } from '../open.ts';
import { defineEvent } from './event.ts';

/** What becomes of a person after `staff.added`. A person who was removed stays named in everything they did. */
const roleVersion1 = z.strictObject({ person_id: z.string(), role: z.enum(ROLES) });
const removedVersion1 = z.strictObject({ person_id: z.string() });
/** `own`: by themselves. `set`: by somebody else, to be replaced at the next sign-in. */
const passwordVersion1 = z.strictObject({ person_id: z.string(), how: z.enum(['own', 'set']) });

export const staffRoleChanged = defineEvent({
  type: 'staff.role_changed',
  versions: [roleVersion1],
  subjects: body => [body.person_id],
  project(body, { database }) {
    sql(database, 'UPDATE person SET role = ? WHERE person_id = ?').run(body.role, body.person_id);
  },
});

export const staffRemoved = defineEvent({
  type: 'staff.removed',
  versions: [removedVersion1],
  subjects: body => [body.person_id],
  project(body, { database, record }) {
    sql(database, 'UPDATE person SET removed_at_ms = ? WHERE person_id = ?').run(record.happened_at_ms, body.person_id);
  },
});

export const staffPasswordChanged = defineEvent({
  type: 'staff.password_changed',
  versions: [passwordVersion1],
  subjects: body => [body.person_id],
  project() {},
});
