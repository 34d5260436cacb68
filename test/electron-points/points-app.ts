/** The points about the app as a whole: bridges, start, memory and package. */
import { inEachStart, type Facts, type Point } from './facts.ts';
import type { Bridge } from './preloads.ts';

const BRIDGES: Readonly<Record<'desk' | 'pay', Omit<Bridge, 'leaked' | 'broke'>>> = {
  desk: {
    exposed: { desk: ['call', 'on'] },
    required: ['electron'],
    reached: ['invoke desk:call'],
    subscribed: ['desk:event'],
  },
  pay: {
    exposed: { pay: ['listen', 'tell'] },
    required: ['electron'],
    reached: ['send pay:tell'],
    subscribed: ['pay:command'],
  },
};

function bridgeProblems(name: 'desk' | 'pay', bridge: Bridge): string[] {
  if (bridge.broke !== null) return [`${name} broke: ${bridge.broke}`];
  const wanted = BRIDGES[name];
  const differs = (['exposed', 'required', 'reached'] as const).filter(
    what => JSON.stringify(bridge[what]) !== JSON.stringify(wanted[what]),
  );
  const subscribed = bridge.subscribed.filter(channel => !wanted.subscribed.includes(channel));
  return [
    ...differs.map(what => `${name}: ${what} is ${JSON.stringify(bridge[what])}`),
    ...subscribed.map(channel => `${name} listens on ${channel}`),
    ...[...new Set(bridge.leaked)].map(what => `${name} hands out ${what}`),
  ];
}

/** A file of the bundle, with nothing among its variables and no switch for the engine. */
const OWN_WORKER =
  /^utilityProcess\.fork [^ ]*\/main\/[\w-]+-worker\.js \[[^\]]*\] \{(?=[^]*"env":\{\})(?![^]*"execArgv")[^]*\}$/;

const withPacked =
  (judge: (packed: NonNullable<Facts['packed']>) => readonly string[]) =>
  ({ packed }: Facts): readonly string[] =>
    packed === null ? [] : judge(packed);

const FUSES: Readonly<Record<string, boolean>> = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
};

const MAY_BE_PACKED = [
  /^package\.json$/,
  /^dist\/main\/[\w-]+\.js$/,
  /^dist\/main\/browser\/[\w-]+\.(html|css|js)$/,
  /^dist\/preload\/(desk|pay)\.cjs$/,
  /^dist\/renderer\/(desk|pay)\/index\.html$/,
  /^dist\/renderer\/(desk|pay)\/assets\/[\w.-]+\.(js|css|woff2|svg|png)$/,
];
const MUST_BE_PACKED = ['package.json', 'dist/main/index.js', 'dist/preload/desk.cjs', 'dist/preload/pay.cjs'];

/** What the configuration must say beside the fuses, by path; a value left out would be the tool's to choose. */
const CONFIG: Readonly<Record<string, unknown>> = {
  asar: true,
  npmRebuild: false,
  'mac.hardenedRuntime': true,
  'mac.entitlements': 'scripts/packaging/entitlements.mac.plist',
  'mac.entitlementsInherit': 'scripts/packaging/entitlements.mac.plist',
  'appImage.executableArgs': [],
  'nsis.deleteAppDataOnUninstall': false,
  publish: null,
};
/** Doors into the app, and files beside the archive, whose content nothing checks. */
const ABSENT = [
  ...[
    'fileAssociations',
    'protocols',
    'extraFiles',
    'extraResources',
    'snap',
    'linux.executableArgs',
    'deb.afterInstall',
  ],
  ...['disableAsarIntegrity', 'disableSanityCheckAsar', 'linux.fileAssociations', 'mac.fileAssociations'],
  ...[
    'win.fileAssociations',
    'win.requestedExecutionLevel',
    'mac.gatekeeperAssess',
    'mac.strictVerify',
    'mac.extendInfo',
  ],
  ...['linux.mimeTypes', 'mac.protocols', 'win.extraFiles', 'mac.extraFiles', 'linux.extraFiles', 'electronCompile'],
];

const at = (config: Readonly<Record<string, unknown>>, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], config);

function configProblems({ config, entitlements }: NonNullable<Facts['packed']>): string[] {
  const unpacked = (config['asarUnpack'] ?? []) as string[];
  return [
    ...Object.entries(CONFIG)
      .filter(([path, wanted]) => JSON.stringify(at(config, path)) !== JSON.stringify(wanted))
      .map(([path]) => `${path} is ${JSON.stringify(at(config, path))}`),
    ...ABSENT.filter(path => at(config, path) !== undefined).map(path => `${path} is set`),
    ...unpacked.filter(one => !/\/prebuilds\/\*\*$|\.node$/.test(one)).map(one => `${one} lies outside the archive`),
    ...Object.keys(entitlements)
      .filter(name => name !== 'com.apple.security.cs.allow-jit')
      .map(name => `macOS lets it ${name}`),
    ...(entitlements['com.apple.security.cs.allow-jit'] === true ? [] : ['macOS would not let the engine run']),
  ];
}

/** The one wish of ours beside the windows' own: no page learns this network's addresses. */
const NO_STUN = 'contents.setWebRTCIPHandlingPolicy "disable_non_proxied_udp"';

