import type { CallOutput } from '../../../../common/contract/index.ts';
import type { Mode, SessionState as SessionView, SetupInput } from '../../../../common/contract/office.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { Currency } from '../../../../common/money.ts';
import { asAppError, call } from '../../lib/api.svelte.ts';
import { passwordProblem, type PasswordProblem } from '../../../../common/passwords.ts';

export type SetupField = 'office_name' | 'desk_code' | 'owner_name' | 'password';
export type SetupProblem = 'missing' | 'wrong' | PasswordProblem;
export type RecoveryKey = CallOutput<'setup.begin'>;

const DESK_CODE = /^[A-Z][A-Z0-9]{0,3}$/;

/** The currency that people of this place most likely use. It is only where the choice starts. */
function likelyCurrency(language: string): Currency {
  const region = new Intl.Locale(language).maximize().region ?? 'US';
  const likely: Record<string, Currency> = { AU: 'AUD', CA: 'CAD', GB: 'GBP', JP: 'JPY', KW: 'KWD', US: 'USD' };
  const euro = ['AT', 'BE', 'DE', 'ES', 'FI', 'FR', 'GR', 'IE', 'IT', 'NL', 'PT'];
  return likely[region] ?? (euro.includes(region) ? 'EUR' : 'USD');
}

/** Everything typed during set-up. It lives as long as the wizard, so going back loses nothing. */
export class SetupState {
  step: 0 | 1 | 2 = $state(0);
  office_name = $state('');
  desk_code = $state('D1');
  time_zone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
  currency: Currency = $state(likelyCurrency(navigator.language));
  owner_name = $state('');
  password = $state('');
  mode: Mode = $state('training');
  /** What was typed back, by the two groups that were asked for. */
  typed: [string, string] = $state(['', '']);
  /** Problems are shown once a step was left, not while its first letter is typed. */
  asked = $state([false, false, false]);

  recovery: RecoveryKey | null = $state.raw(null);
  /** True when a second key replaced one that may be on paper already. */
  replaced = $state(false);
  making = $state(false);
  finishing = $state(false);
  failure: AppError | null = $state.raw(null);

  private begun = '';

  constructor(mode: Mode) {
    this.mode = mode;
  }

  readonly problems: Partial<Record<SetupField, SetupProblem>> = $derived.by(() => ({
    ...(this.office_name.trim() === '' && { office_name: 'missing' as const }),
    ...(!DESK_CODE.test(this.desk_code) && { desk_code: 'wrong' as const }),
    ...(this.owner_name.trim() === '' && { owner_name: 'missing' as const }),
    ...passwordProblems(this.password),
  }));
  /** For each of the two groups: empty, not whole yet, right or wrong. */
  readonly groups = $derived.by(() =>
    (this.recovery?.ask_groups ?? []).map((number, index) => {
      const typed = (this.typed[index] ?? '').trim().toUpperCase();
      const right = this.recovery?.recovery_groups[number - 1] ?? '';
      const whole = typed.length >= right.length;
      return { number, index, state: typed === '' ? 'empty' : !whole ? 'part' : typed === right ? 'right' : 'wrong' };
    }),
  );
  readonly groupsRight = $derived(this.groups.length === 2 && this.groups.every(group => group.state === 'right'));
  readonly groupsEmpty = $derived(this.groups.every(group => group.state === 'empty'));
  /** Live needs both groups. Training needs none, but half a proof is a mistake that must be seen. */
  readonly mayFinish = $derived(
    this.recovery !== null && !this.making && (this.groupsRight || (this.mode === 'training' && this.groupsEmpty)),
  );

  /** The first field of the step that keeps it from being left, or null. */
  firstProblem(): SetupField | null {
    const fields: SetupField[] = this.step === 0 ? ['office_name', 'desk_code'] : ['owner_name', 'password'];
    return fields.find(field => this.problems[field] !== undefined) ?? null;
  }

  shown(field: SetupField): SetupProblem | null {
    const step = field === 'office_name' || field === 'desk_code' ? 0 : 1;
    return this.asked[step] === true ? (this.problems[field] ?? null) : null;
  }

  private input(): SetupInput {
    return {
      mode: this.mode,
      office_name: this.office_name,
      desk_code: this.desk_code,
      time_zone: this.time_zone,
      currency: this.currency,
      owner_name: this.owner_name,
      password: this.password,
    };
  }

  /** Asks for the keys, and again when anything they are made from has changed. */
  async begin(): Promise<void> {
    const input = this.input();
    const written = JSON.stringify(input);
    if (written === this.begun || this.making) return;
    this.making = true;
    this.failure = null;
    try {
      const recovery = await call('setup.begin', input);
      this.replaced = this.recovery !== null;
      this.recovery = recovery;
      this.begun = written;
      this.typed = ['', ''];
    } catch (problem) {
      this.failure = asAppError(problem);
    } finally {
      this.making = false;
    }
    // The choice may have changed while the keys were made; the newest choice is the one that counts.
    if (this.failure === null && JSON.stringify(this.input()) !== this.begun) await this.begin();
  }

  /** Creates the ledger; answers the open session, or null with `failure` set. */
  async finish(): Promise<SessionView | null> {
    if (!this.mayFinish || this.finishing) return null;
    this.finishing = true;
    this.failure = null;
    try {
      const typed_groups = this.groupsRight ? this.typed.map(group => group.trim().toUpperCase()) : null;
      return await call('setup.finish', { typed_groups });
    } catch (problem) {
      this.failure = asAppError(problem);
      this.finishing = false;
      return null;
    }
  }
}

function passwordProblems(password: string): { password?: SetupProblem } {
  const problem = passwordProblem(password);
  return problem === null ? {} : { password: problem };
}
