/**
 * Checks exported journals without any code of the app, so that an auditor need not trust it:
 *
 *   node scripts/verify-journal.mjs FILE.jsonl [more files] [--head HASH] [--reference D1-000123-1a2b3c4d] [--json]
 *
 * Needs Node 20 or newer and nothing else. It checks that every record follows the one before it without a gap, that
 * its content is what was hashed, and that its postings are the ones that its content asks for, computed here a second
 * time. It names the first record that is wrong.
 *
 * A journal that was rewritten from some record to its end, with all hashes made anew, is whole in itself. Only a
 * witness outside tells: `--head` is the last hash as the app or a printed report showed it, and `--reference` is the
 * reference of a payment as Square shows it, which carries eight digits of the journal's head at that time.
 *
 * Exit code: 0 all files are whole, 1 one is not, 2 wrong use.
 *
 * The file: one JSON object per line. First `{format, ledger_id, records, heads: [{desk, incarnation, seq, hash}]}`,
 * then the records in the order of desk, incarnation and seq, each with the fields of FIELDS. Hashes are hexadecimal,
 * amounts are in the currency's smallest unit, times are UTC milliseconds, `body` is the very text that was hashed.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const FORMAT = 'tillside journal 1';
const DOMAIN = Buffer.from('tillside journal 1\n', 'utf8');
const GENESIS = '0'.repeat(64);
const FIELDS = {
  desk: 'text',
  incarnation: 'number',
  seq: 'number',
  type: 'text',
  version: 'number',
  actor: 'text',
  happened_at_ms: 'number',
  recorded_at_ms: 'number',
  body: 'text',
  prev_hash: 'hash',
  hash: 'hash',
  postings: 'list',
};
const POSTING_FIELDS = ['amount_minor', 'credit_account', 'currency', 'customer_id', 'day', 'debit_account', 'line'];

/** Why a file is not whole. */
class Broken extends Error {}

const isKind = {
  text: value => typeof value === 'string',
  number: value => Number.isSafeInteger(value),
  hash: value => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  list: value => Array.isArray(value),
};

function parse(text, what) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, together with what is no object.
  }
  throw new Broken(`${what} is not a JSON object.`);
}

function checkFields(record) {
  for (const [name, kind] of Object.entries(FIELDS)) {
    if (!isKind[kind](record[name])) throw new Broken(`its field ${name} is missing or of the wrong kind.`);
  }
  const strange = Object.keys(record).find(name => !Object.hasOwn(FIELDS, name));
  if (strange !== undefined) throw new Broken(`it has a field ${strange} that this format does not know.`);
}

/** SHA-256 over the domain tag, the hash before, the record's head as JSON with sorted names, and its body. */
function hashOf(record) {
  const { actor, desk, happened_at_ms, incarnation, recorded_at_ms, seq, type, version } = record;
  const head = JSON.stringify({ actor, desk, happened_at_ms, incarnation, recorded_at_ms, seq, type, version });
  return createHash('sha256')
    .update(DOMAIN)
    .update(Buffer.from(record.prev_hash, 'hex'))
    .update(`${head}\n${record.body}`)
    .digest('hex');
}

function checkChain(record, before) {
  const sameChain = before !== null && before.desk === record.desk && before.incarnation === record.incarnation;
  const expected = sameChain ? before : { seq: 0, hash: GENESIS };
  if (before !== null && !sameChain && !isAfter(record, before)) throw new Broken('it is out of order.');
  if (record.seq <= expected.seq) throw new Broken('it is out of order, or there twice.');
  if (record.seq !== expected.seq + 1) throw new Broken('a record is missing before it.');
  if (record.prev_hash !== expected.hash) throw new Broken('it does not follow the record before it.');
  if (record.hash !== hashOf(record)) throw new Broken('its content was changed.');
}

const isAfter = (record, before) =>
  record.desk > before.desk || (record.desk === before.desk && record.incarnation > before.incarnation);

/**
 * The rules of the books, written down a second time and on purpose not taken from the app: which postings a record
 * asks for. Types without an entry move no money.
 */
