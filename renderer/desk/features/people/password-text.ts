import { passwordProblem, SHORTEST_PASSWORD } from '../../../../common/passwords.ts';
import { messages } from '../../lib/messages/messages.ts';

/** What the line under a new password says while it is typed. */
export function passwordHint(password: string): string {
  const text = messages.staff.password;
  if (password === '') return text.empty;
  const problem = passwordProblem(password);
  if (problem === 'short') return text.short(SHORTEST_PASSWORD - [...password].length);
  return problem === null ? text.good : text[problem];
}

/** What the same line says after somebody wanted to go on with it; undefined when it is good. */
export function passwordError(password: string): string | undefined {
  return passwordProblem(password) === null ? undefined : passwordHint(password);
}
