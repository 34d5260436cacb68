/** What one start of the app under probe showed. Plain data, because it comes from a child process. */
export type Evidence = {
  /** Calls that say when something happened, in order: `enableSandbox`, `whenReady`, `window`, `exit 1`. */
  readonly order: readonly string[];
  /** Calls of Electron that the app has no use for. */
  readonly calls: readonly string[];
  /** Preferences of every window and view, with the name of the session; `kind` says which. */
  readonly surfaces: readonly Surface[];
  readonly pages: readonly Page[];
  readonly sessions: Readonly<Record<string, SessionFacts>>;
  /** Sessions and pages that nobody closed by name, made after the start. */
  readonly strangers: { readonly permission: boolean | null; readonly leaves: boolean; readonly opens: boolean };
  readonly handled: readonly string[];
  readonly heard: readonly string[];
  /** Hostile senders, by what they are, whose call was answered or whose message had an effect. */
  readonly obeyed: readonly string[];
  /** True when the rightful sender was answered, so that a refusal of everybody is no proof. */
  readonly answersDesk: boolean;
  readonly opened: readonly string[];
  readonly menu: string;
  readonly dialogs: readonly string[];
  /** Whether the window was kept off pictures of the screen: with the fields shown, and after they were hidden. */
  readonly protection: { readonly shown: boolean | null; readonly hidden: boolean | null };
  readonly memory: Memory;
  readonly focusedBySecond: boolean;
  /** Origins that the main process asked over the network. */
  readonly asked: readonly string[];
  readonly log: string;
};

export type Surface = {
  readonly kind: 'window' | 'view';
  readonly session: string;
  readonly preload: string;
  readonly preferences: Readonly<Record<string, unknown>>;
};

export type Page = {
  readonly session: string;
  readonly loaded: readonly string[];
  readonly opens: readonly string[];
  readonly leaves: readonly string[];
  /** Where a frame inside the page may go. */
  readonly frames: readonly string[];
  readonly attaches: boolean;
};

export type Answered = { readonly status: number; readonly headers: Readonly<Record<string, string>> };
export type SessionFacts = {
  readonly options: unknown;
  readonly granted: readonly string[];
  readonly checked: readonly string[];
  readonly downloads: boolean;
  readonly reached: readonly string[];
  readonly schemes: readonly string[];
  readonly page: Answered | null;
  /** Answers that are no page of ours: a missing file, another host, a method that is not for reading. */
  readonly others: Readonly<Record<string, Answered>>;
  /** Hostile paths that were answered with something else than 404. */
  readonly traversed: readonly string[];
  /** After the page said it is ready: what of ours can still be asked for, and what else can be reached. */
  readonly afterReady: readonly string[];
};

export type Memory = {
  readonly core: string;
  readonly reports: readonly boolean[];
  readonly signals: readonly number[];
};

/** A change of the text of main. */
export type Planted = { readonly find: string; readonly replace: string };

export type Job = {
  readonly play: 'start' | 'training' | 'sandbox' | 'production';
  readonly isPackaged: boolean;
  readonly isFirstInstance: boolean;
  readonly switches: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Changes of the bundle's text; each must be found exactly once. */
  readonly planted: readonly Planted[];
  /** Asks the pages for every hostile path and makes a copy of the ledger, which takes longer than all the rest. */
  readonly isThorough?: boolean;
  /** Another address for the bundle, such as one inside an archive. */
  readonly inArchive?: boolean;
};

/** A start that broke or never came is evidence of nothing. */
export type Probed = { readonly evidence: Evidence } | { readonly broke: string };

export const HOSTILE = [
  ...['https://evil.example/', 'http://evil.example/', 'http://127.0.0.1:4300/', 'https://127.0.0.1/'],
  ...['https://router/', 'https://nas.local/', 'https://printer.lan./', 'https://10.0.0.1/', 'https://[::1]/'],
  ...[
    'https://localhost/',
    'https://desk.tillside.localhost.evil.example/',
    'https://desk.tillside.localhost@evil.example/',
  ],
  ...['https://desk.tillside.localhost:444/', 'file:///etc/passwd', 'ws://evil.example/', 'wss://evil.example/'],
  ...['ftp://evil.example/', 'javascript:alert(1)', 'data:text/html,x', 'chrome://settings/', 'devtools://devtools/x'],
  ...[
    'view-source:https://evil.example/',
    'blob:https://evil.example/1',
    'about:blank#x',
    'filesystem:https://e.example/',
  ],
];

export const PERMISSIONS = [
  ...['clipboard-read', 'clipboard-sanitized-write', 'display-capture', 'fileSystem', 'fullscreen', 'geolocation'],
  ...['hid', 'idle-detection', 'media', 'mediaKeySystem', 'midi', 'midiSysex', 'notifications', 'openExternal'],
  ...['pointerLock', 'serial', 'storage-access', 'top-level-storage-access', 'usb', 'window-management', 'unknown'],
];