const POSTING_RULES = {
  'attempt.started': (body, books) => {
    books.attempts.set(body.attempt_id, { ...body });
    return [];
  },
  'attempt.completed': (body, books) => {
    const attempt = books.attempts.get(body.attempt_id);
    if (!attempt) throw new Broken('it completes an attempt that was never started.');
    books.paid.add(body.attempt_id);
    const seen = books.seen.get(body.square_payment_id);
    // Square's list can show a payment, and what it keeps of it, before the desk has heard that it is paid.
    const fee = seen?.status === 'COMPLETED' ? seen.fee_minor - seen.fee_booked_minor : 0;
    if (seen && fee !== 0) seen.fee_booked_minor = seen.fee_minor;
    const paid = move('square_clearing', 'unallocated_receipts', attempt.amount_minor, attempt, body.day);
    const given = [...books.refunded.values()].filter(one => one.attempt_id === body.attempt_id && !one.booked);
    for (const one of given) one.booked = true;
    return [paid, ...feeOf(fee, { currency: attempt.currency, day: body.day }), ...given.map(one => one.posting)];
  },
  'tender.recorded': (body, books) => {
    books.attempts.set(body.attempt_id, { ...body });
    books.paid.add(body.attempt_id);
    return [move(body.account, 'unallocated_receipts', body.amount_minor, body, body.day)];
  },
  'square.payment.observed': observed,
  'square.refund.observed': refunded,
  'payment.lost_in_restore': body =>
    body.drawer === null ? [] : [move(body.drawer, 'unallocated_receipts', body.amount_minor, body, body.day)],
  // What is handed out here leaves its place at once; what goes back through Square when Square shows it.
  'refund.requested': body =>
    body.account === null ? [] : [move('unallocated_receipts', body.account, body.amount_minor, body, body.day)],
  // A person's word that Square gave it back counts until Square's own takes its place.
  'refund.closed': body =>
    body.as === 'given' ? [move('unallocated_receipts', 'square_clearing', body.amount_minor, body, body.day)] : [],
  'refund.closing_replaced': body => [
    move('square_clearing', 'unallocated_receipts', body.amount_minor, body, body.day),
  ],
  'invoice.added': (body, books) => {
    const owed = owedBy(body);
    books.invoices.set(body.invoice_id, owed);
    return owing(owed, 1, body.day);
  },
  'invoice.changed': (body, books) => {
    const before = known(books.invoices, body.invoice_id, 'it changes an invoice that was never added.');
    const now = owedBy(body);
    books.invoices.set(body.invoice_id, now);
    if (before.net_minor === now.net_minor && before.tax_minor === now.tax_minor) return [];
    return [...owing({ ...before, currency: now.currency }, -1, body.day), ...owing(now, 1, body.day)];
  },
  'invoice.voided': (body, books) =>
    owing(known(books.invoices, body.invoice_id, 'it voids an invoice that was never added.'), -1, body.day),
  'allocation.made': (body, books) => {
    books.allocations.set(body.allocation_id, body);
    return [move('unallocated_receipts', paidFor(body), body.amount_minor, body, body.day)];
  },
  'allocation.reversed': (body, books) => {
    const made = known(books.allocations, body.allocation_id, 'it takes back what was never attached, or twice.');
    books.allocations.delete(body.allocation_id);
    return [move(paidFor(made), 'unallocated_receipts', made.amount_minor, made, body.day)];
  },
  'payment.assigned': (body, books) => {
    const payment = books.attempts.get(body.attempt_id) ?? { customer_id: null, currency: null };
    const { customer_id, attempt_id, day } = body;
    const left = books.unallocated.get(attempt_id);
    books.attempts.set(attempt_id, { ...payment, customer_id });
    if (left === undefined || left.amount_minor <= 0) return [];
    const { amount_minor, currency } = left;
    return [
      move('unallocated_receipts', 'transfers', amount_minor, { customer_id: payment.customer_id, currency }, day),
      move('transfers', 'unallocated_receipts', amount_minor, { customer_id, currency }, day),
    ];
  },
};

function known(things, id, problem) {
  const found = things.get(id);
  if (found === undefined) throw new Broken(problem);
  return found;
}

const paidFor = ({ invoice_id }) => (invoice_id === null ? 'customer_credit' : 'receivable');

const owedBy = ({ customer_id, currency, lines }) => ({
  ...{ customer_id, currency },
  net_minor: lines.reduce((sum, line) => sum + line.net_minor, 0),
  tax_minor: lines.reduce((sum, line) => sum + line.tax_minor, 0),
});

/** What a customer owes for an invoice, with the tax on it apart; `sign` is -1 where it is owed no more. */
function owing(owed, sign, day) {
  const part = (account, minor) => {
    if (minor === 0) return [];
    const [debit, credit] = minor > 0 ? ['receivable', account] : [account, 'receivable'];
    return [move(debit, credit, Math.abs(minor), owed, day)];
  };
  return [...part('revenue', sign * owed.net_minor), ...part('tax_payable', sign * owed.tax_minor)];
}

