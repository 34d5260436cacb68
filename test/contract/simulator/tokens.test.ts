import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SquareClient } from 'square';
import { describe, expect, test } from 'vitest';
import { makeCustomer, makeToken, refusalOf, startBench, usd, useBench } from './support.ts';

const bench = useBench();

async function charge(sourceId: string, rest: object = {}) {
  const request = { sourceId, idempotencyKey: bench.key(), amountMoney: usd(1000) };
  return (await bench.client.payments.create({ ...request, ...rest })).payment!;
}

describe('test cards', () => {
  test.each([
    ['VISA', '4111 1111 1111 1111', '111', '1111'],
    ['MASTERCARD', '5105 1051 0510 5100', '111', '5100'],
    ['DISCOVER', '6011 0000 0000 0004', '111', '0004'],
    ['DISCOVER_DINERS', '3000 000000 0004', '111', '0004'],
    ['JCB', '3569 9900 1009 5841', '111', '5841'],
    ['AMERICAN_EXPRESS', '3400 000000 00009', '1111', '0009'],
    ['CHINA_UNIONPAY', '6222 9888 1234 0000', '123', '0000'],
    ['VISA', '4800 0000 0000 0004', '111', '0004'],
    ['MASTERCARD', '5222 2200 0000 0005', '111', '0005'],
    ['DISCOVER', '6011 0000 0020 1016', '111', '1016'],
    ['VISA', '4310 0000 0020 1019', '111', '1019'],
    ['MASTERCARD', '5248 4800 0021 0026', '111', '0026'],
    ['MASTERCARD', '5500 0000 0020 1016', '111', '1016'],
    ['AMERICAN_EXPRESS', '3700 000002 01014', '1111', '1014'],
    ['VISA', '4811 1100 0000 0008', '111', '0008'],
  ])('%s %s makes a token that pays by phone', async (brand, digits, cvv, last4) => {
    const made = await makeToken(bench, digits, { cvv });
    expect(made).toMatchObject({ status: 'OK', details: { method: 'Card', card: { brand, last4 } } });
    const payment = await charge(made.token, { customerDetails: { customerInitiated: false, sellerKeyedIn: true } });
    expect(payment).toMatchObject({ status: 'COMPLETED', cardDetails: { card: { cardBrand: brand, last4 } } });
  });

  test.each([
    ['CVV 911', '4111 1111 1111 1111', { cvv: '911' }, 'CVV_FAILURE'],
    ['postal 99999', '4111 1111 1111 1111', { postal: '99999' }, 'ADDRESS_VERIFICATION_FAILURE'],
    ['expiry 01/40', '4111 1111 1111 1111', { month: 1, year: 2040 }, 'INVALID_EXPIRATION'],
    ['the declined card', '4000 0000 0000 0002', {}, 'GENERIC_DECLINE'],
    ['the later declined card', '4000 0000 0000 0010', {}, 'GENERIC_DECLINE'],
  ])('%s makes a token, and the payment is declined', async (_name, digits, wish, code) => {
    const { token } = await makeToken(bench, digits, wish);
    expect(await refusalOf(charge(token))).toBe(`400 ${code}`);
    expect(await refusalOf(charge(token)), 'a decline uses the token up').toBe('400 CARD_TOKEN_USED');
  });

  test('a gift card pays until it is empty', async () => {
    const make = () => makeToken(bench, '7783 3200 0000 0000', { kind: 'gift_card' });
    const paid = await charge((await make()).token, { amountMoney: usd(9_000) });
    expect(paid.cardDetails!.card!.cardBrand).toBe('SQUARE_GIFT_CARD');
    const short = charge((await make()).token, { amountMoney: usd(1_001) });
    expect(await refusalOf(short)).toBe('400 INSUFFICIENT_FUNDS, GIFT_CARD_AVAILABLE_AMOUNT');
  });

  test.each([
    ['a real card', '4242 4242 4242 4242', {}, 'Error', 'cardNumber'],
    ['letters', '4111 1111 1111 111a', {}, 'Invalid', 'cardNumber'],
    ['an expired date', '4111 1111 1111 1111', { year: 2020 }, 'Invalid', 'expirationDate'],
    ['a short CVV', '4111 1111 1111 1111', { cvv: '11' }, 'Invalid', 'cvv'],
    ['no postal code', '4111 1111 1111 1111', { postal: '' }, 'Invalid', 'postalCode'],
  ])('%s is refused at the form', async (_name, digits, wish, status, field) => {
    const made = await makeToken(bench, digits, wish);
    expect(made).toMatchObject({ status, errors: [{ field }] });
    expect(made.token).toBeUndefined();
  });
});

