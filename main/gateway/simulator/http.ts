/** Requests and answers without a framework: reading bodies, routing, and writing JSON. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BODY_LIMIT_BYTES, FORM_LIMIT_BYTES } from './assumptions.ts';
import { isObject, type JsonObject } from './checks.ts';
import { ApiError, refuse } from './errors.ts';
import type { Change } from './records.ts';

export type Handler = (message: IncomingMessage, response: ServerResponse) => Promise<void>;

export type Request = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: JsonObject;
  /** Values of the `{name}` parts of the route. */
  parameters: { [name: string]: string };
};

/** An answer and the facts that must be in the books before it is sent. */
export type Answer = { status: number; body: JsonObject; changes?: Change[]; payment_id?: string };

export type Route = {
  method: string;
  path: string;
  /** What the application must have been given: nothing, one permission, or all of several. */
  scope: string | readonly string[] | null;
  /** Set when the operation takes an idempotency key; also its name in the key store. */
  idempotent?: { operation: string; required: boolean; max: number };
  handle(request: Request): Answer;
};

/** Reads the whole body. Throws REQUEST_ENTITY_TOO_LARGE; rejects when the client goes away. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const isForm = isFormType(message.headers['content-type']);
  const limit = isForm ? FORM_LIMIT_BYTES : BODY_LIMIT_BYTES;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw refuse('REQUEST_ENTITY_TOO_LARGE', 'The request body is too large.');
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  // The pieces are copies; wiping them keeps card digits from lying around in the network buffers.
  for (const chunk of chunks) chunk.fill(0);
  return whole;
}

/** Whether the body is a form with a file. */
export function isFormType(contentType: string | undefined): contentType is string {
  return contentType?.toLowerCase().startsWith('multipart/form-data') === true;
}

/** The JSON object of a body; an empty body is an empty object. */
export function parseJson(bytes: Buffer, contentType: string | undefined): JsonObject {
  if (bytes.length === 0) return {};
  if (contentType !== undefined && !/^application\/([\w.+-]+\+)?json\b/i.test(contentType)) {
    throw refuse('UNSUPPORTED_MEDIA_TYPE', 'Expected a request with the content type application/json.');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw refuse('EXPECTED_JSON_BODY', 'Expected a JSON body.');
  }
  if (!isObject(parsed)) throw refuse('EXPECTED_JSON_BODY', 'Expected a JSON object.');
  return parsed;
}

/** Finds the route for a path. Fixed parts win over parameters because the list is searched in order. */
export function findRoute(
  routes: Route[],
  method: string,
  path: string,
): { route: Route; parameters: Request['parameters'] } {
  let known = false;
  for (const route of routes) {
    const parameters = matchPath(route.path, path);
    if (!parameters) continue;
    if (route.method === method) return { route, parameters };
    known = true;
  }
  if (known) throw refuse('METHOD_NOT_ALLOWED', `${method} is not allowed for ${path}.`);
  throw refuse('NOT_FOUND', `API endpoint for URL path \`${path}\` and HTTP method \`${method}\` is not found.`);
}

function matchPath(pattern: string, path: string): Request['parameters'] | null {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  if (wanted.length !== parts.length) return null;
  const parameters: Request['parameters'] = {};
  for (const [index, want] of wanted.entries()) {
    const part = parts[index]!;
    if (want.startsWith('{')) {
      if (part === '') return null;
      parameters[want.slice(1, -1)] = safeDecode(part);
    } else if (want !== part) return null;
  }
  return parameters;
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw refuse('BAD_REQUEST', 'The request path is not well formed.');
  }
}

/** Turns anything thrown into an answer; what is not a refusal is a fault of the simulator and says so. */
export function answerFor(error: unknown): Answer {
  if (error instanceof ApiError) return { status: error.status, body: { errors: error.errors } };
  const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const refusal = refuse('INTERNAL_SERVER_ERROR', `The simulator failed: ${fault}`);
  return { status: refusal.status, body: { errors: refusal.errors } };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: { [name: string]: string } = {},
) {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(bytes);
}
