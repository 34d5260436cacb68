import type { Session } from 'electron';
import { app, session } from 'electron';
import { answerFromBundle } from './bundle-files.ts';
import { DESK_ORIGIN, originOf } from './origins.ts';
import { refusePermissions } from './permissions.ts';
import { deskPolicy, pageHeaders } from './policies.ts';

/** Sessions live as long as the app. A window that opens a second time finds its session with the handler in place. */
const prepared = new WeakSet<Session>();

/**
 * The session of the desk: in memory, and with nothing in it but the bundle. The protocol handler refuses other hosts
 * and the request filter cancels every other scheme, so even a page that escaped its policy reaches no network.
 */
export function openDeskSession(bundleDirectory: string): Session {
  const desk = session.fromPartition('desk', { cache: false });
  if (prepared.has(desk)) return desk;
  prepared.add(desk);
  const headers = pageHeaders(deskPolicy(), 'no-referrer');
  refusePermissions(desk);
  desk.protocol.handle('https', request => {
    if (originOf(request.url) !== DESK_ORIGIN) return new Response(null, { status: 403, headers });
    return answerFromBundle(bundleDirectory, request, headers);
  });
  desk.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !mayLoad(details.url) }));
  return desk;
}

/** Pictures inside the document are `data:`; the developer tools of an unpackaged app load themselves. */
function mayLoad(url: string): boolean {
  if (originOf(url) === DESK_ORIGIN) return true;
  return url.startsWith('data:image/') || (!app.isPackaged && url.startsWith('devtools://devtools/'));
}
