/** The content policies that every page must have, for each of Square's places. */
import type { StartName } from './facts.ts';

const SQUARE: Readonly<Record<string, readonly [script: string, connect: string]>> = {
  training: ['https://web.squarecdn.tillside.localhost', ''],
  sandbox: ['https://sandbox.web.squarecdn.com', 'https://pci-connect.squareupsandbox.com'],
  production: ['https://web.squarecdn.com', 'https://pci-connect.squareup.com'],
};
const FONTS = 'https://square-fonts-production-f.squarecdn.com https://d1g145x70srn7h.cloudfront.net';

/** Written out a second time, from Square's documentation and the design, and compared as a whole. */
export function policyOf(session: string, start: StartName): string {
  if (session === 'desk') {
    return (
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
      "connect-src 'none'; frame-src 'none'; worker-src 'none'; form-action 'none'; base-uri 'none'; " +
      "object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
      'trusted-types svelte-trusted-html'
    );
  }
  if (session === 'paper') {
    return (
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; " +
      "base-uri 'none'; frame-ancestors 'none'; sandbox"
    );
  }
  const [script, connect] = SQUARE[start] ?? SQUARE['training']!;
  const reporting = 'https://o160250.ingest.sentry.io';
  const reach = connect === '' ? [script, script, script] : [`${script} ${connect} ${reporting}`, 'https:', FONTS];
  return (
    `default-src 'none'; script-src 'self' ${script}; style-src 'self' ${script} 'unsafe-inline'; ` +
    `connect-src ${reach[0]}; frame-src ${reach[1]}; font-src ${reach[2]}; img-src 'self' data:; ` +
    `form-action ${reach[1]}; base-uri 'none'; worker-src 'none'; object-src 'none'; frame-ancestors 'none'`
  );
}

/** `pay` for `pay-1`, and for `persist:pay-1` too: what the session is for. */
export const kindOf = (session: string): string => session.replace(/-\d+$/, '').replace(/^.*:/, '');
