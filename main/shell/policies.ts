import { SIMULATOR_SCRIPT_ORIGIN } from './origins.ts';

/** Which Square answers the card fields. `simulator` is the built-in stand-in that training mode always uses. */
export type SquareSite = 'production' | 'sandbox' | 'simulator';

const SCRIPT_ORIGINS: Record<SquareSite, string> = {
  production: 'https://web.squarecdn.com',
  sandbox: 'https://sandbox.web.squarecdn.com',
  simulator: SIMULATOR_SCRIPT_ORIGIN,
};

/** Square's documented hosts for connections (developer.squareup.com/docs/web-payments/content-security-policy). */
const CONNECT_ORIGINS: Record<SquareSite, string[]> = {
  production: ['https://pci-connect.squareup.com', 'https://o160250.ingest.sentry.io'],
  sandbox: ['https://pci-connect.squareupsandbox.com', 'https://o160250.ingest.sentry.io'],
  simulator: [],
};

const SQUARE_FONT_ORIGINS = [
  'https://square-fonts-production-f.squarecdn.com',
  'https://d1g145x70srn7h.cloudfront.net',
];

/** No powerful feature is needed by any page of ours; the permission handlers refuse them a second time. */
const PERMISSIONS = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

const PERMISSIONS_POLICY = PERMISSIONS.map(name => `${name}=()`).join(', ');

/** The one site that may serve Square's script at this address, or null when the address is none of the three. */
export function squareSiteOf(scriptUrl: string): SquareSite | null {
  const sites = Object.keys(SCRIPT_ORIGINS) as SquareSite[];
  return sites.find(site => scriptUrl === `${SCRIPT_ORIGINS[site]}/v1/square.js`) ?? null;
}

/**
 * The desk loads nothing but its own bundle and connects to nothing. Svelte 5 parses its templates through the one
 * Trusted Types policy `svelte-trusted-html`; no other policy may be created, so no other text becomes markup.
 */
export function deskPolicy(): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "frame-src 'none'",
    "worker-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ].join('; ');
}

/**
 * The payment page may load Square's script and frames. A bank's challenge comes from the bank's own host, which no
 * list can name, so frames and forms are open to https with Square and to the simulator alone in training. Square's
 * script is not written for Trusted Types, so this page cannot demand them.
 */
export function payPolicy(site: SquareSite): string {
  const script = SCRIPT_ORIGINS[site];
  const training = site === 'simulator';
  return [
    "default-src 'none'",
    `script-src 'self' ${script}`,
    `style-src 'self' ${script} 'unsafe-inline'`,
    `connect-src ${[script, ...CONNECT_ORIGINS[site]].join(' ')}`,
    `frame-src ${training ? script : 'https:'}`,
    `font-src ${training ? script : SQUARE_FONT_ORIGINS.join(' ')}`,
    "img-src 'self' data:",
    `form-action ${training ? script : 'https:'}`,
    "base-uri 'none'",
    // Without it scripts of this origin could become service workers, which outlive the page.
    "worker-src 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Paper is text, its own style and pictures that are part of the document. Scripts are switched off as well. */
export function paperPolicy(): string {
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    'sandbox',
  ].join('; ');
}

/** The headers of every answer of ours, whatever its status, so that an error page is as closed as a page. */
export function pageHeaders(policy: string, referrer: 'no-referrer' | 'strict-origin'): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': PERMISSIONS_POLICY,
    'referrer-policy': referrer,
    'x-content-type-options': 'nosniff',
  };
}
