import { createInterface } from 'node:readline/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../common/errors.ts';
import { exportJournal } from './export.ts';
import { deriveKeys, readRecoveryKey } from './keys.ts';
import { claimFolder, openDatabase } from './open.ts';
import { SCHEMA_VERSION } from './migrate.ts';
import { openRecoverySlot, readSlots } from './slots.ts';
import { personalOpener } from './sealing.ts';
import { rebuild, verify } from './verify.ts';

/**
 * `npm run ledger -- verify | rebuild | info | export --ledger FILE [--out FILE.jsonl] [--json]`. The ledger is opened
 * with its printed recovery key, from the variable TILLSIDE_UNLOCK or typed at the prompt; never from an argument,
 * which other programs can read. `export` writes a new file that `scripts/verify-journal.mjs` checks.
 */
const USAGE = 'Usage: npm run ledger -- verify | rebuild | info | export --ledger FILE [--out FILE.jsonl] [--json]';
const COMMANDS = ['verify', 'rebuild', 'info', 'export'];

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ledger: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const [command] = positionals;
  const known =
    command !== undefined && COMMANDS.includes(command) && (command === 'export') === (values.out !== undefined);
  if (!values.ledger || !known) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const file = resolve(values.ledger);
  const keys = deriveKeys(openRecoverySlot(readSlots(dirname(file)), readRecoveryKey(await unlockSecret())));
  const release = command === 'rebuild' ? claimFolder(dirname(file)) : () => {};
  const database = openDatabase({ file, key: keys.page, readonly: command !== 'rebuild' });
  const open = personalOpener(database, keys.field);
  const progress = (done: number, of: number): void => {
    if (!values.json) process.stderr.write(`\r${done} of ${of} records`);
  };
  try {
    const found = Number(database.pragma('user_version', { simple: true }));
    if (found > SCHEMA_VERSION) throw new AppError('ledger_newer', { found, newest: SCHEMA_VERSION });
    const started = performance.now();
    let answer: Record<string, unknown>;
    if (command === 'info') answer = { ...(database.prepare('SELECT * FROM ledger_identity').get() as object) };
    else if (values.out !== undefined) answer = { exported: exportJournal(database, resolve(values.out)) };
    else if (command === 'rebuild') answer = { rebuilt: rebuild(database, open, progress) };
    else answer = { ...(await verify(database, open, { progress })) };
    answer = { ...answer, schema: found, took_ms: Math.round(performance.now() - started) };
    if (!values.json) process.stderr.write('\r');
    process.stdout.write(values.json ? `${JSON.stringify(answer)}\n` : asText(answer));
    return answer['ok'] === false ? 1 : 0;
  } finally {
    database.close();
    release();
  }
}

async function unlockSecret(): Promise<string> {
  const given = process.env['TILLSIDE_UNLOCK'];
  if (given) return given;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await prompt.question('Recovery key: ');
  } finally {
    prompt.close();
  }
}

function asText(answer: Record<string, unknown>): string {
  const lines = Object.entries(answer).map(([name, value]) =>
    Array.isArray(value)
      ? `${name}: ${value.length === 0 ? 'none' : `\n  ${value.join('\n  ')}`}`
      : `${name}: ${String(value)}`,
  );
  return `${lines.join('\n')}\n`;
}

try {
  process.exitCode = await main();
} catch (error) {
  const sentence = error instanceof AppError ? `${error.code} ${JSON.stringify(error.details)}` : String(error);
  process.stderr.write(`The ledger could not be read: ${sentence}\n`);
  process.exitCode = 1;
}
