import type { z } from 'zod';
import type { Posting } from '../accounts.ts';
import type { JournalRecord } from '../canonical.ts';
import type { Database } from '../open.ts';

/** What an event's code may use: the fact's own record, the projections, and personal data opened. */
export type FactContext = {
  readonly database: Database;
  readonly record: JournalRecord;
  /** Personal data sealed in the fact, or null when the person's key was destroyed. */
  open(subject_id: string, sealed: string): unknown;
};

/**
 * One type of fact, in one file: its schema by version, whom it is about, how it posts and how it projects. `post` runs
 * before `project`, so it sees the projections as they were before this fact. Both run again, with the same result,
 * when the projections are made anew; so they read nothing but the fact and the projections.
 */
export type EventDefinition = {
  readonly type: string;
  /** Schemas by version, the first is version 1. Old ones stay for ever. */
  readonly versions: readonly [z.ZodType, ...z.ZodType[]];
  subjects(body: never): readonly string[];
  post?(body: never, context: FactContext): readonly Posting[];
  project(body: never, context: FactContext): void;
};

export function defineEvent<const Type extends string, Schema extends z.ZodType>(definition: {
  type: Type;
  versions: readonly [...z.ZodType[], Schema];
  subjects(body: z.output<Schema>): readonly string[];
  post?(body: z.output<Schema>, context: FactContext): readonly Posting[];
  project(body: z.output<Schema>, context: FactContext): void;
}) {
  return definition;
}
