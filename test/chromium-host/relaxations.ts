/**
 * The only two rules that the preview relaxes, both because Electron places the payment view as a native view over the
 * window, while here it is a frame inside the desk page:
 *
 * 1. the desk page's policy gets `frame-src` for the payment page, so that the frame may be there at all;
 * 2. the payment page's `frame-ancestors` (and its older spelling, X-Frame-Options) becomes the desk page.
 *
 * Every other header reaches the browser by value.
 */

/** The page that is placed over the desk page. A view may be added after the desk page loaded, so this is fixed. */
const viewOrigin = 'https://pay.tillside.localhost';

type Policy = Map<string, string[]>;

function parsePolicy(text: string): Policy {
  const directives = text.split(';').map(part => part.trim().split(/\s+/));
  return new Map(directives.filter(words => words[0]).map(([name, ...sources]) => [name!.toLowerCase(), sources]));
}

function formatPolicy(policy: Policy): string {
  return [...policy].map(([name, sources]) => [name, ...sources].join(' ')).join('; ');
}

function eachPolicy(headers: Headers, change: (policy: Policy) => void): void {
  const value = headers.get('content-security-policy');
  if (value === null) return;
  // Several policies arrive joined by commas; each of them must allow what the preview needs.
  const changed = value.split(',').map(text => {
    const policy = parsePolicy(text);
    change(policy);
    return formatPolicy(policy);
  });
  headers.set('content-security-policy', changed.join(', '));
}

/** Relaxation 1, for the document of a window, which may carry an overlay frame. */
export function allowFrames(headers: Headers): void {
  eachPolicy(headers, policy => {
    const inherited = policy.get('frame-src') ?? policy.get('child-src') ?? policy.get('default-src');
    // A policy that does not restrict frames needs nothing.
    if (!inherited) return;
    policy.set('frame-src', [...inherited.filter(source => source !== "'none'"), viewOrigin]);
  });
}

/** Relaxation 2, for the document of an overlay frame. */
export function allowEmbedding(headers: Headers, windowOrigin: string): void {
  headers.delete('x-frame-options');
  eachPolicy(headers, policy => {
    if (policy.has('frame-ancestors')) policy.set('frame-ancestors', [windowOrigin]);
  });
}
