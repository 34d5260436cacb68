import { watched } from '../watermarks.ts';
import { defineMigration } from './migration.ts';

/** What customers said they would pay, and until when. */
export const promises = defineMigration({
  version: 33,
  name: 'promises',
  up: `
    CREATE TABLE promise (
      promise_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL,
      amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991), currency TEXT NOT NULL,
      due_on TEXT NOT NULL CHECK (length(due_on) = 10), day TEXT NOT NULL, made_at_ms INTEGER NOT NULL,
      actor TEXT NOT NULL, ended TEXT CHECK (ended IN ('replaced', 'withdrawn'))
    ) STRICT;
    CREATE INDEX promise_by_customer ON promise (customer_id, made_at_ms DESC);
    ${watched('promise', 'promise_id')}
  `,
});
