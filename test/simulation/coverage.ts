import { ATTEMPT_STATES } from '../../common/contract/payments.ts';
import { FAULT_NAMES, type Fault } from './faults.ts';

/**
 * Which fault can happen in which state of an attempt. A fault that strikes the whole desk meets every state that lasts;
 * a fault of one call meets the states in which that call is made. The rest cannot happen, for the reason given here,
 * and it is a failure when it does.
 */
type Row = { readonly faults: readonly Fault[]; readonly states: readonly string[]; readonly why: string };

/** Between two events an attempt is never seen in these: they begin and end within one commit. */
const NEVER_SEEN = ['intent'];
const LASTING = ATTEMPT_STATES.filter(state => !NEVER_SEEN.includes(state));

const ROWS: readonly Row[] = [
  {
    faults: [
      ...(['offline', 'request_lost', 'reply_lost', 'processed_late', 'reply_slow', 'request_doubled'] as const),
      ...(['error_before', 'error_after', 'rate_limited', 'unreadable', 'mismatched', 'unauthorized'] as const),
      ...(['missing_scope', 'outage_of_payments', 'kill_at_call'] as const),
    ],
    states: ['sending', 'capturing', 'recorded'],
    why: 'only a create, a capture or a record is under way then',
  },
  {
    faults: [
      ...([
        'kill',
        'power_cut',
        'quit',
        'second_process',
        'suspend',
        'anchors_lost',
        'anchor_torn',
        'anchor_full',
      ] as const),
      ...(['clock_forward', 'clock_back', 'clock_hour', 'clock_years', 'foreign_payment', 'list_fails'] as const),
      ...(['double_click', 'wrong_role', 'locked', 'no_room', 'old_copy', 'full_before'] as const),
    ],
    states: LASTING,
    why: 'it strikes the whole desk, whatever is under way',
  },
];

const UNSEEN_WHY = 'an attempt, its number and its request are one commit: it is never seen before it is ready';

/** What was hit that cannot be, and what was not hit that can be. Sentences. */
export function emptyCells(cells: Readonly<Record<string, number>>): string[] {
  const found: string[] = [];
  for (const { faults, states, why } of ROWS) {
    for (const fault of faults) {
      for (const state of LASTING) {
        const count = cells[`${fault} ${state}`] ?? 0;
        if (states.includes(state) && count === 0) found.push(`coverage: ${fault} never happened in ${state} (${why})`);
        if (!states.includes(state) && count > 0) found.push(`coverage: ${fault} happened in ${state}, and ${why}`);
      }
    }
  }
  for (const cell of Object.keys(cells)) {
    const [fault, state = ''] = cell.split(' ');
    if (NEVER_SEEN.includes(state)) found.push(`coverage: ${fault} happened in ${state}, and ${UNSEEN_WHY}`);
  }
  return found;
}

/** One line per fault: how often it happened, and in which states. */
export function coverageTable(
  cells: Readonly<Record<string, number>>,
  counts: Readonly<Record<string, number>>,
): Record<string, string> {
  const lines = FAULT_NAMES.map(fault => {
    const states = ['none', ...ATTEMPT_STATES].flatMap(state => {
      const count = cells[`${fault} ${state}`];
      return count === undefined ? [] : [`${state} ${count}`];
    });
    return [`fault ${fault}`, `${counts[fault] ?? 0}: ${states.join(', ')}`] as const;
  });
  return Object.fromEntries(lines);
}
