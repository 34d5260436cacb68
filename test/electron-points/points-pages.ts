/** The points about windows, views, pages and their sessions. */
import { HOSTILE, type Answered, type Evidence, type SessionFacts } from './evidence.ts';
import { inEachStart, type Point, type StartName } from './facts.ts';
import { kindOf, policyOf } from './policies.ts';

/** A preference that must be there and have this value; one that is left out would be Electron's to choose. */
const preference = (id: string, title: string, names: readonly string[], wanted: boolean): Point => ({
  id,
  title,
  judge: inEachStart(({ surfaces }) =>
    surfaces.flatMap(({ kind, session, preferences }) =>
      names
        .filter(name => preferences[name] !== wanted)
        .map(name => `the ${kind} of ${session} has ${name} ${String(preferences[name])}`),
    ),
  ),
});

function headerProblems(name: string, what: string, answer: Answered, start: StartName): string[] {
  const { headers } = answer;
  const kind = kindOf(name);
  const wanted: Readonly<Record<string, string>> = {
    'content-security-policy': policyOf(kind, start),
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': kind === 'pay' ? 'strict-origin' : 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  const features = ['camera', 'microphone', 'geolocation', 'usb', 'serial', 'hid', 'payment', 'clipboard-read'];
  return [
    ...Object.keys(wanted).filter(header => headers[header] !== wanted[header]),
    ...features
      .filter(one => !headers['permissions-policy']?.includes(`${one}=()`))
      .map(one => `permissions-policy ${one}`),
  ].map(header => `${name}, ${what}: ${header} is ${headers[header] ?? 'missing'}`);
}

/** What a session may reach before its page has loaded, and after. Our own pages and training: nothing foreign. */
function reachProblems(name: string, facts: SessionFacts, start: StartName): string[] {
  const isSquare = kindOf(name) === 'pay' && (start === 'sandbox' || start === 'production');
  const mayReach = (url: string): boolean =>
    (start === 'unpackaged' && name === 'desk' && url.startsWith('devtools://devtools/')) ||
    (isSquare ? /^(https:\/\/[^/]*evil\.example\/|data:|blob:https:)/.test(url) : isInside(kindOf(name), url));
  const after = (url: string): boolean =>
    isSquare ? mayReach(url) : mayReach(url) || url === `https://${kindOf(name)}.tillside.localhost/`;
  return [
    ...facts.reached.filter(url => !mayReach(url)).map(url => `${name} reaches ${url}`),
    ...facts.afterReady.filter(url => !after(url)).map(url => `${name} reaches ${url} when its page is ready`),
  ];
}

/** What is part of a document is no network: what it may do there is the policy's business. */
const isInside = (kind: string, url: string): boolean => kind === 'pay' && /^(data:|blob:https:)/.test(url);

const eachSession = (judge: (name: string, facts: SessionFacts, start: StartName) => readonly string[]) =>
  inEachStart(({ sessions }, start) =>
    Object.entries(sessions)
      .filter(([name]) => name !== 'stranger')
      .flatMap(([name, facts]) => judge(name, facts, start)),
  );

const loadedOnly = (evidence: Evidence): string[] =>
  evidence.pages
    .flatMap(({ loaded }) => loaded)
    .filter(url => !/^https:\/\/(desk|pay|paper)\.tillside\.localhost\/\d*$/.test(url))
    .map(url => `loads ${url}`);

export const pagePoints: readonly Point[] = [
  {
    id: '01',
    title: 'https only: pages, sessions and every request of main',
    judge: facts => [
      ...inEachStart(loadedOnly)(facts),
      ...eachSession((name, one, start) => [
        ...reachProblems(name, one, start),
        ...one.schemes.filter(scheme => scheme !== 'https').map(scheme => `${name} answers ${scheme}:`),
      ])(facts),
      ...inEachStart(({ asked }, start) =>
        asked
          .filter(
            origin =>
              !(
                start === 'training' || start === 'unpackaged'
                  ? /^http:\/\/127\.0\.0\.1:\d+$/
                  : /^https:\/\/connect\.squareup(sandbox)?\.com$/
              ).test(origin),
          )
          .map(origin => `main asks ${origin}`),
      )(facts),
    ],
  },
  preference(
    '02',
    'no Node in pages, workers and frames',
    ['nodeIntegration', 'nodeIntegrationInWorker', 'nodeIntegrationInSubFrames'],
    false,
  ),
  preference('03', 'a world of its own for each preload', ['contextIsolation'], true),
  {
    id: '04',
    title: 'every page in a sandbox, asked for before anything else',
    judge: facts => [
      ...preference('', '', ['sandbox'], true).judge(facts),
      ...inEachStart(({ order }) => (order[0] === 'enableSandbox' ? [] : [`begins with ${order[0]}`]))(facts),
    ],
  },
  {
    id: '05',
    title: 'no permission is granted, whether it is asked for or checked, also in a session that nobody closed',
    judge: facts => [
      ...eachSession((name, { granted, checked, downloads }) => [
        ...granted.map(one => `${name} grants ${one}`),
        ...checked.map(one => `${name} says yes to a check of ${one}`),
        ...(downloads ? [`${name} downloads`] : []),
      ])(facts),
      ...inEachStart(({ strangers }) => (strangers.permission === false ? [] : ['a new session grants media']))(facts),
    ],
  },
  preference('06', 'web security is on', ['webSecurity'], true),
  {
    id: '07',
    title: 'the policy of every answer, by value, on pages and on errors',
    judge: eachSession((name, { page, others }, start) => [
      ...(page === null ? [`${name} has no page`] : []),
      ...(page !== null && kindOf(name) !== 'paper' && page.status !== 200 ? [`${name} answers ${page.status}`] : []),
      ...Object.entries({ page, ...others }).flatMap(([what, answer]) =>
        answer === null ? [] : headerProblems(name, what, answer, start),
      ),
    ]),
  },
  preference('08', 'no insecure content', ['allowRunningInsecureContent'], false),
  preference('09', 'no experimental features', ['experimentalFeatures'], false),
  {
    id: '10',
    title: 'no feature of the engine is switched on or off by name',
    judge: inEachStart(({ surfaces }) =>
      surfaces.flatMap(({ session, preferences }) =>
        ['enableBlinkFeatures', 'disableBlinkFeatures', 'additionalArguments', 'offscreen', 'enablePreferredSizeMode']
          .filter(name => preferences[name] !== undefined)
          .map(name => `${session} has ${name}`),
      ),
    ),
  },
  preference('11', 'no webview tag and no plugin', ['webviewTag', 'plugins'], false),
  {
    id: '12',
    title: 'a webview is never attached',
    judge: inEachStart(({ pages }) =>
      pages.filter(page => page.attaches).map(page => `${page.session} attaches a webview`),
    ),
  },
  {
    id: '13',
    title: 'no page leaves its place; a frame goes where a bank or the simulator may be, and nowhere else',
    judge: inEachStart(({ pages, strangers }, start) => [
      ...pages.flatMap(({ session, leaves, frames }) => {
        const isSquare = kindOf(session) === 'pay' && (start === 'sandbox' || start === 'production');
        const mayGo = (url: string): boolean => isSquare && /^https:\/\/([^/]*evil|bank)\.example\//.test(url);
        return [
          ...leaves.map(url => `${session} leaves for ${url}`),
          ...frames.filter(url => !mayGo(url)).map(url => `a frame of ${session} goes to ${url}`),
          ...(isSquare && !frames.includes('https://bank.example/challenge') ? [`${session} cannot show a bank`] : []),
        ];
      }),
      ...(strangers.leaves ? ['a new window can be led away'] : []),
    ]),
  },
  {
    id: '14',
    title: 'no page opens a window',
    judge: inEachStart(({ pages, strangers }) => [
      ...pages.flatMap(({ session, opens }) => opens.map(url => `${session} opens ${url}`)),
      ...(strangers.opens ? ['a new window opens windows'] : []),
    ]),
  },
  {
    id: '15',
    title: 'nothing is handed to another program to open',
    judge: inEachStart(({ opened }) => opened.map(url => `opens ${url} outside`)),
  },
  {
    id: '17',
    title: 'every channel hears the main frame of its own page at exactly our origin, and nobody else',
    judge: inEachStart(({ handled, heard, obeyed, answersDesk }) => [
      ...obeyed,
      ...handled.filter(name => name !== 'desk:call').map(name => `answers on ${name}`),
      ...heard.filter(name => name !== 'pay:tell').map(name => `listens on ${name}`),
      ...(answersDesk ? [] : ['does not answer the desk page itself']),
    ]),
  },
  {
    id: '18',
    title:
      'pages are served from their folder alone: no climbing, no hidden, linked or foreign file, no writing method',
    judge: eachSession((name, { traversed, others }) => [
      ...traversed.slice(0, 5).map(path => `${name} serves ${path}`),
      ...(others['missing'] && others['missing'].status !== 404
        ? [`${name} answers ${others['missing'].status} for nothing`]
        : []),
      ...(others['posted'] && others['posted'].status !== 405 && kindOf(name) !== 'paper'
        ? [`${name} answers a POST`]
        : []),
      ...(others['foreign'] && ![403, 404].includes(others['foreign'].status)
        ? [`${name} answers for another host`]
        : []),
    ]),
  },
  {
    id: '22',
    title: 'developer tools are off in a packaged app, and always in the payment view',
    judge: inEachStart(({ surfaces, menu, calls }, start) => [
      ...surfaces
        .filter(
          ({ session, preferences }) => preferences['devTools'] !== (start === 'unpackaged' && session === 'desk'),
        )
        .map(({ session }) => `developer tools of ${session}`),
      ...(start !== 'unpackaged' && /toggleDevTools|reload/i.test(menu)
        ? ['the menu offers developer tools or reload']
        : []),
      ...calls.filter(call => /DevTools/.test(call)),
    ]),
  },
  preference('23', 'no spell checker, which would send words away or write them down', ['spellcheck'], false),
  {
    id: '24',
    title: 'every session is in memory, without a cache; the payment view has a new one each time',
    judge: inEachStart(({ sessions, surfaces }) => [
      ...Object.keys(sessions)
        .filter(name => name.startsWith('persist:') || name === '')
        .map(name => `${name} is kept`),
      ...Object.entries(sessions)
        .filter(([name, one]) => name !== 'stranger' && JSON.stringify(one.options) !== '{"cache":false}')
        .map(([name, one]) => `${name} has ${JSON.stringify(one.options)}`),
      ...surfaces
        .filter(({ session }) => session === 'the default session')
        .map(({ kind }) => `a ${kind} uses the default session`),
      ...surfaces
        .filter(({ kind, session }) => (kind === 'view') !== /^pay-\d+$/.test(session))
        .map(({ kind, session }) => `a ${kind} lives in the session ${session}`),
    ]),
  },
  {
    id: '25',
    title: 'nothing of a page is kept: no page state, no form data, no drop of files, no foreign preload',
    judge: inEachStart(({ surfaces, calls }) => [
      ...surfaces
        .filter(one => one.preferences['navigateOnDragDrop'] !== false)
        .map(one => `${one.session} takes dropped files`),
      ...surfaces
        .filter(
          one =>
            one.preload !== `preload/${kindOf(one.session)}.cjs` &&
            !(one.session === 'paper' && one.preload === 'none'),
        )
        .map(one => `${one.session} has the preload ${one.preload}`),
      ...surfaces
        .filter(one => one.session === 'paper' && one.preferences['javascript'] !== false)
        .map(() => 'paper runs scripts'),
      ...calls.filter(call => /navigationHistory|savePage|setPreloads|registerPreload/.test(call)),
    ]),
  },
  {
    id: '30',
    title: 'the window is kept off pictures of the screen while the card fields are shown, and not longer',
    judge: inEachStart(({ protection }) => [
      ...(protection.shown === true ? [] : ['not protected while the fields are shown']),
      ...(protection.hidden === false ? [] : ['protected without fields']),
    ]),
  },
];

/** How many addresses and paths each page is asked for, for the figures. */
export const hostileAddresses = HOSTILE.length;
