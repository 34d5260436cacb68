/**
 * Looks at how the app was started, before anything is opened. Chromium, Node and the system's loader can all be told
 * by a switch or a variable to open a debugger, to trust somebody else's certificates or to write keys to a file.
 * See docs/adr/0012-start-guards.md.
 */
export type StartFacts = {
  /** Everything behind the program, as the system handed it over. */
  readonly switches: readonly string[];
  /** What the runtime itself was given. Empty in Electron. */
  readonly runtimeSwitches: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly isPackaged: boolean;
  /** The address of the running bundle: inside an archive it was packaged, whatever the program is called now. */
  readonly bundle: string;
  readonly platform: NodeJS.Platform;
};

/** What was found, by name. Never its value, which may be a secret or a path. */
export type Danger = { readonly kind: 'switch' | 'variable' | 'unknown switch' | 'program'; readonly name: string };

export type StartVerdict = {
  /** Why the app must not start, or null. */
  readonly refused: Danger | null;
  /** What weakens a start for development that goes on. It is said, and real money is refused. */
  readonly weakened: readonly Danger[];
};

/** Write secrets to a file, or take the meaning out of TLS. Refused in every start. A family ends in `*`. */
const NEVER_SWITCHES = [
  'allow-insecure-localhost',
  'allow-running-insecure-content',
  'disable-web-security',
  'ignore-certificate-errors*',
  'insecure-http-parser',
  'log-net-log',
  'net-log*',
  'openssl-legacy-provider',
  'ssl-key-log-file',
  'ssl-version-*',
  'tls-cipher-list',
  'tls-keylog',
  'tls-max-*',
  'tls-min-*',
  'unsafely-treat-insecure-origin-as-secure',
];
const NEVER_VARIABLES = ['NODE_TLS_REJECT_UNAUTHORIZED', 'SSLKEYLOGFILE'];

