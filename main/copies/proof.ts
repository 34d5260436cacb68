import { mkdirSync, rmSync } from 'node:fs';
import type { Announce } from '../../common/contract/index.ts';
import type { CopiesView } from '../../common/contract/copies.ts';
import { hashAt, paymentsIn, sumsFrom, sumsUpTo, type CurrencySum, type FileFacts } from '../ledger/copy.ts';
import { COPIES_SUBJECT } from '../ledger/events/incarnation.ts';
import { factsOf } from '../ledger/journal.ts';
import { deriveKeys, readRecoveryKey } from '../ledger/keys.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openRecoverySlot, readSlots } from '../ledger/slots.ts';
import type { StartChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { writeTwice } from '../platform/durable-file.ts';
import type { FoundCopy } from './jobs.ts';
import type { Manifest } from './manifest.ts';
import { nameOfPerson } from '../office/queries.ts';
import { startWork, type Work } from './worker.ts';

type Tools = {
  readonly startChild: StartChild;
  readonly clock: Clock;
  readonly announce: Announce;
  /** Where the copy is brought; emptied first. */
  readonly aside: string;
};

/** Brings a copy back aside, with the key as it stands on the paper. Throws recovery_key_wrong, keys_damaged. */
export function bringBack(tools: Tools, { folder, manifest }: FoundCopy, recoveryKey: string): Work<FileFacts> {
  const { startChild, clock, announce, aside } = tools;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  writeTwice(aside, 'slots', manifest.slots);
  const { page, field } = deriveKeys(openRecoverySlot(readSlots(aside), readRecoveryKey(recoveryKey)));
  const keys = { page: page.toString('hex'), field: field.toString('hex') };
  return startWork(
    startChild,
    clock,
    { kind: 'check', from: folder, copy_id: manifest.copy_id, into: aside, keys },
    { progress: (step, done, of) => announce('copies.progress', { work: 'test', step, done, of }) },
  );
}

export function writeTested(ledger: Ledger, { copy_id, made_at_ms }: Manifest, facts: FileFacts, actor: string): void {
  const { head_seq, head_hash, payments } = facts;
  const missing = Math.max(0, paymentsIn(ledger.database).payments - payments);
  ledger.write(actor, write =>
    write.fact('copy.tested', { copy_id, made_at_ms, head_seq, head_hash, payments, missing }),
  );
}

/** A record of the chain up to which the sums are known already, from a copy that was proven before. */
export type KnownSums = { readonly incarnation: number; readonly head_seq: number; readonly sums: CurrencySum[] };

/** Whether a file holds this ledger's own past: the same record at its head, and the same sums up to it. */
export function isOurs({ database, identity }: Ledger, facts: FileFacts, known: KnownSums | null = null): boolean {
  const { ledger_id, mode, desk } = identity;
  const { incarnation, head_seq } = facts;
  if (facts.ledger_id !== ledger_id || facts.mode !== mode || facts.desk !== desk) return false;
  if (hashAt(database, desk, incarnation, head_seq) !== facts.head_hash) return false;
  if (incarnation !== identity.incarnation) return true;
  const goesOn = known?.incarnation === incarnation && known.head_seq <= head_seq;
  const sums = goesOn
    ? sumsFrom(database, known.sums, { desk, incarnation, after: known.head_seq, up_to: head_seq })
    : sumsUpTo(database, { desk, incarnation, up_to: head_seq });
  return JSON.stringify(sums) === JSON.stringify(facts.sums);
}

export function lastTest({ database }: Ledger): CopiesView['tested'] {
  const fact = factsOf(database, COPIES_SUBJECT).findLast(one => one.type === 'copy.tested');
  if (!fact) return null;
  const { payments, missing } = JSON.parse(fact.body) as { payments: number; missing: number };
  return { at_ms: fact.recorded_at_ms, by: nameOfPerson(database, fact.actor) ?? '', payments, missing };
}
