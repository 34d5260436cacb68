import type { App } from 'electron';
import { denyNavigation } from './navigation.ts';
import { refusePermissions } from './permissions.ts';

/**
 * Switches that open a debugger, weaken the sandbox, the certificates or the key store, redirect the network, or write
 * secrets to a file. A family ends in `*`. Compared without prefix, in lower case, with `_` read as `-`.
 */
const DANGEROUS_SWITCHES = [
  'inspect*',
  'debug*',
  'remote-debugging-*',
  'remote-allow-origins',
  'enable-automation',
  'no-sandbox',
  'disable-setuid-sandbox',
  'disable-seccomp-filter-sandbox',
  'disable-namespace-sandbox',
  'disable-gpu-sandbox',
  'no-zygote',
  'single-process',
  'in-process-gpu',
  'disable-web-security',
  'disable-site-isolation-*',
  'site-per-process-disabled',
  'allow-running-insecure-content',
  'allow-insecure-localhost',
  'unsafely-treat-insecure-origin-as-secure',
  'ignore-certificate-errors*',
  'ignore-connections-limit',
  'ssl-version-min',
  'ssl-version-max',
  'ssl-key-log-file',
  'log-net-log',
  'net-log-capture-mode',
  'proxy-*',
  'host-rules',
  'host-resolver-rules',
  'js-flags',
  'require',
  'r',
  'import',
  'eval',
  'load-extension',
  'disable-extensions-except',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
  'gpu-launcher',
  'disable-features',
  'enable-blink-features',
  'disable-blink-features',
  'enable-experimental-web-platform-features',
  'use-mock-keychain',
  'enable-logging',
  'log-file',
  'tls-keylog',
  'use-system-ca',
];

const DANGEROUS_VARIABLES = [
  'ELECTRON_RUN_AS_NODE',
  'ELECTRON_NO_ASAR',
  'ELECTRON_ENABLE_LOGGING',
  'ELECTRON_LOG_FILE',
  'NODE_OPTIONS',
  'NODE_REPL_EXTERNAL_MODULE',
  'NODE_EXTRA_CA_CERTS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_USE_SYSTEM_CA',
  'NODE_DEBUG',
  'SSLKEYLOGFILE',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/**
 * Rules for the whole app, to be called before the app is ready: every process sandboxed, and every page and session
 * closed by default, also one that a later change forgets to close.
 */
export function hardenApp(app: App): void {
  app.enableSandbox();
  app.on('session-created', session => refusePermissions(session));
  app.on('web-contents-created', (_event, contents) => denyNavigation(contents));
}

/**
 * The sentence to show when a packaged app was started with a switch or variable that would weaken it, else undefined.
 * It names the switch and never its value, which may be a secret or a path. Development may use them.
 */
export function refuseDangerousStart(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  isPackaged: boolean,
): string | undefined {
  if (!isPackaged) return undefined;
  const found = argv
    .slice(1)
    .map(dangerousSwitch)
    .find(name => name !== undefined);
  if (found !== undefined) return refusal(`the switch --${found}`);
  const names = Object.keys(env).filter(name => env[name] !== undefined && env[name] !== '');
  const variable = names.find(name => DANGEROUS_VARIABLES.includes(name.toUpperCase()));
  return variable === undefined ? undefined : refusal(`the variable ${variable.toUpperCase()}`);
}

function refusal(what: string): string {
  return (
    `Tillside did not start, because ${what} is set. It could expose card payments or keys on this computer. ` +
    'Remove it and start Tillside again. If you did not set it, tell the person who looks after this computer.'
  );
}

/** The name of a dangerous switch. `-x`, `--x` and Windows' `/x` are one switch to Chromium. */
function dangerousSwitch(argument: string): string | undefined {
  const parts = /^(?:--?|\/)([A-Za-z][A-Za-z0-9_-]*)(?:=(.*))?$/s.exec(argument);
  if (parts === null) return undefined;
  const name = parts[1]!.toLowerCase().replaceAll('_', '-');
  if (name === 'password-store') return parts[2]?.toLowerCase() === 'basic' ? name : undefined;
  const matches = DANGEROUS_SWITCHES.some(rule =>
    rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule,
  );
  return matches ? name : undefined;
}
