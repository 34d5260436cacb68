/** The switches for the browser under the preview. Nothing may leave the machine but through a handler of main. */

const disabledFeatures = [
  'Translate',
  'LocalNetworkAccessChecks',
  'MediaRouter',
  'OptimizationHints',
  'AutofillServerCommunication',
  'CertificateTransparencyComponentUpdater',
  'DialMediaRouteProvider',
  'HttpsUpgrades',
  'PaintHolding',
  'GlobalMediaControls',
  'ThirdPartyStoragePartitioning',
  // The payment page and the desk page share a site; one process lets one debugging session see both frames.
  'OriginKeyedProcessesByDefault',
];

export type FlagOptions = {
  isRoot: boolean;
  width: number;
  height: number;
  /** Opens a debugging port for tests; 0 lets the system choose. */
  debuggingPort: number | undefined;
  /** Switches that main appended with app.commandLine. */
  appended: readonly string[];
  /** A window without tabs and address bar; not for a headless browser. */
  appWindow: boolean;
};

/**
 * Interception is the rule and these switches are the wall behind it: names resolve to nothing and every connection,
 * loopback too, goes to a proxy that does not exist.
 */
export function chromiumFlags(options: FlagOptions): string[] {
  const appendedFeatures = options.appended
    .filter(flag => flag.startsWith('--disable-features='))
    .flatMap(flag => flag.slice('--disable-features='.length).split(','));
  return [
    `--disable-features=${[...disabledFeatures, ...appendedFeatures].join(',')}`,
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--proxy-server=127.0.0.1:9',
    '--proxy-bypass-list=<-loopback>',
    // What main asks of every page by setWebRTCIPHandlingPolicy.
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-sync',
    '--no-pings',
    '--no-first-run',
    '--no-default-browser-check',
    '--deny-permission-prompts',
    '--disable-session-crashed-bubble',
    '--disable-save-password-bubble',
    '--password-store=basic',
    `--window-size=${options.width},${options.height}`,
    ...(options.appWindow ? ['--app=about:blank'] : []),
    ...(options.debuggingPort === undefined ? [] : [`--remote-debugging-port=${options.debuggingPort}`]),
    ...(options.isRoot ? ['--no-sandbox'] : []),
    ...options.appended.filter(flag => !flag.startsWith('--disable-features=')),
  ];
}
