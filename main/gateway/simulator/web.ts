/** What a browser loads and posts: square.js, the field frames with their token calls, and the pages of payment links. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BrowserFiles } from './browser-files.ts';
import { text } from './checks.ts';
import { parseJson, sendJson, type Answer } from './http.ts';
import { refuse } from './errors.ts';
import { linkState, payLink } from './link-page.ts';
import { wipeConnection } from './listener.ts';
import type { Tokens } from './tokens.ts';
import { iso, type World } from './world.ts';

// The frames run their own files only and talk to their own origin only.
const FRAME_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

// The page of a link holds the field frames, and is nobody's frame itself.
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  // The page says that it has no icon, so that no browser asks for one.
  'img-src data:',
  "frame-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Answers a path under /v1/. Throws an ApiError for what it does not know. */
export function handleWeb(
  world: World,
  files: BrowserFiles,
  tokens: Tokens,
  message: IncomingMessage,
  response: ServerResponse,
  path: string,
  bytes: Buffer,
): void {
  const link = /^\/v1\/links\/(\w+)(\/state)?$/.exec(path);
  if (link) return handleLink(world, files, message, response, { code: link[1]!, call: link[2] ?? '' });
  if (message.method === 'POST') {
    if (path === '/v1/tokens') {
      const answer = tokens.tokenize(bytes);
      wipeConnection(message.socket);
      return sendJson(response, 200, answer);
    }
    const challenge = /^\/v1\/challenges\/(\w+)$/.exec(path)?.[1];
    if (challenge) return sendJson(response, 200, tokens.answerChallenge(challenge, parseJson(bytes, undefined)));
    if (path === '/v1/verifications') return sendJson(response, 200, tokens.verifyBuyer(parseJson(bytes, undefined)));
    throw refuse('NOT_FOUND', `There is nothing at ${path}.`);
  }
  if (message.method !== 'GET') throw refuse('METHOD_NOT_ALLOWED', `${message.method} is not allowed for ${path}.`);
  if (path === '/v1/square.js') return sendScript(world, files, message, response);
  const file = path.startsWith('/v1/frames/') ? files.frameFile(path.slice('/v1/frames/'.length)) : null;
  if (!file) throw refuse('NOT_FOUND', `There is nothing at ${path}.`);
  if (world.settings.frames === 'fail') throw refuse('SERVICE_UNAVAILABLE', 'The frames were told to fail.');
  const text = file.text.replace('data-now=""', `data-now="${iso(world.now())}"`);
  sendText(response, file.type, text, { 'content-security-policy': FRAME_POLICY });
}

function handleLink(
  world: World,
  files: BrowserFiles,
  message: IncomingMessage,
  response: ServerResponse,
  asked: { code: string; call: string },
): void {
  const { code, call } = asked;
  if (message.method !== 'GET') throw refuse('METHOD_NOT_ALLOWED', `${message.method} is not allowed here.`);
  if (call === '/state') return sendJson(response, 200, linkState(world, code));
  const page = files.frameFile('link.html')!;
  sendText(response, page.type, page.text, { 'content-security-policy': PAGE_POLICY });
}

/** The payment that the page of a link asks for, or null for every other path. */
export function payFromPage(world: World, path: string, bytes: Buffer): Answer | null {
  const code = /^\/v1\/links\/(\w+)\/payments$/.exec(path)?.[1];
  if (code === undefined) return null;
  const body = parseJson(bytes, undefined);
  const tip = body['tip_minor'];
  const tip_minor = typeof tip === 'number' && Number.isSafeInteger(tip) && tip > 0 ? tip : undefined;
  const wish = { source_id: text(body, 'source_id') ?? '', tip_minor, email: text(body, 'email') };
  return { status: 200, body: payLink(world, code, wish) };
}

function sendScript(world: World, files: BrowserFiles, message: IncomingMessage, response: ServerResponse): void {
  const { script, environment } = world.settings;
  if (script === 'fail') {
    message.socket.destroy();
    return;
  }
  const configuration = {
    applicationId: world.meta.application_id,
    locationId: world.meta.location_id,
    environment,
  };
  const text = script === 'broken' ? '/* Square is not here today. */\n' : files.squareScript(configuration);
  sendText(response, 'text/javascript; charset=utf-8', text, {});
}

function sendText(response: ServerResponse, type: string, text: string, headers: { [name: string]: string }): void {
  const bytes = Buffer.from(text);
  response.writeHead(200, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...headers,
  });
  response.end(bytes);
}
