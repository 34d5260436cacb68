import { AppError } from '../../common/errors.ts';
import { passwordProblem } from '../../common/passwords.ts';

/** Every way to a new password comes through here. Throws password_common, invalid_input. */
export function assertNewPassword(password: string): void {
  const problem = passwordProblem(password);
  if (problem === 'common') throw new AppError('password_common');
  if (problem !== null) throw new AppError('invalid_input', { field: 'new_password' });
}
