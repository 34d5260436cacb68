/** The path of a request through the simulator: fault, authority, route, effect, durable books, answer. */
import type { IncomingMessage } from 'node:http';
import { sleep } from '../../platform/clock.ts';
import { bankAccountRoutes } from './bank-accounts.ts';
import type { BrowserFiles } from './browser-files.ts';
import { cardRoutes } from './cards.ts';
import { makePager } from './cursors.ts';
import { customerRoutes } from './customers.ts';
import { deviceRoutes } from './devices.ts';
import { disputeRoutes } from './disputes.ts';
import { refuse } from './errors.ts';
import { commitsFirst, sendFaulty, type FaultList } from './faults.ts';
import {
  answerFor,
  findRoute,
  isFormType,
  parseJson,
  readBody,
  sendJson,
  type Answer,
  type Handler,
  type Route,
} from './http.ts';
import { answerOnce } from './idempotency.ts';
import { orderSearchRoutes } from './order-search.ts';
import { orderRoutes } from './orders.ts';
import { parseForm } from './multipart.ts';
import { paymentLinkRoutes } from './payment-links.ts';
import { paymentRoutes } from './payments.ts';
import { placeRoutes } from './places.ts';
import { refundRoutes } from './refunds.ts';
import { settle } from './settle.ts';
import { terminalRefundRoutes } from './terminal-refunds.ts';
import { terminalRoutes } from './terminal.ts';
import { makeTokens } from './tokens.ts';
import { giftCardActivityRoutes } from './gift-card-activities.ts';
import { giftCardRoutes } from './gift-cards.ts';
import { handleWeb, payFromPage } from './web.ts';
import type { World } from './world.ts';

/** The request handler of the public listener. It never throws: faults of its own become 500 answers. */
export function makeApi(world: World, faults: FaultList, files: BrowserFiles): Handler {
  const pager = makePager(world);
  const tokens = makeTokens(world);
  const routes = [
    ...placeRoutes(world),
    ...paymentRoutes(world, pager),
    ...refundRoutes(world, pager),
    ...customerRoutes(world, pager),
    ...cardRoutes(world, pager),
    ...deviceRoutes(world, pager),
    ...terminalRoutes(world, pager),
    ...terminalRefundRoutes(world),
    ...orderRoutes(world),
    ...orderSearchRoutes(world, pager),
    ...paymentLinkRoutes(world, pager),
    ...giftCardActivityRoutes(world, pager),
    ...giftCardRoutes(world, pager),
    ...disputeRoutes(world, pager),
    ...bankAccountRoutes(world, pager),
  ];

  return async (message, response) => {
    const url = new URL(message.url ?? '/', 'http://simulator');
    const method = message.method ?? 'GET';
    try {
      const header = message.headers['x-simulator-fault'];
      const fault = faults.take(method, url.pathname, typeof header === 'string' ? header : undefined);
      // The body is read first: what a client sent before it gave up can still take effect, and an unread body would
      // break the connection for the next request.
      const bytes = await readBody(message);
      if (fault && !commitsFirst(fault)) {
        if (fault.fault !== 'delay') return sendFaulty(message, response, fault, null);
        await sleep(world.clock, fault.delay_ms ?? 0);
      }
      if (url.pathname.startsWith('/v1/')) {
        if (fault?.fault === 'delay' && commitsFirst(fault)) await sleep(world.clock, fault.delay_ms ?? 0);
        const paid = method === 'POST' ? payFromPage(world, url.pathname, bytes) : null;
        if (paid && fault) return sendFaulty(message, response, fault, paid);
        if (paid) return sendJson(response, paid.status, paid.body);
        return handleWeb(world, files, tokens, message, response, url.pathname, bytes);
      }
      const answer = answerApi(world, routes, message, method, url, bytes);
      if (!fault) return sendJson(response, answer.status, answer.body);
      if (fault.fault === 'delay' && commitsFirst(fault)) await sleep(world.clock, fault.delay_ms ?? 0);
      sendFaulty(message, response, fault, answer);
    } catch (error) {
      if (response.headersSent || message.socket.destroyed) return;
      const { status, body } = answerFor(error);
      sendJson(response, status, body);
    }
  };
}

function answerApi(
  world: World,
  routes: Route[],
  message: IncomingMessage,
  method: string,
  url: URL,
  bytes: Buffer,
): Answer {
  try {
    authenticate(world, message);
    const { route, parameters } = findRoute(routes, method, url.pathname);
    checkScope(world, route.scope);
    const type = message.headers['content-type'];
    const isFile = isFormType(type) && url.pathname.endsWith('/evidence-files');
    const body = isFile ? parseForm(bytes, type) : parseJson(bytes, type);
    settle(world);
    const request = { method, path: url.pathname, query: url.searchParams, headers: message.headers, body, parameters };
    const answer = answerOnce(world, route, request);
    world.books.commit(world.now(), answer.changes ?? []);
    return answer;
  } catch (error) {
    return answerFor(error);
  }
}

function checkScope(world: World, scope: Route['scope']): void {
  const needed = scope === null ? [] : typeof scope === 'string' ? [scope] : scope;
  const missing = needed.filter(one => !world.settings.scopes.includes(one));
  if (missing.length === 0) return;
  throw refuse('INSUFFICIENT_SCOPES', `The merchant has not given your application ${missing.join(' and ')}.`);
}

function authenticate(world: World, message: IncomingMessage): void {
  const { authorization } = message.headers;
  if (authorization !== `Bearer ${world.token}`) {
    throw refuse('UNAUTHORIZED', 'This request could not be authorized.');
  }
  const state = world.settings.token_state;
  if (state === 'expired') throw refuse('ACCESS_TOKEN_EXPIRED', 'The access token has expired.');
  if (state === 'revoked') throw refuse('ACCESS_TOKEN_REVOKED', 'The access token has been revoked.');
  const version = message.headers['square-version'];
  if (typeof version === 'string' && !/^\d{4}-\d{2}-\d{2}$/.test(version)) {
    throw refuse('INVALID_SQUARE_VERSION_FORMAT', 'Expected a Square-Version of the form YYYY-MM-DD.');
  }
}
