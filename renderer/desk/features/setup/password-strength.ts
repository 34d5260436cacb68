import { SHORTEST_PASSWORD } from '../../../../common/passwords.ts';

/** What the hint under a new password says. It advises; only the length is a rule. */
export type PasswordStrength = 'empty' | 'short' | 'same' | 'fair' | 'good';

/** Length counts most: a long sentence is harder to guess than a short riddle. */
export function passwordStrength(password: string): PasswordStrength {
  if (password === '') return 'empty';
  if (password.length < SHORTEST_PASSWORD) return 'short';
  const different = new Set(password.toLowerCase()).size;
  if (different < 5) return 'same';
  return password.length >= 16 && different >= 8 ? 'good' : 'fair';
}
