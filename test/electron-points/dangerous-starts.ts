/** Switches and variables with which a packaged app must not start. The value must never be repeated. */
export const SECRET = 'value-that-is-nobodys-business';

export const DANGEROUS_SWITCHES = [
  ...['--inspect', `--inspect=${SECRET}`, '--inspect-brk', '--inspect_brk', '-inspect', ' --inspect', '--INSPECT'],
  ...['--remote-debugging-port=9222', '--remote-debugging-pipe', '--remote-allow-origins=*', '--wait-for-debugger'],
  ...['--no-sandbox', '--no_sandbox', '\t--no-sandbox ', '--disable-setuid-sandbox', '--disable-gpu-sandbox'],
  ...['--disable-landlock-sandbox', '--no-zygote', '--single-process', '--in-process-gpu'],
  ...['--disable-web-security', '--disable-site-isolation-trials', '--allow-running-insecure-content'],
  ...['--ignore-certificate-errors', `--ignore-certificate-errors-spki-list=${SECRET}`, '--allow-insecure-localhost'],
  ...[`--unsafely-treat-insecure-origin-as-secure=${SECRET}`, `--proxy-server=${SECRET}`, `--proxy-pac-url=${SECRET}`],
  ...[`--host-resolver-rules=${SECRET}`, `--host-rules=${SECRET}`, `--js-flags=${SECRET}`, '--password-store=basic'],
  ...['--use-mock-keychain', `--log-net-log=${SECRET}`, `--ssl-key-log-file=${SECRET}`, '--ssl-version-min=tls1'],
  ...[`--tls-keylog=${SECRET}`, '--tls-min-v1.0', `--load-extension=${SECRET}`, `--renderer-cmd-prefix=${SECRET}`],
  ...[`--gpu-launcher=${SECRET}`, `--require=${SECRET}`, '-r', `--import=${SECRET}`, '--enable-logging'],
  ...[`--log-file=${SECRET}`, `--crash-dumps-dir=${SECRET}`, '--enable-crash-reporter', `--user-data-dir=${SECRET}`],
  ...[`--trace-startup=${SECRET}`, '--auto-open-devtools-for-tabs', `--enable-features=${SECRET}`, '--test-type'],
  ...['--disable-features=NetworkServiceSandbox', '--allow-file-access-from-files', '--disable-webrtc-encryption'],
  ...[
    `--a-switch-of-next-year=${SECRET}`,
    '--expose-internals',
    `--diagnostic-dir=${SECRET}`,
    '--heapsnapshot-signal=SIGUSR2',
  ],
  ...['--auth-server-allowlist=*', '--use-openssl-ca', '--insecure-http-parser', '--vmodule=*=9'],
];

export const DANGEROUS_VARIABLES = [
  ...['ELECTRON_RUN_AS_NODE', 'ELECTRON_NO_ASAR', 'ELECTRON_ENABLE_LOGGING', 'ELECTRON_LOG_FILE', 'NODE_OPTIONS'],
  ...['NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED', 'NODE_USE_SYSTEM_CA', 'NODE_USE_ENV_PROXY', 'NODE_DEBUG'],
  ...['NODE_PATH', 'NODE_V8_COVERAGE', 'NODE_COMPILE_CACHE', 'NODE_REPL_EXTERNAL_MODULE', 'SSLKEYLOGFILE'],
  ...['sslkeylogfile', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'OPENSSL_CONF', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES'],
  ...['CHROME_DEVEL_SANDBOX', 'ELECTRON_ENABLE_STACK_DUMPING'],
];

/** Write secrets down or take the meaning out of TLS: refused in a start for development as well. */
export const REFUSED_ALWAYS = {
  switches: [
    '--ignore-certificate-errors',
    `--ssl-key-log-file=${SECRET}`,
    `--tls-keylog=${SECRET}`,
    '--disable-web-security',
  ],
  variables: ['SSLKEYLOGFILE', 'NODE_TLS_REJECT_UNAUTHORIZED'],
};