describe('token rules', () => {
  test('a token pays once', async () => {
    const { token } = await makeToken(bench, '4111 1111 1111 1111');
    await charge(token);
    expect(await refusalOf(charge(token))).toBe('400 CARD_TOKEN_USED');
  });

  test('a token lives 24 hours', async () => {
    const { token } = await makeToken(bench, '4111 1111 1111 1111');
    bench.simulator.control.advance(86_400_000);
    expect(await refusalOf(charge(token))).toBe('400 CARD_TOKEN_EXPIRED');
  });

  test('a token belongs to its application', async () => {
    const foreign = await makeToken(bench, '4111 1111 1111 1111', { application: 'sandbox-sq0idb-other' });
    expect(foreign).toMatchObject({ status: 'Error', errors: [{ type: 'UNAUTHORIZED' }] });
    const directory = mkdtempSync(join(tmpdir(), 'simulator-'));
    const first = await startBench({ directory });
    const { token } = await makeToken(first, '4111 1111 1111 1111');
    await first.simulator.close();
    const second = await startBench({ directory, applicationId: 'sandbox-sq0idb-another' });
    const request = { sourceId: token, idempotencyKey: 'k', amountMoney: usd(100) };
    expect(await refusalOf(second.client.payments.create(request))).toBe('400 INVALID_CARD_DATA');
    await second.simulator.close();
    rmSync(directory, { recursive: true });
  });
});

describe('verification', () => {
  const contact = { givenName: 'Ana' };
  const byCustomer = { customerInitiated: true, sellerKeyedIn: false, intent: 'CHARGE', billingContact: contact };
  const answer = async (challenge: string, code: string) => {
    const url = `${bench.simulator.baseUrl}/v1/challenges/${challenge}`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ code }) });
    return (await response.json()) as { status: string; token: string; left: number };
  };

  test('the right code makes a token that pays', async () => {
    const asked = await makeToken(bench, '4310 0000 0020 1019', { verification: byCustomer });
    expect(asked.status).toBe('CHALLENGE');
    expect(await answer(asked.challenge, '000000')).toMatchObject({ status: 'WRONG_CODE', left: 2 });
    const done = await answer(asked.challenge, '123456');
    expect((await charge(done.token)).status).toBe('COMPLETED');
    expect((await answer(asked.challenge, '123456')).status, 'a challenge ends').toBe('Error');
  });

  test('three wrong codes end it', async () => {
    const asked = await makeToken(bench, '4310 0000 0020 1019', { verification: byCustomer });
    for (const status of ['WRONG_CODE', 'WRONG_CODE', 'Error']) {
      expect((await answer(asked.challenge, '111111')).status).toBe(status);
    }
  });

  test('a phone order is outside verification, a skipped one is declined', async () => {
    const byPhone = { ...byCustomer, customerInitiated: false, sellerKeyedIn: true };
    const phone = await makeToken(bench, '4310 0000 0020 1019', { verification: byPhone });
    expect(phone.status).toBe('OK');
    const flags = { customerDetails: { customerInitiated: false, sellerKeyedIn: true } };
    expect((await charge(phone.token, flags)).status).toBe('COMPLETED');
    const skipped = await makeToken(bench, '4310 0000 0020 1019');
    expect(await refusalOf(charge(skipped.token))).toBe('400 CARD_DECLINED_VERIFICATION_REQUIRED');
  });

  test('the card whose verification fails makes no token', async () => {
    const failed = await makeToken(bench, '4811 1100 0000 0008', { verification: byCustomer });
    expect(failed).toMatchObject({ status: 'Error', errors: [{ type: 'VERIFICATION_ERROR' }] });
  });

  test('a card on file can be verified into a token of its own', async () => {
    const customerId = await makeCustomer(bench);
    const wish = {
      kind: 'stored_card',
      card_id: 'ccof:customer-card-id-requires-verification',
      verification: byCustomer,
    };
    const asked = await makeToken(bench, '', wish);
    const { token } = await answer(asked.challenge, '123456');
    expect((await charge(token, { customerId })).cardDetails!.entryMethod).toBe('ON_FILE');
  });

  test('the deprecated verifyBuyer token verifies its source', async () => {
    const { token } = await makeToken(bench, '4310 0000 0020 1019');
    const url = `${bench.simulator.baseUrl}/v1/verifications`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ source_id: token }) });
    const { challenge } = (await response.json()) as { challenge: string };
    const verified = await answer(challenge, '123456');
    expect((await charge(token, { verificationToken: verified.token })).status).toBe('COMPLETED');
  });
});

