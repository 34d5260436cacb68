import type { Session } from 'electron';
import { session } from 'electron';
import { answerFromBundle } from './bundle-files.ts';
import { originOf, PAY_ORIGIN, SIMULATOR_SCRIPT_ORIGIN } from './origins.ts';
import { refusePermissions } from './permissions.ts';
import type { SquareSite } from './policies.ts';
import { pageHeaders, payPolicy } from './policies.ts';

/** Headers that belong to one connection, or that no longer hold once the body has been read and unpacked. */
const CONNECTION_HEADERS = [
  'connection',
  'content-encoding',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
];

/** Names that a resolver answers from this machine or from the office's network, never from the public one. */
const LOCAL_NAME = /(^|\.)(localhost|local|lan|internal|intranet|corp|home|home\.arpa)\.?$/;

export type PaymentSession = {
  session: Session;
  /** Before each load: our own page can be loaded, and with Square nothing else yet. */
  openPage(): void;
  /** Once our page has loaded: from now on Square and the bank can be reached and our page cannot be asked for. */
  openNetwork(): void;
};

/**
 * A fresh in-memory session for one payment view. In training only our page and the simulator exist in it, so a
 * training charge cannot reach Square even by mistake.
 *
 * With Square the handler is taken away once our page has loaded, instead of passing requests on by hand: a request
 * passed on follows redirects out of the browser's sight, and a bank's challenge is a chain of redirects.
 *
 * @param simulatorBaseUrl where the simulator listens on this machine; required for, and only used with, the simulator
 */
export function openPaymentSession(options: {
  partition: string;
  bundleDirectory: string;
  site: SquareSite;
  simulatorBaseUrl?: string;
}): PaymentSession {
  const pay = session.fromPartition(options.partition, { cache: false });
  const headers = pageHeaders(payPolicy(options.site), 'strict-origin');
  const simulator = options.site === 'simulator' ? loopbackAddress(options.simulatorBaseUrl) : null;
  let handled = false;
  refusePermissions(pay);
  pay.webRequest.onBeforeRequest((details, callback) => {
    const isOurs = originOf(details.url) === PAY_ORIGIN;
    callback({ cancel: isOurs ? !handled : !mayLoad(details.url, options.site) });
  });

  async function answer(request: Request): Promise<Response> {
    const origin = originOf(request.url);
    if (origin === PAY_ORIGIN) return answerFromBundle(options.bundleDirectory, request, headers);
    if (simulator !== null && origin === SIMULATOR_SCRIPT_ORIGIN) return askSimulator(simulator, request);
    return new Response(null, { status: 403, headers });
  }

  return {
    session: pay,
    openPage() {
      if (!handled) pay.protocol.handle('https', answer);
      handled = true;
    },
    openNetwork() {
      if (simulator !== null || !handled) return;
      handled = false;
      pay.protocol.unhandle('https');
    },
  };
}

/** Where a frame inside the payment page may go: Square's and the bank's pages, or the simulator's in training. */
export function mayFrame(url: string, site: SquareSite): boolean {
  if (url === 'about:blank' || url === 'about:srcdoc') return true;
  return site === 'simulator' ? originOf(url) === SIMULATOR_SCRIPT_ORIGIN : isPublicHttps(url);
}

function mayLoad(url: string, site: SquareSite): boolean {
  if (url.startsWith('data:') || url.startsWith('blob:https:')) return true;
  return site === 'simulator' ? originOf(url) === SIMULATOR_SCRIPT_ORIGIN : isPublicHttps(url);
}

/** A bank's page has no business with the programs that listen on this machine or in the office's network. */
function isPublicHttps(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:') return false;
  if (/^[\d.]+$/.test(hostname) || hostname.startsWith('[')) return false;
  return hostname.includes('.') && !LOCAL_NAME.test(hostname);
}

/** The simulator lives on this machine only; any other address would send card test data over a network. */
function loopbackAddress(address: string | undefined): string {
  const parsed = address !== undefined && URL.canParse(address) ? new URL(address) : null;
  const isLoopback = parsed !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname);
  if (!isLoopback || parsed.protocol !== 'http:') {
    throw new Error('The simulator must be given by its http address on this machine, such as http://127.0.0.1:4300.');
  }
  return parsed.origin;
}

/** Hands a request to the simulator and its answer back. An unreachable simulator answers 502, like a dead gateway. */
async function askSimulator(simulator: string, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  try {
    const answer = await fetch(`${simulator}${pathname}${search}`, {
      method: request.method,
      headers: withoutConnectionHeaders(request.headers),
      redirect: 'manual',
      ...(hasBody ? { body: await request.arrayBuffer() } : {}),
    });
    const isEmpty = [204, 205, 304].includes(answer.status);
    return new Response(isEmpty ? null : await answer.arrayBuffer(), {
      status: answer.status,
      headers: withoutConnectionHeaders(answer.headers),
    });
  } catch {
    return new Response(null, { status: 502 });
  }
}

function withoutConnectionHeaders(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of CONNECTION_HEADERS) kept.delete(name);
  return kept;
}
