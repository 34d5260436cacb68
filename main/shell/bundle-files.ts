import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** Only what a bundle of ours can hold. A file of any other kind is not served, even when it is there. */
const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

/** Letters, digits, dash, underscore, inner dots: no `..`, hidden file, drive, stream or second encoding. */
const SAFE_SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** Windows opens these as devices whatever their ending is. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * The file inside `directory` that a path of an address names, or null when there is none or the path is not one that
 * a bundle can contain. Links are followed first, so a link that leads out of the bundle finds nothing.
 */
export async function findBundleFile(directory: string, pathname: string): Promise<string | null> {
  const path = pathname === '/' ? '/index.html' : pathname;
  if (!path.startsWith('/')) return null;
  const segments = path.slice(1).split('/');
  if (!segments.every(segment => SAFE_SEGMENT.test(segment) && !DEVICE_NAME.test(segment))) return null;
  if (CONTENT_TYPES[extname(path)] === undefined) return null;
  try {
    const root = await realpath(directory);
    const file = await realpath(join(root, ...segments));
    return file.startsWith(root + sep) ? file : null;
  } catch {
    // A missing file and an unreadable one look the same from outside.
    return null;
  }
}

/** Answers a request from a bundle: the file with its type, else 404 or 405 with the same closed headers. */
export async function answerFromBundle(
  directory: string,
  request: Request,
  headers: Record<string, string>,
): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405, headers });
  const file = await findBundleFile(directory, new URL(request.url).pathname);
  if (file === null) return new Response(null, { status: 404, headers });
  const body = await readFile(file).catch(() => null);
  if (body === null) return new Response(null, { status: 404, headers });
  const type = CONTENT_TYPES[extname(file)] ?? 'application/octet-stream';
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), {
    status: 200,
    headers: { ...headers, 'content-type': type },
  });
}
