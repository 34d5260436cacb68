/** Disputes: list, read, accept, and answer with evidence, which is final once it is submitted. */
import { DISPUTE_DECISION_MS, LARGEST_EVIDENCE_BYTES } from './assumptions.ts';
import { check, part, text, type JsonObject } from './checks.ts';
import { cursorParameters, pageAnswer, type Pager } from './cursors.ts';
import { moved } from './dispute-life.ts';
import { refuse } from './errors.ts';
import type { Answer, Request, Route } from './http.ts';
import { requireLocation } from './places.ts';
import type { Change } from './records.ts';
import type { DisputeRecord, Evidence } from './records-disputes.ts';
import { iso, type World } from './world.ts';

const PAGE = 50;
const FILE_TYPES = ['image/heic', 'image/heif', 'image/jpeg', 'application/pdf', 'image/png', 'image/tiff'];
const EVIDENCE_TYPES = [
  'GENERIC_EVIDENCE',
  'ONLINE_OR_APP_ACCESS_LOG',
  'AUTHORIZATION_DOCUMENTATION',
  'CANCELLATION_OR_REFUND_DOCUMENTATION',
  'CARDHOLDER_COMMUNICATION',
  'CARDHOLDER_INFORMATION',
  'PURCHASE_ACKNOWLEDGEMENT',
  'DUPLICATE_CHARGE_DOCUMENTATION',
  'PRODUCT_OR_SERVICE_DESCRIPTION',
  'RECEIPT',
  'SERVICE_RECEIVED_DOCUMENTATION',
  'PROOF_OF_DELIVERY_DOCUMENTATION',
  'RELATED_TRANSACTION_DOCUMENTATION',
  'REBUTTAL_EXPLANATION',
  'TRACKING_NUMBER',
];
const KEY = { kind: 'string', required: true, min: 1, max: 45, bytes: true } as const;

export function disputeRoutes(world: World, pager: Pager): Route[] {
  const one = '/v2/disputes/{dispute_id}';
  const read = 'DISPUTES_READ';
  const write = 'DISPUTES_WRITE';
  return [
    { method: 'GET', path: '/v2/disputes', scope: read, handle: request => list(world, pager, request.query) },
    {
      method: 'GET',
      path: one,
      scope: read,
      handle: request => ({ status: 200, body: { dispute: find(world, request).dispute } }),
    },
    { method: 'POST', path: `${one}/accept`, scope: write, handle: request => accept(world, request) },
    { method: 'POST', path: `${one}/submit-evidence`, scope: write, handle: request => submit(world, request) },
    {
      method: 'POST',
      path: `${one}/evidence-text`,
      scope: write,
      idempotent: { operation: 'CreateDisputeEvidenceText', required: true, max: 45 },
      handle: request => addText(world, request),
    },
    {
      method: 'POST',
      path: `${one}/evidence-files`,
      scope: write,
      idempotent: { operation: 'CreateDisputeEvidenceFile', required: true, max: 45 },
      handle: request => addFile(world, request),
    },
    {
      method: 'GET',
      path: `${one}/evidence`,
      scope: read,
      handle: request => listEvidence(world, pager, request),
    },
    {
      method: 'GET',
      path: `${one}/evidence/{evidence_id}`,
      scope: read,
      handle: request => ({ status: 200, body: { evidence: findEvidence(world, request) } }),
    },
    {
      method: 'DELETE',
      path: `${one}/evidence/{evidence_id}`,
      scope: write,
      handle: request => remove(world, request),
    },
  ];
}

function find(world: World, request: Request): DisputeRecord {
  const record = world.books.get('disputes', request.parameters['dispute_id']!);
  if (!record) throw refuse('NOT_FOUND', 'Dispute not found.', 'dispute_id');
  return record;
}

function findOpen(world: World, request: Request): DisputeRecord {
  const record = find(world, request);
  const { state } = record.dispute;
  if (state === 'EVIDENCE_REQUIRED') return record;
  throw refuse('BAD_REQUEST', `A dispute that is ${state} takes no answer any more.`, 'dispute_id');
}

function saved(record: DisputeRecord): Change {
  return { table: 'disputes', id: record.dispute.id, value: record };
}

function accept(world: World, request: Request): Answer {
  const record = moved(findOpen(world, request), 'ACCEPTED', world.now());
  return { status: 200, body: { dispute: record.dispute }, changes: [saved(record)] };
}

function submit(world: World, request: Request): Answer {
  const open = findOpen(world, request);
  if (!open.dispute.evidence_ids) throw refuse('BAD_REQUEST', 'There is no evidence to submit.', 'dispute_id');
  const now_ms = world.now();
  const record = moved(open, 'PROCESSING', now_ms, now_ms + DISPUTE_DECISION_MS);
  return { status: 200, body: { dispute: record.dispute }, changes: [saved(record)] };
}

