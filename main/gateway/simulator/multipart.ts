/** Forms with a file: the JSON part named `request`, and what is known of the file, which itself is not kept. */
import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from './checks.ts';
import { refuse } from './errors.ts';

/** The fields of the JSON part, with `image_file` {filename, content_type, length in bytes, sha256} beside them. */
export function parseForm(bytes: Buffer, contentType: string): JsonObject {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw refuse('INVALID_CONTENT_TYPE', 'Expected a form with a boundary.');
  let body: JsonObject = {};
  const mark = Buffer.from(`--${boundary}`);
  for (let start = bytes.indexOf(mark); start !== -1;) {
    const from = start + mark.length + 2;
    start = bytes.indexOf(mark, from);
    const split = bytes.indexOf('\r\n\r\n', from);
    if (start === -1 || split === -1 || split > start) break;
    const head = bytes.toString('utf8', from, split);
    const content = bytes.subarray(split + 4, start - 2);
    const name = /name="([^"]*)"/.exec(head)?.[1];
    if (name === 'request') body = { ...body, ...parseRequest(content) };
    if (name === 'image_file') body['image_file'] = describe(head, content);
  }
  return body;
}

function parseRequest(content: Buffer): JsonObject {
  try {
    const parsed: unknown = JSON.parse(content.toString('utf8'));
    if (isObject(parsed)) return parsed;
  } catch {
    // Refused below, as any other text that is no object.
  }
  throw refuse('EXPECTED_JSON_BODY', 'Expected a JSON object.', 'request');
}

function describe(head: string, content: Buffer): JsonObject {
  return {
    filename: /filename="([^"]*)"/.exec(head)?.[1] ?? '',
    content_type: /content-type: *([^\s;]+)/i.exec(head)?.[1]?.toLowerCase() ?? '',
    length: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}
