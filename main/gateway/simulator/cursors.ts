/** Lists page by page: cursors that live five minutes and refuse changed parameters or a foreign maker. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { CURSOR_LIFE_MS } from './assumptions.ts';
import { canonical, instantMs, text, type JsonObject } from './checks.ts';
import { refuse } from './errors.ts';
import type { Answer } from './http.ts';
import type { World } from './world.ts';

type Position = { key: string; id: string; parameters: string; until_ms: number };

export type Pager = {
  /**
   * Cuts one page out of `entries`, which it sorts by (key, id). `parameters` is everything of the request but the
   * cursor: a cursor is good for the same parameters only.
   */
  page<T>(entries: T[], options: PageOptions<T>): { page: T[]; cursor: string | undefined };
};
export type PageOptions<T> = {
  key(entry: T): string;
  id(entry: T): string;
  descending: boolean;
  limit: number;
  cursor: string | null | undefined;
  parameters: string;
};

/** Cursors are sealed under a key of this run, so none survives a restart. */
export function makePager(world: World): Pager {
  const secret = world.random(32);
  const seal = (payload: string) => createHmac('sha256', secret).update(payload).digest();

  function write(position: Position): string {
    const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
    return `${payload}.${seal(payload).toString('base64url')}`;
  }

  function read(cursor: string, parameters: string): Position {
    const invalid = (why: string) => refuse('INVALID_CURSOR', `The cursor is not valid: ${why}.`, 'cursor');
    const [payload = '', signature = ''] = cursor.split('.');
    const given = Buffer.from(signature, 'base64url');
    const wanted = seal(payload);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw invalid('it is unknown');
    const position = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Position;
    if (world.now() >= position.until_ms) throw invalid('it has expired');
    if (position.parameters !== parameters) throw invalid('the other parameters have changed');
    return position;
  }

  return {
    page(entries, { key, id, descending, limit, cursor, parameters }) {
      const sign = descending ? -1 : 1;
      const order = (leftKey: string, leftId: string, rightKey: string, rightId: string): number =>
        sign * (compare(leftKey, rightKey) || compare(leftId, rightId));
      const sorted = [...entries].sort((left, right) => order(key(left), id(left), key(right), id(right)));
      const after = cursor ? read(cursor, parameters) : null;
      const rest = after ? sorted.filter(entry => order(key(entry), id(entry), after.key, after.id) > 0) : sorted;
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      if (last === undefined || rest.length <= limit) return { page, cursor: undefined };
      const position = { key: key(last), id: id(last), parameters, until_ms: world.now() + CURSOR_LIFE_MS };
      return { page, cursor: write(position) };
    },
  };
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The limit of a list: larger values fall back to the highest, as Square documents. */
export function readLimit(query: URLSearchParams, highest: number): number {
  const given = query.get('limit');
  if (given === null) return highest;
  if (!/^-?\d+$/.test(given)) throw refuse('EXPECTED_INTEGER', 'Expected an integer value.', 'limit');
  if (Number(given) < 1) throw refuse('VALUE_TOO_LOW', 'Field must be greater than or equal to 1.', 'limit');
  return Math.min(Number(given), highest);
}

/** True for descending. */
export function readSortOrder(query: URLSearchParams, descendingByDefault: boolean): boolean {
  const given = query.get('sort_order');
  if (given === null) return descendingByDefault;
  if (given !== 'ASC' && given !== 'DESC') throw refuse('INVALID_SORT_ORDER', 'Expected ASC or DESC.', 'sort_order');
  return given === 'DESC';
}

/** One of the allowed values, or the first of them when the parameter is absent. */
export function readChoice<T extends string>(query: URLSearchParams, name: string, allowed: readonly [T, ...T[]]): T {
  const given = query.get(name);
  if (given === null) return allowed[0];
  if (!(allowed as readonly string[]).includes(given)) {
    throw refuse('INVALID_ENUM_VALUE', `\`${given}\` is not a valid enum value for \`${name}\`.`, name);
  }
  return given as T;
}

/** UTC milliseconds of a time parameter, null when absent. */
export function readTime(query: URLSearchParams, name: string): number | null {
  const given = query.get(name);
  if (given === null) return null;
  const instant = instantMs(given);
  if (instant === null) throw refuse('INVALID_TIME', 'Expected an RFC 3339 date and time.', name);
  return instant;
}

/** Refuses windows that end before they begin. */
export function checkWindow(from_ms: number | null, to_ms: number | null, field: string): void {
  if (from_ms !== null && to_ms !== null && from_ms > to_ms) {
    throw refuse('INVALID_TIME_RANGE', 'The beginning of the range is after its end.', field);
  }
}

/** The parameters that a cursor is bound to. */
export function cursorParameters(query: URLSearchParams): string {
  const kept = [...query.entries()].filter(([name]) => name !== 'cursor').sort();
  return JSON.stringify(kept);
}

/** One page as an answer: Square leaves an empty list and a missing cursor out. `parameters` as for a cursor. */
export function pageAnswer<T>(pager: Pager, name: string, entries: T[], options: PageOptions<T>): Answer {
  const { page, cursor } = pager.page(entries, options);
  return { status: 200, body: { ...(page.length > 0 ? { [name]: page } : {}), ...(cursor ? { cursor } : {}) } };
}

/** The parameters that the cursor of a search is bound to: everything in its body but the cursor. */
export function searchParameters(body: JsonObject): string {
  const { cursor: _cursor, ...rest } = body;
  return canonical(rest);
}

/** A test for instants inside a TimeRange of a search; both ends belong to it. */
export function timeRange(range: JsonObject | undefined, field: string): (instant: string) => boolean {
  const read = (name: string): number | null => {
    const given = text(range ?? {}, name);
    if (given === undefined) return null;
    const instant = instantMs(given);
    if (instant === null) throw refuse('INVALID_TIME', 'Expected an RFC 3339 date and time.', `${field}.${name}`);
    return instant;
  };
  const from = read('start_at');
  const to = read('end_at');
  checkWindow(from, to, field);
  return instant => (from === null || Date.parse(instant) >= from) && (to === null || Date.parse(instant) <= to);
}
