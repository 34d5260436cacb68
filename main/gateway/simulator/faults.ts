/** Faults on demand: by rule for the next matching requests, or by the request's own `x-simulator-fault` header. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorDetail } from './errors.ts';
import { sendJson, type Answer } from './http.ts';

const KINDS = [
  'drop_before_commit',
  'drop_after_commit',
  'delay',
  'status',
  'html_502',
  'garbage_200',
  'truncated',
] as const;
export type FaultKind = (typeof KINDS)[number];

export type Fault = {
  fault: FaultKind;
  /** Matches every method when absent. */
  method?: string;
  /** Exact path, `*` standing for any text; matches every path when absent. */
  path?: string;
  /** How many requests it strikes; 1 when absent. */
  times?: number;
  delay_ms?: number;
  status?: 408 | 429 | 500 | 503;
  /** Seconds named by a 429. */
  retry_after_s?: number;
  /**
   * Whether the request takes effect. By default `status`, `html_502` and `drop_before_commit` prevent it, the others
   * do not. For `delay`, false means that the effect comes only after the wait: the late original.
   */
  commit?: boolean;
};

const CODES = { 408: 'REQUEST_TIMEOUT', 429: 'RATE_LIMITED', 500: 'INTERNAL_SERVER_ERROR', 503: 'SERVICE_UNAVAILABLE' };

export type FaultList = {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that strikes this request, if any; it is counted down. */
  take(method: string, path: string, header: string | undefined): Fault | null;
};

export function makeFaultList(): FaultList {
  let waiting: { fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      const wrong = faultIn(fault);
      if (wrong) throw new Error(wrong);
      waiting.push({ fault, left: fault.times ?? 1 });
    },
    clear() {
      waiting = [];
    },
    take(method, path, header) {
      if (header !== undefined) return parseHeader(header);
      const found = waiting.find(entry => matches(entry.fault, method, path));
      if (!found) return null;
      found.left -= 1;
      if (found.left <= 0) waiting = waiting.filter(entry => entry !== found);
      return found.fault;
    },
  };
}

/** Says what is wrong with a fault that came from outside, or null. */
export function faultIn(fault: Partial<Fault>): string | null {
  if (!KINDS.includes(fault.fault as FaultKind)) return `A fault is one of ${KINDS.join(', ')}.`;
  if (fault.fault === 'status' && !(String(fault.status) in CODES)) {
    return `A fault of kind status needs a status out of ${Object.keys(CODES).join(', ')}.`;
  }
  if (fault.fault === 'delay' && !(typeof fault.delay_ms === 'number' && fault.delay_ms >= 0)) {
    return 'A fault of kind delay needs delay_ms.';
  }
  return null;
}

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined) return true;
  const pattern = fault.path.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(path);
}

// `drop_after_commit`, `delay=1500`, `status=503`.
function parseHeader(header: string): Fault | null {
  const [kind = '', value] = header.trim().split('=');
  const fault = { fault: kind as FaultKind } as Fault;
  if (kind === 'delay') fault.delay_ms = Number(value);
  if (kind === 'status') fault.status = Number(value) as 503;
  return faultIn(fault) === null ? fault : null;
}

/** Whether the fault lets the request take effect before it strikes. */
export function commitsFirst(fault: Fault): boolean {
  if (fault.commit !== undefined) return fault.commit;
  return !['status', 'html_502', 'drop_before_commit'].includes(fault.fault);
}

/** Writes what the client sees in place of `answer`. A `delay` is waited for elsewhere and passes through. */
export function sendFaulty(
  message: IncomingMessage,
  response: ServerResponse,
  fault: Fault,
  answer: Answer | null,
): void {
  switch (fault.fault) {
    case 'drop_before_commit':
    case 'drop_after_commit':
      message.socket.destroy();
      return;
    case 'status': {
      const status = fault.status ?? 503;
      const headers: { [name: string]: string } =
        status === 429 ? { 'retry-after': String(fault.retry_after_s ?? 1) } : {};
      sendJson(response, status, { errors: [errorDetail(CODES[status], 'The simulator was told to fail.')] }, headers);
      return;
    }
    case 'html_502':
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>');
      return;
    case 'garbage_200':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"payment": {"id": "');
      return;
    case 'truncated': {
      const bytes = Buffer.from(JSON.stringify(answer?.body ?? {}));
      response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json', 'content-length': bytes.length });
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => message.socket.destroy());
      return;
    }
    default:
      if (answer) sendJson(response, answer.status, answer.body);
  }
}