/** The money that pays nothing yet, by payment: what its postings leave of it. */
function keepUnallocated({ attempt_id, square_refund_id }, postings, books) {
  const about = attempt_id ?? square_refund_id;
  for (const { debit_account, credit_account, amount_minor, currency } of postings) {
    const sign = Number(credit_account === 'unallocated_receipts') - Number(debit_account === 'unallocated_receipts');
    if (sign === 0) continue;
    const before = books.unallocated.get(about)?.amount_minor ?? 0;
    books.unallocated.set(about, { amount_minor: before + sign * amount_minor, currency });
  }
}

const move = (debit_account, credit_account, amount_minor, { customer_id, currency }, day) => ({
  ...{ debit_account, credit_account, amount_minor, currency, day },
  customer_id: customer_id ?? null,
});

/** What Square reports: its fees, and payments that were made elsewhere. Cash and other records settle nowhere. */
function observed(body, books) {
  const before = books.seen.get(body.square_payment_id) ?? { fee_booked_minor: 0, booked: false };
  const settles = body.status === 'COMPLETED' && body.source_type !== 'CASH' && body.source_type !== 'EXTERNAL';
  const nobody = { customer_id: null, currency: body.currency };
  const postings = [];
  if (body.foreign && settles && body.amount_minor > 0 && !before.booked) {
    postings.push(move('square_clearing', 'unallocated_receipts', body.amount_minor, nobody, body.day));
  }
  if (body.foreign && body.status === 'COMPLETED' && body.amount_minor > 0) books.paid.add(body.attempt_id);
  // A fee is on the books when its payment is.
  const counts = settles && (body.foreign || books.paid.has(body.attempt_id));
  postings.push(...feeOf(counts ? body.fee_minor - before.fee_booked_minor : 0, body));
  books.seen.set(body.square_payment_id, {
    status: body.status,
    fee_minor: body.fee_minor,
    fee_booked_minor: counts ? body.fee_minor : before.fee_booked_minor,
    booked: before.booked || (body.foreign && settles),
  });
  return postings;
}

function feeOf(fee_minor, { currency, day }) {
  const nobody = { customer_id: null, currency };
  if (fee_minor > 0) return [move('square_fees', 'square_clearing', fee_minor, nobody, day)];
  if (fee_minor < 0) return [move('square_clearing', 'square_fees', -fee_minor, nobody, day)];
  return [];
}

/** A refund counts while it is done, from when its payment is on the books; one that fails afterwards is taken back. */
function refunded(body, books) {
  const { square_refund_id, attempt_id, amount_minor, currency, day } = body;
  const before = books.refunded.get(square_refund_id);
  // Facts of the first version named no customer; what they posted stands for nobody.
  const customer_id = (before?.booked ? before.posting.customer_id : body.customer_id) ?? null;
  const whose = { customer_id, currency };
  if (body.status !== 'COMPLETED' || !body.settles) {
    books.refunded.delete(square_refund_id);
    return before?.booked ? [move('square_clearing', 'unallocated_receipts', amount_minor, whose, day)] : [];
  }
  const posting = move('unallocated_receipts', 'square_clearing', amount_minor, whose, day);
  const booked = attempt_id === null || books.paid.has(attempt_id);
  books.refunded.set(square_refund_id, { attempt_id, posting, booked: booked || before?.booked === true });
  return booked && !before?.booked ? [posting] : [];
}

const sorted = posting => JSON.stringify(POSTING_FIELDS.map(name => posting[name]));

function checkPostings(record, books) {
  for (const [index, posting] of record.postings.entries()) {
    const names = Object.keys(posting ?? {}).sort();
    if (names.join() !== POSTING_FIELDS.join())
      throw new Broken(`posting ${index + 1} has other fields than a posting.`);
    const { amount_minor, debit_account, credit_account } = posting;
    if (!Number.isSafeInteger(amount_minor) || amount_minor < 1 || debit_account === credit_account) {
      throw new Broken(`posting ${index + 1} does not move a positive amount between two accounts.`);
    }
  }
  const body = parse(record.body, 'its body');
  const wanted = (POSTING_RULES[record.type]?.(body, books) ?? []).map((one, index) => ({ ...one, line: index + 1 }));
  keepUnallocated(body, wanted, books);
  if (wanted.length !== record.postings.length) {
    throw new Broken(`it has ${record.postings.length} postings and asks for ${wanted.length}.`);
  }
  for (const [index, posting] of record.postings.entries()) {
    if (sorted(posting) !== sorted(wanted[index])) throw new Broken(`posting ${index + 1} is not what it asks for.`);
    add(books.balances, `${posting.debit_account} ${posting.currency}`, posting.amount_minor);
    add(books.balances, `${posting.credit_account} ${posting.currency}`, -posting.amount_minor);
  }
}

