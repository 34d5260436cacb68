/** Files beside the pages in a folder under probe: none of them may ever be served. */
export const BAITS = [
  ...['.env', '.hidden.js', 'ledger.db', 'secret.key', 'page.html.map', 'notes.md', 'con.js', 'nul.json', 'com1.css'],
  ...['assets/.git.js', 'assets/lpt1.js', 'index.html.bak', 'a b.js', 'a~1.js', 'module.ts', 'run.sh', 'x.wasm'],
];
/** Links in the pages' folder that lead out of it. */
export const LINKS = ['link.json', 'assets/link.js'];
/** Files that lie outside of the pages' folder. */
export const OUTSIDE = ['secret.json', '../package.json', '../main/index.js', '../../secret.json'];

const UPWARD = [
  '..',
  '%2e%2e',
  '%2E.',
  '.%2e',
  '..%2f..',
  '%2e%2e%2f',
  '%252e%252e',
  '..%5c',
  '..;',
  '...',
  '\u2024\u2024',
];
const SLASHES = ['/', '%2f', '%5c', '\\', '//', '/./', '%252f', '%c0%af'];
const ENDINGS = ['', '%00.js', '%0a', '.', '%20', '::$DATA', '/', '?x=1', '#x', ';.js', '%00'];

/** More than 500 paths, the same ones each time. */
export function hostilePaths(): string[] {
  const climbs = UPWARD.flatMap(up =>
    SLASHES.flatMap(slash => OUTSIDE.slice(0, 3).map(file => `/${up}${slash}${file}`)),
  );
  const deep = UPWARD.flatMap(up => SLASHES.map(slash => `/assets${slash}${up}${slash}${up}${slash}secret.json`));
  const baits = [...BAITS, ...LINKS].flatMap(bait => ENDINGS.map(ending => `/${encodeURI(bait)}${ending}`));
  return [...new Set([...climbs, ...deep, ...baits])];
}