/** What a developer may need, and nobody at a desk. */
const DEVELOPER_SWITCHES = [
  ...['inspect*', 'debug*', 'remote-debugging-*', 'remote-allow-origins', 'enable-automation', 'wait-for-debugger*'],
  ...['auto-open-devtools-for-tabs', 'custom-devtools-frontend', 'no-sandbox', 'disable-*-sandbox', 'no-zygote'],
  ...['no-unsandboxed-zygote', 'allow-sandbox-debugging', 'single-process', 'in-process-gpu', 'test-type'],
  ...['disable-site-isolation-*', 'site-per-process-disabled', 'allow-file-access*', 'disable-webrtc-encryption'],
  ...['ignore-connections-limit', 'proxy-*', 'host-rules', 'host-resolver-rules', 'auth-*', 'use-system-ca'],
  ...['use-openssl-ca', 'openssl-config', 'openssl-shared-config', 'js-flags', 'require', 'r', 'import', 'loader'],
  ...['experimental-loader', 'eval', 'e', 'env-file*', 'load-extension', 'disable-extensions-except', '*-cmd-prefix'],
  ...['gpu-launcher', '*-startup-dialog', 'enable-features', 'disable-features', 'enable-blink-features'],
  ...['disable-blink-features', 'enable-experimental-web-platform-features', 'use-mock-keychain', 'enable-logging'],
  ...['log-file', 'log-level', 'v', 'vmodule', 'trace-*', 'enable-tracing*', 'crash-dumps-dir', 'cpu-prof*'],
  ...['enable-crash-reporter*', 'full-memory-crash-report', 'heap-prof*', 'heapsnapshot-*', 'report-*', 'prof'],
  ...['diagnostic-dir', 'redirect-warnings', 'abort-on-uncaught-exception', 'expose-*', 'user-data-dir'],
];
const DEVELOPER_VARIABLES = [
  ...['ELECTRON_RUN_AS_NODE', 'ELECTRON_NO_ASAR', 'ELECTRON_ENABLE_LOGGING', 'ELECTRON_LOG_FILE'],
  ...['ELECTRON_ENABLE_STACK_DUMPING', 'ELECTRON_LOG_ASAR_READS', 'ELECTRON_OVERRIDE_DIST_PATH'],
  ...['NODE_OPTIONS', 'NODE_REPL_EXTERNAL_MODULE', 'NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'NODE_USE_ENV_PROXY'],
  ...['NODE_DEBUG', 'NODE_DEBUG_NATIVE', 'NODE_PATH', 'NODE_V8_COVERAGE', 'NODE_COMPILE_CACHE', 'NODE_ICU_DATA'],
  ...['NODE_REDIRECT_WARNINGS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'OPENSSL_CONF', 'OPENSSL_MODULES', 'OPENSSL_ENGINES'],
  ...['CHROME_DEVEL_SANDBOX', 'CHROME_LOG_FILE', 'LD_PRELOAD', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES'],
];

/** What systems and people do give a packaged app. Any other switch is refused, so that a new one opens nothing. */
const KNOWN_SWITCHES = [
  ...['data', 'updated', 'lang', 'password-store', 'force-device-scale-factor', 'force-color-profile'],
  ...['force-renderer-accessibility', 'force-high-contrast', 'high-dpi-support', 'disable-gpu', 'gtk-version'],
  ...['ozone-platform*', 'enable-wayland-ime', 'wayland-text-input-version', 'disable-dev-shm-usage'],
  // Ours for development. A packaged app does not obey them.
  ...['square-base-url', 'square-production-url', 'gateway-timeout-ms', 'training-network', 'quick-passwords'],
];
/** macOS adds these when an app is opened from the Finder or with settings of its own. */
const KNOWN_ON_MAC = ['psn-*', 'apple*', 'ns*'];

/** A name goes into a message and into the log; one that is longer is no name. */
const LONGEST_NAME = 60;

export function judgeStart(facts: StartFacts): StartVerdict {
  const { isPackaged, runtimeSwitches } = facts;
  const isRenamed = !isPackaged && /\.asar(\/|$)/.test(facts.bundle);
  if (isRenamed) return { refused: { kind: 'program', name: 'its program' }, weakened: [] };
  const options = wordsOf(facts.variables['NODE_OPTIONS']);
  const given = [...facts.switches, ...runtimeSwitches, ...options];
  const never = [
    ...named('switch', given, one => matches(NEVER_SWITCHES, switchName(one))),
    ...variablesIn(facts, NEVER_VARIABLES),
  ];
  // The preview is a Node that was told to load the stand-in for Electron: that alone weakens nothing.
  const asked = isPackaged ? given : [...facts.switches, ...options];
  const found = [...named('switch', asked, isForDevelopers), ...variablesIn(facts, DEVELOPER_VARIABLES)];
  if (!isPackaged) return { refused: never[0] ?? null, weakened: found };
  const unknown = named('unknown switch', facts.switches, one => isUnknown(one, facts.platform));
  return { refused: [...never, ...found, ...unknown][0] ?? null, weakened: [] };
}

/** The sentence for a person who wanted to start the app. */
export function refusalSentence({ kind, name }: Danger): string {
  if (kind === 'program') {
    return 'Tillside did not start, because its program was renamed or copied. Install it again, then start it.';
  }
  if (kind === 'unknown switch') {
    return (
      `Tillside did not start, because it does not know the switch --${name}. A switch can weaken what protects ` +
      'card payments. Remove it and start Tillside again.'
    );
  }
  return (
    `Tillside did not start, because the ${kind} ${kind === 'switch' ? `--${name}` : name} is set. It could expose ` +
    'card payments or keys on this computer. Remove it and start Tillside again. If you did not set it, tell the ' +
    'person who looks after this computer.'
  );
}

/** The line for the terminal of a start that goes on although something weakens it. */
export function weakenedSentence(weakened: readonly Danger[]): string {
  const names = weakened.map(({ kind, name }) => (kind === 'variable' ? name : `--${name}`)).join(', ');
  return `This start is weakened by ${names}. That is fine for training; Square's production is refused.`;
}

function named(kind: 'switch' | 'unknown switch', given: readonly string[], rule: (one: string) => boolean): Danger[] {
  return given.filter(rule).map(one => ({ kind, name: switchName(one) ?? '' }));
}

function variablesIn({ variables }: StartFacts, rules: readonly string[]): Danger[] {
  return Object.keys(variables)
    .filter(name => variables[name] !== undefined && variables[name] !== '')
    .map(name => name.toUpperCase())
    .filter(name => rules.includes(name))
    .map(name => ({ kind: 'variable', name }));
}

function isForDevelopers(argument: string): boolean {
  const name = switchName(argument);
  if (name === 'password-store') return /=\s*basic/i.test(argument);
  return matches(DEVELOPER_SWITCHES, name);
}

/** A path on Linux begins as a switch on Windows does; there only the known dangers are looked for. */
function isUnknown(argument: string, platform: NodeJS.Platform): boolean {
  const name = switchName(argument);
  if (name === null || (argument.trim().startsWith('/') && platform !== 'win32')) return false;
  return !matches(platform === 'darwin' ? [...KNOWN_SWITCHES, ...KNOWN_ON_MAC] : KNOWN_SWITCHES, name);
}

/**
 * The name of a switch: `-x`, `--x` and Windows' `/x` are one to Chromium, which also ignores space around them. In
 * lower case, with `_` read as `-`, as Node reads it. Null when the argument is none.
 */
function switchName(argument: string): string | null {
  const dashed = /^-{1,2}([^=\s-][^=\s]*)/.exec(argument.trim()) ?? /^\/([A-Za-z][\w-]*)(?=$|=)/.exec(argument.trim());
  return dashed === null ? null : dashed[1]!.slice(0, LONGEST_NAME).toLowerCase().replaceAll('_', '-');
}

function matches(rules: readonly string[], name: string | null): boolean {
  if (name === null) return false;
  return rules.some(rule => {
    const [start = '', end] = rule.split('*');
    return end === undefined ? name === rule : name.startsWith(start) && name.endsWith(end);
  });
}

const wordsOf = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter(word => word !== '');
