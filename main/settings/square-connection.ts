import { z } from 'zod';
import type { Ledger } from '../ledger/ledger.ts';
import { sql } from '../ledger/open.ts';
import type { SquareCredentials } from './square-test.ts';

const kept = z.strictObject({
  application_id: z.string(),
  location_id: z.string(),
  location_name: z.string(),
  merchant_name: z.string(),
});
export type SquareConnection = z.infer<typeof kept>;

const SETTING = 'square_connection';
const TOKEN = 'square_access_token';

/** Who the desk is connected as; null when it is not. Never the token. */
export function readSquare(ledger: Ledger): SquareConnection | null {
  const value = sql(ledger.database, 'SELECT value FROM setting WHERE name = ?').pluck().get(SETTING) as
    string | undefined;
  return value ? kept.parse(JSON.parse(value)) : null;
}

/** The access token, opened for the adapter alone. */
export function readSquareToken(ledger: Ledger): string | null {
  const sealed = sql(ledger.database, 'SELECT sealed FROM secret WHERE name = ?').pluck().get(TOKEN) as
    Buffer | undefined;
  return sealed ? ledger.openSecret(TOKEN, sealed) : null;
}

/** That the desk was connected is a fact; the token is not one, because it must be forgettable. */
export function keepSquare(
  ledger: Ledger,
  actor: string,
  credentials: SquareCredentials,
  location_name: string,
  merchant_name: string,
): void {
  const { application_id, location_id, access_token } = credentials;
  ledger.write(actor, write => {
    const value = JSON.stringify({ application_id, location_id, location_name, merchant_name });
    write.fact('setting.changed', { name: SETTING, value });
    sql(write.database, 'INSERT OR REPLACE INTO secret (name, sealed) VALUES (?, ?)').run(
      TOKEN,
      ledger.sealSecret(TOKEN, access_token),
    );
  });
}

export function forgetSquare(ledger: Ledger, actor: string): void {
  ledger.write(actor, write => {
    write.fact('setting.changed', { name: SETTING, value: '' });
    sql(write.database, 'DELETE FROM secret WHERE name = ?').run(TOKEN);
  });
}