describe('card numbers', () => {
  // In pieces, because this file's own text must not be what a search finds.
  const pieces = ['3569', '9900', '1009', '5841'];

  test('neither the books nor the memory of the process hold a card number after the request', async context => {
    if (process.platform !== 'linux') context.skip('the memory of another process is read through /proc');
    const directory = mkdtempSync(join(tmpdir(), 'simulator-'));
    const child = await startCli(directory);
    const details = { application_id: child.applicationId, kind: 'card', month: 12, year: 2031, postal_code: '60601' };
    const body = Buffer.concat([
      ...pieces.map(piece => Buffer.from(piece)),
      Buffer.from(`\n111\n${JSON.stringify(details)}`),
    ]);
    const response = await fetch(`${child.baseUrl}/v1/tokens`, { method: 'POST', body });
    const { token } = (await response.json()) as { token: string };
    const client = new SquareClient({ token: 'cli-token', baseUrl: child.baseUrl, maxRetries: 0 });
    const request = { sourceId: token, idempotencyKey: 'marker-key-in-memory', amountMoney: usd(100) };
    expect((await client.payments.create(request)).payment!.cardDetails!.card!.last4).toBe(pieces[3]);
    const digits = pieces.join('');
    const windows = [0, 4, 8].map(start => digits.slice(start, start + 8));
    const found = searchMemory(child.process.pid!, [...windows, 'marker-key-in-memory']);
    const ended = new Promise(resolve => child.process.once('exit', resolve));
    child.process.kill('SIGTERM');
    await ended;
    const books = readFileSync(join(directory, 'books.jsonl'), 'latin1');
    rmSync(directory, { recursive: true });
    expect(found, 'the search finds what is there, and nothing of the number').toEqual(['marker-key-in-memory']);
    expect(books).toContain(`"last_4":"${pieces[3]}"`);
    expect(windows.filter(window => books.includes(window))).toEqual([]);
  }, 40_000);
});

async function startCli(directory: string) {
  const cli = fileURLToPath(new URL('../../../main/gateway/simulator/cli.ts', import.meta.url));
  const child = spawn(process.execPath, [cli, '--token', 'cli-token', '--data', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = await new Promise<string[]>(resolve => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (/location .*\n/.test(text)) resolve(text.trim().split('\n'));
    });
  });
  const applicationId = lines.find(line => line.startsWith('application '))!.slice('application '.length);
  return { process: child, baseUrl: lines[0]!, applicationId };
}

/** Which of the texts are in the writable memory of a process, as one or two bytes per character. */
function searchMemory(pid: number, texts: string[]): string[] {
  const found = new Set<string>();
  const needles = texts.flatMap(text => [
    { text, bytes: Buffer.from(text, 'latin1') },
    { text, bytes: Buffer.from(text, 'utf16le') },
  ]);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  // `Rss: 0` marks address space that was reserved and never touched.
  for (const [, from, to, resident] of readFileSync(`/proc/${pid}/smaps`, 'utf8').matchAll(
    /^([0-9a-f]+)-([0-9a-f]+) rw[\s\S]*?^Rss:\s+(\d+)/gm,
  )) {
    if (resident === '0') continue;
    const start = Number.parseInt(from!, 16);
    const bytes = Buffer.alloc(Number.parseInt(to!, 16) - start);
    try {
      readSync(memory, bytes, 0, bytes.length, start);
    } catch {
      continue; // Guard pages cannot be read.
    }
    for (const needle of needles) if (bytes.includes(needle.bytes)) found.add(needle.text);
  }
  closeSync(memory);
  return [...found];
}
