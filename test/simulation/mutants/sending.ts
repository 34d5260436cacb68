import { plant, type Mutant } from './mutant.ts';

/** Bugs on the way out: keys, bytes, the order of writing and sending, and what an answer is taken for. */
const OUTBOX = 'payments/outbox.ts';
const SETTLE = 'payments/settle.ts';
const ATTEMPTS = 'payments/attempts.ts';
const BYTES = "const body = step === 'complete' ? '' : await requestBytes(ledger, gateway, row.attempt_id);";
const UNKNOWN_CASE = "    case 'unknown': {\n";
const takenFor = (name: string, reason: string, code: string): Mutant =>
  plant(name, SETTLE, UNKNOWN_CASE, `${UNKNOWN_CASE}      if (fate.reason === '${reason}') { ${code} }\n`);
const declined =
  "return end(write, row, step, { kind: 'declined', reason: 'generic', square_code: 'X', square_payment_id: null }, tools);";

export const sendingMutants: readonly Mutant[] = [
  plant(
    'a byte leaves before the send is on the books',
    OUTBOX,
    BYTES,
    `${BYTES}\n    if (step === 'create') void gateway.createPayment(body);`,
  ),
  plant(
    'a new key at every send',
    OUTBOX,
    BYTES,
    `const body = (step === 'complete' ? '' : await requestBytes(ledger, gateway, row.attempt_id)).replace(
      /("idempotency_key":"[^"]{30})[^"]*/,
      (_, start) => start + String(100000 + row.sends),
    );`,
  ),
  plant(
    'a retry changes the bytes',
    OUTBOX,
    '        : await gateway.createPayment(body);',
    `        : await gateway.createPayment(row.sends > 0 ? \`\${body} \` : body);`,
  ),
  plant(
    'after a restart, what was being sent counts as not sent',
    OUTBOX,
    "write.fact('attempt.unknown', { attempt_id, step, reason: 'restart', next_try_at_ms: clock.now() });",
    "write.fact('attempt.not_sent', { attempt_id, step, reason: 'restart', next_try_at_ms: clock.now() });",
  ),
  plant('two drives of one attempt at once', OUTBOX, 'if (running) return running;', ''),
  plant(
    'a hold is never captured',
    OUTBOX,
    "crashPoint('CP14');\n        await this.#send(row, 'complete', gateway);",
    'return this.#rest(attempt_id);',
  ),
  plant(
    'the outbox plans no next look',
    OUTBOX,
    'this.#wake = clock.after(Math.max(wait, 50), () => this.pump());',
    '',
  ),
  plant(
    'a record that may have left is sent again without a look',
    OUTBOX,
    'if (row.sends === 0 || (await',
    'if (Boolean(row) || (await',
  ),
  plant(
    'a record that looks young is sent again without a look',
    OUTBOX,
    'if (row.sends === 0 || (await',
    'if (row.sends === 0 || Math.abs(this.#ports.clock.now() - row.happened_at_ms) < TOKEN_LIFE_MS || (await',
  ),
  takenFor('5xx is taken for declined', 'server_error', `if (step === 'create') ${declined}`),
  takenFor('a time-out is taken for declined', 'timeout', `if (step === 'create') ${declined}`),
  takenFor('nonsense is taken for declined', 'answer_unreadable', `if (step === 'create') ${declined}`),
  takenFor(
    '429 is taken for refused',
    'rate_limited',
    "if (step === 'create' && row.sends > 0) return end(write, row, step, { kind: 'refused', reason: 'software_fault', square_code: 'X' }, tools);",
  ),
  takenFor('a reused key is taken for declined', 'answer_mismatch', `if (step === 'create') ${declined}`),
  takenFor(
    'a lost connection is taken for not sent',
    'connection_lost',
    "return write.fact('attempt.not_sent', { attempt_id, step, reason: 'offline', next_try_at_ms: tools.later(null) });",
  ),
  takenFor(
    'a time-out is taken for not sent',
    'timeout',
    "return write.fact('attempt.not_sent', { attempt_id, step, reason: 'offline', next_try_at_ms: tools.later(null) });",
  ),
  plant(
    'offline after an unanswered send is taken for not sent',
    SETTLE,
    "row.maybe_sent === 1 && step !== 'complete' ? 'attempt.unknown' : 'attempt.not_sent'",
    "'attempt.not_sent'",
  ),
  plant(
    'an unanswered send is forgotten',
    'ledger/events/attempt-sending.ts',
    '      maybe_sent: 1,\n',
    '      maybe_sent: 0,\n',
  ),
  plant('a used token is always believed', SETTLE, 'if (used && row.maybe_sent === 1)', 'if (used && row.sends < 0)'),
  plant(
    'the token is kept after the money was taken',
    SETTLE,
    '  allocateAsPlanned(write, row.attempt_id, day);\n  forgetRequest(write, row);\n',
    '  allocateAsPlanned(write, row.attempt_id, day);\n',
  ),
  plant(
    'a refused capture is taken for declined',
    SETTLE,
    "if (step === 'complete') {\n    // A capture",
    "if (step === ('never' as Step)) {\n    // A capture",
  ),
  plant(
    'a hold is called paid',
    SETTLE,
    "    case 'approved': {\n",
    "    case 'approved': {\n      if (step === 'create') return complete(write, row, fate.payment, tools);\n",
  ),
  plant(
    'a hold that was found is called paid',
    SETTLE,
    "if (status === 'COMPLETED') return complete(write, row, payment, tools);",
    "if (status !== 'CANCELED') return complete(write, row, payment, tools);",
  ),
  plant('a double click is two attempts', ATTEMPTS, 'if (running) return running.work;', ''),
  plant(
    'another input under the same number is accepted',
    ATTEMPTS,
    "if ((running ?? known ?? { input_hash }).input_hash !== input_hash) throw new AppError('attempt_conflict');",
    '',
  ),
  plant(
    'a number is used up before the commit',
    ATTEMPTS,
    'const number = nextNumber(ledger.database, desk, incarnation);',
    `const memory = this as unknown as { last?: number };
    const number = (memory.last = Math.max(memory.last ?? 0, nextNumber(ledger.database, desk, incarnation) - 1) + 1);`,
  ),
  plant(
    'the bytes that are kept are not those that were hashed',
    'payments/requests.ts',
    `ledger.sealSecret(\`request \${attempt_id}\`, body)`,
    `ledger.sealSecret(\`request \${attempt_id}\`, \`\${body} \`)`,
  ),
  plant(
    'what is being sent can be taken out of the queue',
    ATTEMPTS,
    "if (row.state !== 'ready' || row.maybe_sent === 1) throw",
    "if (row.state !== 'ready' && row.state !== 'sending') throw",
  ),
];