function addText(world: World, request: Request): Answer {
  check(request.body, {
    idempotency_key: KEY,
    evidence_type: { kind: 'string', values: EVIDENCE_TYPES },
    evidence_text: { kind: 'string', required: true, min: 1, max: 500 },
  });
  return added(world, request, { evidence_text: text(request.body, 'evidence_text')! });
}

function addFile(world: World, request: Request): Answer {
  check(request.body, {
    idempotency_key: KEY,
    evidence_type: { kind: 'string', values: EVIDENCE_TYPES },
    content_type: { kind: 'string', min: 1, max: 40 },
    image_file: { kind: 'object', required: true },
  });
  const file = part(request.body, 'image_file')!;
  const filetype = text(request.body, 'content_type') ?? text(file, 'content_type') ?? '';
  if (!FILE_TYPES.includes(filetype)) {
    throw refuse('INVALID_CONTENT_TYPE', `Evidence is one of ${FILE_TYPES.join(', ')}.`, 'image_file');
  }
  const length = Number(file['length']);
  if (length === 0) throw refuse('VALUE_EMPTY', 'The file is empty.', 'image_file');
  if (length > LARGEST_EVIDENCE_BYTES) throw refuse('VALUE_TOO_LONG', 'The file is too large.', 'image_file');
  const filename = (text(file, 'filename') || 'evidence').slice(-40);
  return added(world, request, { evidence_file: { filename, filetype } });
}

function added(world: World, request: Request, content: Partial<Evidence>): Answer {
  const { dispute, hidden } = findOpen(world, request);
  const id = world.id('', 22);
  const at = iso(world.now());
  const type = text(request.body, 'evidence_type');
  const evidence: Evidence = {
    id,
    evidence_id: id,
    dispute_id: dispute.id,
    ...(type === undefined ? {} : { evidence_type: type }),
    ...content,
    uploaded_at: at,
  };
  const evidence_ids = [...(dispute.evidence_ids ?? []), id];
  const next = { ...dispute, evidence_ids, updated_at: at, version: dispute.version + 1 };
  return {
    status: 200,
    body: { evidence },
    changes: [{ table: 'dispute_evidence', id, value: { evidence } }, saved({ dispute: next, hidden })],
  };
}

function findEvidence(world: World, request: Request): Evidence {
  const { dispute } = find(world, request);
  const evidence = world.books.get('dispute_evidence', request.parameters['evidence_id']!)?.evidence;
  if (evidence?.dispute_id !== dispute.id) throw refuse('NOT_FOUND', 'Evidence not found.', 'evidence_id');
  return evidence;
}

function remove(world: World, request: Request): Answer {
  const { dispute, hidden } = findOpen(world, request);
  const { id } = findEvidence(world, request);
  const { evidence_ids: before = [], ...rest } = dispute;
  const left = before.filter(other => other !== id);
  const next = { ...rest, ...(left.length > 0 ? { evidence_ids: left } : {}), version: dispute.version + 1 };
  const changes: Change[] = [{ table: 'dispute_evidence', id, value: null }];
  return { status: 200, body: {}, changes: [...changes, saved({ dispute: next, hidden })] };
}

function listEvidence(world: World, pager: Pager, request: Request): Answer {
  const { dispute } = find(world, request);
  const evidence = world.books.all('dispute_evidence').map(record => record.evidence);
  const mine = evidence.filter(entry => entry.dispute_id === dispute.id);
  return pageAnswer(pager, 'evidence', mine, {
    key: entry => entry.uploaded_at,
    id: entry => entry.id,
    descending: false,
    limit: PAGE,
    cursor: request.query.get('cursor'),
    parameters: cursorParameters(request.query) + dispute.id,
  });
}

function list(world: World, pager: Pager, query: URLSearchParams): Answer {
  const location = query.get('location_id');
  if (location !== null) requireLocation(world, location);
  const states = query.getAll('states').flatMap(entry => entry.split(','));
  const disputes = world.books
    .all('disputes')
    .map(record => record.dispute)
    .filter(dispute => states.length === 0 || states.includes(dispute.state));
  return pageAnswer(pager, 'disputes', disputes, {
    key: dispute => dispute.created_at,
    id: dispute => dispute.id,
    descending: true,
    limit: PAGE,
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
}

/** What tests may know of the money behind the disputes. */
export function disputeFunds(world: World): JsonObject[] {
  return world.books.all('disputes').map(({ dispute, hidden }) => ({ ...dispute, funds: hidden.funds }));
}