export const appPoints: readonly Point[] = [
  {
    id: '19',
    title: 'the fuses, by value, and the program file is read after they were set',
    judge: withPacked(({ config }) => [
      ...Object.entries(FUSES)
        .filter(([name, wanted]) => at(config, `electronFuses.${name}`) !== wanted)
        .map(([name]) => `${name} is ${String(at(config, `electronFuses.${name}`))}`),
      ...(config['afterAllArtifactBuild'] === 'scripts/packaging/check-fuses.mjs'
        ? []
        : ['nobody reads them afterwards']),
    ]),
  },
  {
    id: '20',
    title: 'the bridges: what they expose, which channels a page can reach, and that no event crosses',
    judge: ({ bridges }) =>
      Object.entries(bridges).flatMap(([name, bridge]) => bridgeProblems(name as 'desk' | 'pay', bridge)),
  },
  {
    id: '21',
    title: 'no crash reporter, no tracing and no net log is started',
    judge: inEachStart(({ calls }) =>
      calls.filter(call => /^(crashReporter|contentTracing|netLog)\b|takeHeapSnapshot/.test(call)),
    ),
  },
  {
    id: '26',
    title: 'one copy: the second opens nothing and quits, the first comes to the front',
    judge: facts => {
      const second = facts.starts.second;
      const opened =
        second && (second.surfaces.length > 0 || second.handled.length > 0 || !second.order.includes('quit'));
      return [
        ...(opened ? ['a second copy goes on'] : []),
        ...inEachStart(({ order, focusedBySecond }) => [
          ...(order.indexOf('requestSingleInstanceLock') === 1 ? [] : ['the lock is not asked for first']),
          ...(focusedBySecond ? [] : ['the first copy stays behind']),
        ])(facts),
      ];
    },
  },
  {
    id: '27',
    title: 'no remote module, no other process than a worker of the bundle, no debugger from inside',
    judge: facts => [
      ...inEachStart(({ calls, surfaces }) => [
        ...calls.filter(call => /debugger|executeJavaScript/.test(call)),
        ...calls.filter(call => call.startsWith('utilityProcess') && !OWN_WORKER.test(call)),
        ...surfaces
          .filter(one => one.preferences['enableRemoteModule'] !== undefined)
          .map(one => `remote module of ${one.session}`),
      ])(facts),
      ...withPacked(({ packages, traces }) => [
        ...packages.filter(name => /@electron\/remote$|electron-debug|devtools-installer/.test(name)),
        ...traces.filter(trace => trace.includes('the remote module')),
      ])(facts),
    ],
  },
  {
    id: '28',
    title: 'the app is no client of a protocol or a kind of file, and does not start by itself',
    judge: inEachStart(({ calls }) =>
      calls.filter(call => /^app\.(set|remove)AsDefault|setLoginItem|setJumpList|setUserActivity/.test(call)),
    ),
  },
  {
    id: '29',
    title: 'nothing else is asked of Electron: no switch, certificate, proxy or scheme of its own',
    judge: inEachStart(({ calls, order }) => [
      ...calls.filter(
        call =>
          call !== NO_STUN &&
          !/^(crashReporter|contentTracing|netLog|utilityProcess)\b|debugger|navigationHistory/.test(call),
      ),
      ...(calls.includes(NO_STUN) ? [] : ['pages may find out addresses of this network over WebRTC']),
      ...order.filter(one => one.startsWith('setPath')),
    ]),
  },
  {
    id: '31',
    title: 'memory is not given away: no core dump, no report, and no signal that opens a debugger',
    judge: inEachStart(({ memory }) => [
      ...(process.platform === 'linux' && !['1 1', '0 0'].includes(memory.core)
        ? [`the core limit is ${memory.core}`]
        : []),
      ...(memory.reports.some(Boolean) ? ['reports are written'] : []),
      ...(memory.signals.every(count => count > 0) ? [] : ['a signal opens the debugger']),
    ]),
  },
  {
    id: '32',
    title: 'the package holds the bundles and nothing else: no source, map, test, environment file or secret',
    judge: withPacked(({ files, packageFiles, traces, manifest }) => [
      ...files.filter(file => !MAY_BE_PACKED.some(pattern => pattern.test(file))).map(file => `packs ${file}`),
      ...MUST_BE_PACKED.filter(file => !files.includes(file)).map(file => `does not pack ${file}`),
      ...packageFiles.map(file => `packs ${file}`),
      ...traces.filter(trace => !trace.includes('the remote module')),
      ...(manifest['main'] === 'dist/main/index.js' ? [] : [`the entry is ${String(manifest['main'])}`]),
    ]),
  },
  { id: '33', title: 'the configuration of the package, by value', judge: withPacked(configProblems) },
  {
    id: '34',
    title: 'a dangerous start opens nothing, says why, and leaves a line in the log without the value',
    judge: ({ refusals }) =>
      refusals.flatMap(({ what, secret, evidence }) => {
        const { order, surfaces, handled, sessions, dialogs, log } = evidence;
        const isOpen = surfaces.length + handled.length > 0 || Object.keys(sessions).some(name => name !== 'stranger');
        const texts = [...dialogs, log].join('\n');
        return [
          ...(isOpen || order.includes('whenReady') || !order.includes('exit 1') ? [`${what} starts`] : []),
          ...(dialogs.length === 1 ? [] : [`${what} is refused without a word`]),
          ...(log.includes('"event":"start.refused"') ? [] : [`${what} leaves no line in the log`]),
          ...(secret !== '' && texts.includes(secret) ? [`${what} writes its value down`] : []),
        ];
      }),
  },
];
