import type { AttemptView, TimelineEntry } from '../../../../common/contract/payments.ts';
import { money, type Currency } from '../../../../common/money.ts';
import type { Format } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';
import type { MarkName, TimelineRow } from '../../ui/timeline-row.ts';
import { WAITING } from './attempt-text.ts';

const MARKS: Readonly<Record<string, MarkName>> = {
  'attempt.approved': 'held',
  'attempt.completed': 'in',
  'attempt.declined': 'stop',
  'attempt.refused': 'stop',
  'attempt.unknown': 'doubt',
  'attempt.not_sent': 'wait',
  'attempt.cancelled': 'back',
  'attempt.handed_over': 'doubt',
  'attempt.found_later': 'stop',
  'square.refund.observed': 'back',
  'refund.requested': 'wait',
  'refund.unknown': 'doubt',
  'refund.completed': 'back',
  'refund.refused': 'stop',
  'refund.taken_back': 'back',
  'refund.closed': 'note',
  'tender.recorded': 'in',
};

/**
 * What kind of probe a fact belongs to. Probes of one kind are told together, because a doubt of a day has hundreds.
 * `create`, `complete` and `record` are sends of that step without an answer.
 */
type Probe = Exclude<keyof typeof messages.payments.folded, 'between' | 'watched'>;
type Told = { readonly probe: Probe | null; readonly entries: readonly TimelineEntry[] };

/** One attempt's story, oldest first, with what comes next. */
export function timelineRows(
  attempt: AttemptView,
  timeline: readonly TimelineEntry[],
  format: Format,
): readonly TimelineRow[] {
  const past = folded(paired(timeline)).map((told, index) => rowOf(told, index, attempt, format));
  const next = attempt.next_check_at_ms;
  if (next === null || !WAITING.includes(attempt.word)) return past;
  const coming = { id: 'next', mark: 'next' as const, text: messages.activity.fact.nextCheck, next: true };
  return [...past, { ...coming, time: format.exactTime(next), hint: undefined }];
}

/** Puts a repeated send and its missing answer together; everything else stays by itself. */
function paired(timeline: readonly TimelineEntry[]): Told[] {
  const told: Told[] = [];
  for (let index = 0; index < timeline.length; index += 1) {
    const entry = timeline[index]!;
    const after = timeline[index + 1];
    const again = entry.what === 'attempt.sending' && entry.details['again'] === true;
    const unanswered = after !== undefined && isSilence(after) && after.details['step'] === entry.details['step'];
    if (again && unanswered) {
      told.push({ probe: stepOf(entry, after), entries: [entry, after] });
      index += 1;
    } else told.push({ probe: searchOf(entry), entries: [entry] });
  }
  return told;
}

/** "No answer" and "did not leave"; that Square called the card used up says more and is told by itself. */
function isSilence(entry: TimelineEntry): boolean {
  if (entry.what === 'attempt.not_sent') return true;
  return entry.what === 'attempt.unknown' && entry.details['reason'] !== 'token_used_before';
}

function stepOf(sent: TimelineEntry, after: TimelineEntry): Probe {
  if (after.what === 'attempt.not_sent') return 'unsent';
  const step = sent.details['step'];
  return step === 'complete' || step === 'record' ? step : 'create';
}

function searchOf(entry: TimelineEntry): Probe | null {
  if (entry.what !== 'attempt.looked_up') return null;
  const { answer } = entry.details;
  if (answer === 'not_found') return 'not_found';
  return answer === 'no_answer' ? 'search_unanswered' : null;
}

/** Between two facts of another kind, each kind of probe becomes one entry at the place of its first one. */
function folded(told: readonly Told[]): Told[] {
  const shorter: Told[] = [];
  let run = new Map<Probe, number>();
  for (const one of told) {
    if (one.probe === null) {
      run = new Map();
      shorter.push(one);
      continue;
    }
    const at = run.get(one.probe);
    const first = at === undefined ? undefined : shorter[at];
    if (at === undefined || first === undefined) {
      run.set(one.probe, shorter.length);
      shorter.push(one);
    } else shorter[at] = { probe: one.probe, entries: [...first.entries, ...one.entries] };
  }
  return shorter;
}

function rowOf({ probe, entries }: Told, index: number, attempt: AttemptView, format: Format): TimelineRow {
  const first = entries[0]!;
  const last = entries.at(-1)!;
  const each = probe === null || probe === 'not_found' || probe === 'search_unanswered' ? 1 : 2;
  if (probe !== null && entries.length > each) {
    const mark = probe === 'unsent' ? ('wait' as const) : each === 2 ? ('doubt' as const) : ('note' as const);
    const text = messages.payments.folded[probe](entries.length / each);
    return {
      id: index,
      mark,
      text,
      time: format.exactTime(first.at_ms),
      hint: between(first.at_ms, last.at_ms, format),
    };
  }
  return {
    id: index,
    mark: MARKS[last.what] ?? 'note',
    text: entries.map(entry => sentence(entry, format)).join('. '),
    time: format.exactTime(last.at_ms),
    hint: detailLine(last.details, attempt, format),
  };
}

const LONG_MS = 12 * 3600_000;

/** The days are named only when the clock alone could mean two of them. */
function between(from_ms: number, to_ms: number, format: Format): string {
  const write = to_ms - from_ms > LONG_MS ? format.moment : format.time;
  return messages.payments.folded.between(write(from_ms), write(to_ms));
}

/** A fact's sentence; amounts inside it are written out first. */
function sentence({ what, details, by }: TimelineEntry, format: Format): string {
  const { amount_minor, currency } = details;
  const sum =
    typeof amount_minor === 'number' && typeof currency === 'string'
      ? { sum: format.money(money(amount_minor, currency as Currency)) }
      : {};
  return messages.payments.happened(what, { ...details, ...sum }, by);
}

/** What the sentence leaves out and somebody may look for. The rest stands among the facts below. */
function detailLine(details: TimelineEntry['details'], attempt: AttemptView, format: Format): string | undefined {
  const { fee_minor, read_back, square_code, watched_until_ms } = details;
  if (typeof fee_minor === 'number' && fee_minor !== 0) {
    return messages.payments.fee(format.money(money(fee_minor, attempt.amount.currency), 'bare'));
  }
  if (read_back === true) return messages.payments.readBack;
  if (typeof watched_until_ms === 'number') return messages.payments.folded.watched(format.moment(watched_until_ms));
  return typeof square_code === 'string' ? square_code : undefined;
}
