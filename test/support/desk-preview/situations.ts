/** What the fake desk can be asked to be in: `?situation=offline`. */
export const SITUATIONS = [
  'open',
  'live',
  'offline',
  'declined',
  'in_doubt',
  'held',
  'queued',
  'refused',
  'not_charged',
  'cancelled',
  'working',
  'refusing',
  'repeating',
  'manual',
  'found_later',
  'not_connected',
  'fields_fail',
  'fields_slow',
  'restored',
  'setup',
  'signed_out',
  'mending',
  'choose_password',
  'locked',
  'broken',
  'disk_failing',
  'old_payment',
  'disputed',
] as const;
export type Situation = (typeof SITUATIONS)[number];

export function situationOf(text: string | null): Situation {
  return SITUATIONS.find(situation => situation === text) ?? 'open';
}
