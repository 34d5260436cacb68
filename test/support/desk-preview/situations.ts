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
  'not_connected',
  'fields_fail',
  'fields_slow',
  'setup',
  'signed_out',
  'locked',
  'broken',
] as const;
export type Situation = (typeof SITUATIONS)[number];

export function situationOf(text: string | null): Situation {
  return SITUATIONS.find(situation => situation === text) ?? 'open';
}
