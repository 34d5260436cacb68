import type { Role } from '../../common/permissions.ts';
import { STAFF } from './staff.ts';

type Fact = {
  readonly type: string;
  readonly seq: number;
  readonly actor: string;
  readonly parsed: Readonly<Record<string, unknown>>;
};

/** Who belongs to the office as what, from the journal's own records; and what those were who asked for a payment. */
export class RolesTold {
  /** From which record on; null once they were removed. */
  readonly #roles = new Map<string, { readonly seq: number; readonly role: Role | null }[]>();
  /** By attempt: what those who asked for it were at that moment; a card takes a while to be typed. */
  readonly #askedAs = new Map<string, (Role | null)[]>();

  constructor() {
    this.begin();
  }

  /** As the office began. */
  begin(): void {
    this.#roles.clear();
    for (const { person_id, role } of STAFF) this.#roles.set(person_id, [{ seq: 0, role }]);
  }

  remember({ type, seq, parsed }: Fact): void {
    if (!type.startsWith('staff.') || type === 'staff.password_changed') return;
    const person_id = String(parsed['person_id']);
    const role = type === 'staff.removed' ? null : (parsed['role'] as Role);
    this.#roles.set(person_id, [...(this.#roles.get(person_id) ?? []), { seq, role }]);
  }

  /** What somebody was right before a record; null for who did not belong to the office. */
  at(person_id: string, seq = Number.MAX_SAFE_INTEGER): Role | null {
    return this.#roles.get(person_id)?.findLast(entry => entry.seq < seq)?.role ?? null;
  }

  /** Everybody who ever belonged to the office. */
  everybody = (): string[] => [...this.#roles.keys()];

  asks(attempt_id: string, person_id: string): void {
    this.#askedAs.set(attempt_id, [...(this.#askedAs.get(attempt_id) ?? []), this.at(person_id)]);
  }

  /** What those were who asked for the attempt of a record; without anybody who asked, what its actor was by then. */
  behind({ parsed, actor, seq }: Fact): readonly (Role | null)[] {
    return this.#askedAs.get(String(parsed['attempt_id'])) ?? [this.at(actor, seq)];
  }

  forgetWhoAsked(): void {
    this.#askedAs.clear();
  }
}