// Sums may grow past the numbers that are exact, so they are kept as whole numbers of any size.
const add = (balances, account, minor) => balances.set(account, (balances.get(account) ?? 0n) + BigInt(minor));

function readHeader(line) {
  const header = parse(line, 'Line 1');
  if (header.format !== FORMAT) throw new Broken(`Line 1: this is not an export of the format "${FORMAT}".`);
  if (!Array.isArray(header.heads) || !Number.isSafeInteger(header.records)) {
    throw new Broken('Line 1: it does not say how many records and which heads there are.');
  }
  return header;
}

const chainName = ({ desk, incarnation }) => `${desk}/${incarnation}`;

/** Reads one file to its first fault. Answers `{file, ok, records, problem, heads, balances}`; never throws for a fault. */
async function check(file, witnesses) {
  const books = {
    ...{ attempts: new Map(), paid: new Set(), seen: new Map(), refunded: new Map() },
    ...{ invoices: new Map(), allocations: new Map(), unallocated: new Map() },
    balances: new Map(),
  };
  const heads = new Map();
  const prefixes = new Set([GENESIS.slice(0, 8)]);
  let header = null;
  let before = null;
  let records = 0;
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      number += 1;
      if (header === null) {
        header = readHeader(line);
        continue;
      }
      before = checkLine(line, number, before, books);
      records += 1;
      heads.set(chainName(before), before);
      prefixes.add(before.hash.slice(0, 8));
    }
    checkEnd(header, records, heads, prefixes, witnesses);
    return { file, ok: true, records, problem: null, ...summary(heads, books) };
  } catch (error) {
    if (error instanceof Broken) return { file, ok: false, records, problem: error.message, ...summary(heads, books) };
    throw error;
  }
}

function checkLine(line, number, before, books) {
  const record = parse(line, `Line ${number}`);
  try {
    checkFields(record);
    checkChain(record, before);
    checkPostings(record, books);
    return record;
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    throw new Broken(`Line ${number}, record ${record.desk}/${record.incarnation}/${record.seq}: ${error.message}`);
  }
}

function checkEnd(header, records, heads, prefixes, { head, references }) {
  if (header === null) throw new Broken('The file is empty.');
  const said = header.heads.map(one => `${chainName(one)}/${one.seq} ${one.hash}`).sort();
  const found = [...heads.values()].map(one => `${chainName(one)}/${one.seq} ${one.hash}`).sort();
  if (header.records !== records || said.join('\n') !== found.join('\n')) {
    throw new Broken(
      `The end: line 1 speaks of ${header.records} records up to ${said}; here are ${records} up to ${found}.`,
    );
  }
  if (head !== null && ![...heads.values()].some(one => one.hash === head)) {
    throw new Broken(`The end: no chain ends in the head that was given, ${head}.`);
  }
  for (const reference of references) {
    if (!prefixes.has(reference.split('-').at(-1))) {
      throw new Broken(`The witness: no record has the hash that Square's reference ${reference} speaks of.`);
    }
  }
}

const summary = (heads, { balances }) => ({
  heads: [...heads.values()].map(one => ({ chain: chainName(one), seq: one.seq, hash: one.hash })),
  balances: Object.fromEntries([...balances].sort().map(([account, minor]) => [account, String(minor)])),
});

function asText(result) {
  if (!result.ok) return `${result.file}: NOT WHOLE. ${result.problem}\n`;
  const heads = result.heads.map(one => `  head ${one.chain}/${one.seq} ${one.hash}`);
  const balances = Object.entries(result.balances).map(([account, minor]) => `  balance ${account} ${minor}`);
  return [`${result.file}: whole, ${result.records} records`, ...heads, ...balances, ''].join('\n');
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      head: { type: 'string' },
      reference: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new Error('Name the exported file.');
  const witnesses = { head: values.head?.toLowerCase() ?? null, references: values.reference };
  let whole = true;
  for (const file of positionals) {
    const result = await check(file, witnesses);
    whole = whole && result.ok;
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : asText(result));
  }
  return whole ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\n` +
      'Usage: node verify-journal.mjs FILE.jsonl [more] [--head HASH] [--reference REFERENCE] [--json]\n',
  );
  process.exitCode = 2;
}
