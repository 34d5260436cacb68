import { AppError } from '../../common/errors.ts';
import type { Random } from '../platform/ids.ts';
import { canonicalJson, type Json } from './canonical.ts';
import type { OpenPersonal } from './journal.ts';
import { seal, unseal } from './keys.ts';
import { sql, type Database } from './open.ts';

/** Opens personal data; null when the subject's key is gone, which is how a person is erased. */
export function personalOpener(database: Database, fieldKey: Buffer): OpenPersonal {
  return (subject_id, sealed) => {
    const key = subjectKey(database, fieldKey, subject_id);
    const plain = key && unseal(key, Buffer.from(sealed, 'base64'), subject_id);
    return plain ? JSON.parse(plain.toString('utf8')) : null;
  };
}

function subjectKey(database: Database, fieldKey: Buffer, subject_id: string): Buffer | undefined {
  const find = sql(database, 'SELECT wrapped FROM subject_key WHERE subject_id = ?').pluck();
  const wrapped = find.get(subject_id) as Buffer | undefined;
  return wrapped && unseal(fieldKey, wrapped, `subject ${subject_id}`);
}

/** Seals what must be forgettable: personal data under a key per person, and secrets under their names. */
export class Sealing {
  readonly #database: Database;
  readonly #fieldKey: Buffer;
  readonly #random: Random;

  constructor(database: Database, fieldKey: Buffer, random: Random) {
    this.#database = database;
    this.#fieldKey = fieldKey;
    this.#random = random;
  }

  openPersonal(subject_id: string, sealed: string): unknown {
    return personalOpener(this.#database, this.#fieldKey)(subject_id, sealed);
  }

  /** Inside a write transaction: the subject's key is made at the first use. */
  sealPersonal(subject_id: string, personal: Json): string {
    let key = subjectKey(this.#database, this.#fieldKey, subject_id);
    if (!key) {
      key = this.#random(32);
      sql(this.#database, 'INSERT INTO subject_key (subject_id, wrapped) VALUES (?, ?)').run(
        subject_id,
        seal(this.#fieldKey, key, `subject ${subject_id}`, this.#random),
      );
    }
    return seal(key, Buffer.from(canonicalJson(personal), 'utf8'), subject_id, this.#random).toString('base64');
  }

  sealSecret(name: string, plain: string): Buffer {
    return seal(this.#fieldKey, Buffer.from(plain, 'utf8'), `secret ${name}`, this.#random);
  }

  openSecret(name: string, sealed: Buffer): string {
    const plain = unseal(this.#fieldKey, sealed, `secret ${name}`);
    if (!plain) throw new AppError('ledger_damaged', { secret: name });
    return plain.toString('utf8');
  }
}
