import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money } from '../../../../common/money.ts';
import type { Cell, Table } from '../../../../common/table.ts';
import { csv } from '../../../../main/exports/csv.ts';
import { exportFormats, findFormat } from '../../../../main/exports/index.ts';
import { anyMoney } from '../../../support/builders.ts';

const write = (table: Table): string => [...csv.write(table)].join('');
const tableOf = (rows: readonly Cell[][], labels: readonly string[] = ['A', 'B', 'C']): Table => ({
  title: 'Test',
  columns: labels.map((label, index) => ({ key: `k${index}`, label, kind: 'text' })),
  rows: rows.map(cells => Object.fromEntries(cells.map((cell, index) => [`k${index}`, cell]))),
  totals: null,
});

/** A reader of RFC 4180, written from the document and not from the writer. */
function read(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (text[at + 1] === '"') field += text[(at += 1)];
      else quoted = false;
    } else if (letter === '"' && field === '') quoted = true;
    else if (letter === ',') {
      row.push(field);
      field = '';
    } else if (letter === '\r' && text[at + 1] === '\n') {
      at += 1;
      rows.push([...row, field]);
      row = [];
      field = '';
    } else if (/["\r\n]/.test(letter)) throw new Error(`a bare ${JSON.stringify(letter)} outside quotes`);
    else field += letter;
  }
  if (quoted || field !== '' || row.length > 0) throw new Error('the text ends in the middle of a record');
  return rows;
}

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'=+-@,;"\r\n\t |%\'aZ1\uff1d\uff0b\uff0d\uff20\ufeff\u00a0') }),
);
/** What a spreadsheet would take for a formula, after the blanks that it skips. */
const isFormula = (field: string): boolean => /^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(field);

describe('CSV', () => {
  test('begins with a byte order mark, ends every line with CR LF, and names its columns', () => {
    const text = write(tableOf([['x', null, 3]]));
    expect(text).toBe('\ufeffA,B,C\r\nx,,3\r\n');
  });

  test('every text comes back exactly, but for the apostrophe before a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.array(nasty, { minLength: 3, maxLength: 3 }), { maxLength: 8 }), rows => {
        const text = write(tableOf(rows));
        expect(text.startsWith('\ufeff')).toBe(true);
        const [head, ...back] = read(text.slice(1));
        expect(head).toEqual(['A', 'B', 'C']);
        expect(
          back.map(cells => cells.map((cell, index) => (cell.startsWith("'") && index >= 0 ? cell.slice(1) : cell))),
        ).toEqual(rows.map(cells => cells.map(cell => (cell.startsWith("'") ? cell.slice(1) : cell))));
      }),
      { numRuns: 300 },
    );
  });

  test('no text is run as a formula', () => {
    fc.assert(
      fc.property(nasty, text => {
        const [, [field]] = read(write(tableOf([[text]], ['A'])).slice(1)) as [string[], [string]];
        expect(isFormula(field)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['=1+1'],
    ['+1'],
    ['-1+cmd|calc'],
    ['@SUM(A1)'],
    ['\t=1'],
    ['\r=1'],
    ['\n=1'],
    [' =1'],
    ['\u00a0=1'],
    ['\ufeff=1'],
    ['＝1'],
    ['＋1'],
    ['－1'],
    ['＠1'],
    ['|calc'],
    ['%0A=1'],
  ])('%j gets an apostrophe', text => {
    expect(read(write(tableOf([[text]], ['A'])).slice(1))[1]).toEqual([`'${text}`]);
  });

  test('amounts are plain numbers, also below zero, with the decimals of their currency', () => {
    expect(write(tableOf([[money(-123_450, 'USD'), money(500, 'JPY'), money(1234, 'KWD')]]))).toContain(
      '-1234.50,500,1.234\r\n',
    );
    fc.assert(
      fc.property(anyMoney(), amount => {
        const [, [field]] = read(write(tableOf([[amount]], ['A'])).slice(1)) as [string[], [string]];
        expect(field).toMatch(/^-?\d+(\.\d+)?$/);
      }),
    );
  });

  test('the totals are the last line', () => {
    const table: Table = { ...tableOf([['a', 1, null]]), totals: { k0: 'Total', k1: 1 } };
    expect(read(write(table).slice(1)).at(-1)).toEqual(['Total', '1', '']);
  });

  test('a format is found by its id and by nothing else', () => {
    expect(findFormat('csv')).toBe(csv);
    expect(['CSV', '', '__proto__', 'constructor', 'xlsx'].map(findFormat)).toEqual(Array(5).fill(undefined));
    expect(new Set(exportFormats.map(format => format.id)).size).toBe(exportFormats.length);
  });
});
