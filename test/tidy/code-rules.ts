/** House rules for what stands in a file: words that are banned, where some may stand, and how long things may be. */
import ts from 'typescript';
import { lineOf, resolved, walk, type Source, type Violation } from './sources.ts';

const OURS = /^(common|main|preload|renderer)\//;
const WITH_TESTS = /^(common|main|preload|renderer|test)\//;

type Finder = (node: ts.Node) => string | undefined;

/** A rule that looks at every node of the files whose path passes, and says why a node is wrong. */
const overNodes =
  (where: RegExp, finder: Finder, except?: RegExp) =>
  (source: Source): Violation[] => {
    if (!where.test(source.path) || except?.test(source.path)) return [];
    const found: Violation[] = [];
    walk(source.tree, node => {
      const why = finder(node);
      if (why !== undefined) found.push({ path: source.path, line: lineOf(source.tree, node), why });
    });
    return found;
  };

function inMarkup(source: Source, pattern: RegExp, why: string): Violation[] {
  return [...source.markup.matchAll(pattern)].map(match => ({
    path: source.path,
    line: source.markup.slice(0, match.index).split('\n').length,
    why: `${why}: ${match[0]}`,
  }));
}

const isNamed = (node: ts.Node, name: RegExp): boolean => ts.isIdentifier(node) && name.test(node.text);

/** `object.member` with both names given, such as `Date.now`. */
function isMember(node: ts.Node, object: RegExp, member: RegExp): boolean {
  return ts.isPropertyAccessExpression(node) && isNamed(node.expression, object) && member.test(node.name.text);
}

const isUse = (node: ts.Node): boolean => !ts.isPropertyAssignment(node.parent) || node.parent.name !== node;

/** Text of a string or of a template up to its first hole. */
function literalText(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) return node.text;
  return ts.isTemplateMiddleOrTemplateTail(node) ? node.text : undefined;
}

export const noConsole = overNodes(
  OURS,
  node => (isMember(node, /^console$/, /./) ? 'uses console; write to the log instead' : undefined),
  /\/cli\.ts$/,
);

export const noOnly = overNodes(/^test\//, node => {
  const isOnly = ts.isPropertyAccessExpression(node) && node.name.text === 'only';
  return isOnly && /^(describe|test|it|suite)\b/.test(node.expression.getText()) ? 'runs this test alone' : undefined;
});

export const noAny = overNodes(/\.(ts|mts|svelte)$/, node =>
  node.kind === ts.SyntaxKind.AnyKeyword ? 'any switches the compiler off; use unknown and look' : undefined,
);

export const typeNotInterface = overNodes(WITH_TESTS, node =>
  ts.isInterfaceDeclaration(node) && !isGlobal(node) ? 'an interface; use type' : undefined,
);

/** Only an interface can be merged into one that the platform declares. */
function isGlobal(node: ts.Node): boolean {
  return ts.isModuleBlock(node.parent) && isNamed(node.parent.parent.name, /^global$/);
}

export const namedExportsNoBarrels = overNodes(OURS, node => {
  if (ts.isExportAssignment(node)) return 'a default export; name it';
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return 'exports what another file owns; import it there';
  return undefined;
});

/** Time and chance are parameters, so that every rule can be run again exactly. */
export const noHiddenClockOrChance = overNodes(
  OURS,
  node => {
    if (isMember(node, /^Date$/, /^now$/)) return 'reads the clock; take a Clock';
    if (ts.isNewExpression(node) && isNamed(node.expression, /^Date$/) && !node.arguments?.length) {
      return 'reads the clock; take a Clock';
    }
    if (isMember(node, /^Math$/, /^random$/)) return 'rolls dice; take a Random';
    return isNamed(node, /^(randomUUID|randomBytes|getRandomValues)$/) && isUse(node)
      ? 'makes random values; take a Random or newId'
      : undefined;
  },
  /^(main\/platform\/|renderer\/desk\/lib\/clock\.svelte\.ts$)/,
);

/** Two of them write plain text beside the encrypted file, two open what nobody checked. */
export const bannedSqlite = overNodes(/^main\//, node => {
  const call =
    ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : '';
  if (/^(serialize|backup|loadExtension)$/.test(call)) return `${call} is banned on a database`;
  return /\battach\s+(database\b|'|\?|:)/i.test(literalText(node) ?? '') ? 'ATTACH is banned' : undefined;
});

const MARKUP_WRITERS = /^(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|srcdoc)$/;

export function noTextAsMarkupOrCode(source: Source): Violation[] {
  const inCode = overNodes(OURS, node => {
    if (ts.isPropertyAccessExpression(node) && MARKUP_WRITERS.test(node.name.text)) return `sets ${node.name.text}`;
    if (isMember(node, /^document$/, /^write(ln)?$/)) return 'writes markup into the document';
    if (ts.isCallExpression(node) && isNamed(node.expression, /^eval$/)) return 'runs text as code';
    return ts.isNewExpression(node) && isNamed(node.expression, /^Function$/) ? 'runs text as code' : undefined;
  })(source);
  return OURS.test(source.path)
    ? [...inCode, ...inMarkup(source, /\{@html\b|\ssrcdoc=/g, 'puts text into the page as markup')]
    : [];
}

/** Colours have one home. These files cannot read it, each for its reason. */
const COLOUR_FILES: Readonly<Record<string, string>> = {
  'renderer/styles/tokens.css': 'the home of colours',
  'main/receipts/receipts.ts': 'paper carries its own style and is the same in light and dark',
};
const COLOUR = /(?<![\w&/-])#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})(?![\w-])/gi;

export const colourFiles = Object.keys(COLOUR_FILES);

export const coloursInTokens = (source: Source): Violation[] =>
  COLOUR_FILES[source.path] === undefined ? coloursIn(source) : [];

/** Every colour in a file that ships, wherever it stands. */
export function coloursIn(source: Source): Violation[] {
  if (!OURS.test(source.path)) return [];
  const why = 'a colour outside renderer/styles/tokens.css';
  const inCode = overNodes(OURS, node => {
    const match = (literalText(node) ?? '').match(COLOUR);
    return match ? `${why}: ${match[0]}` : undefined;
  })(source);
  return [...inCode, ...inMarkup(source, COLOUR, why)];
}

/** Statements of a query. Messages for people do not have this shape. */
const SQL = new RegExp(
  `^\\s*(?:${[
    String.raw`select\b[\s\S]*\bfrom\b`,
    String.raw`insert\s+(?:or\s+\w+\s+)?into\b`,
    String.raw`update\s+\w+\s+set\b`,
    String.raw`delete\s+from\b`,
    String.raw`(?:create|drop|alter)\s+(?:temp\s+)?(?:table|index|unique|trigger|view|virtual)\b`,
    String.raw`with\s+\w+\s+as\b`,
    String.raw`pragma\s+\w`,
    String.raw`(?:begin|commit|rollback|vacuum)\b\s*(?:immediate|exclusive|into|;|$)`,
  ].join('|')})`,
  'i',
);

/** Where a query may be written, beside the ledger and every feature's queries.ts. One line and one reason each. */
const SQL_FILES: Readonly<Record<string, string>> = {
  'main/customers/customers.ts': 'the whole feature: three queries beside the rules that need them',
  'main/office/settings.ts': 'the whole feature: one query',
  'main/payments/attempts.ts': 'asks for one customer',
  'main/payments/evidence.ts': 'what Square was seen to hold, beside the facts it belongs to',
  'main/payments/given-back.ts': 'what is known already of a refund that Square shows',
  'main/payments/proof.ts': 'the proof of a day is its query',
  'main/payments/receipt-numbers.ts': 'how the last number is found',
  'main/payments/refund-lines.ts': 'the refunds of one payment, and what tells ours from those made elsewhere',
  'main/payments/requests.ts': 'the only reader and writer of the pending requests',
  'main/payments/resolver.ts': 'what sync has seen of an attempt, next to the search that it spares',
  'main/payments/square-lists.ts': 'the only reader and writer of how far a list was read',
  'main/payments/sync.ts': 'what is known already of each payment of a page',
  'main/reports/by-tender.ts': 'a report is its query',
  'main/reports/payments.ts': 'a report is its query',
  'main/reports/refunds.ts': 'a report is its query',
  'main/settings/handlers.ts': 'counts the records of the journal for the settings page',
  'main/settings/square-connection.ts': 'the only reader and writer of the sealed token',
};

export const sqlFiles = Object.keys(SQL_FILES);

export const sqlAtHome = (source: Source): Violation[] => {
  if (SQL_FILES[source.path] !== undefined) return [];
  return sqlIn(source);
};

/** Every query in a file of main that is neither the ledger nor a queries.ts. */
export const sqlIn = overNodes(
  /^(main|common|preload|renderer)\//,
  node => (SQL.test(literalText(node) ?? '') ? 'a query outside the files that may hold one' : undefined),
  /^main\/(ledger\/|[\w-]+\/queries\.ts$)/,
);

/** Lines of code: functions 70, components 200, files 300. The width of a line is prettier's. */
export function sizeLimits(source: Source): Violation[] {
  if (!WITH_TESTS.test(source.path) || !/\.(ts|svelte)$/.test(source.path)) return [];
  const lines = source.text.trimEnd().split('\n');
  const limit = source.path.endsWith('.svelte') ? 200 : 300;
  const tooLong =
    lines.length > limit ? [{ path: source.path, line: 1, why: `${lines.length} lines; ${limit} is the limit` }] : [];
  return [...tooLong, ...longFunctions(source)];
}

const longFunctions = overNodes(WITH_TESTS, node => {
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined || isSuite(node)) return undefined;
  const text = node.getText();
  const count = text.split('\n').length;
  return count > 70 ? `a function of ${count} lines; 70 is the limit` : undefined;
});

/** What is handed to describe, test and their hooks is a list, not a function to be understood at once. */
function isSuite(node: ts.Node): boolean {
  if (!ts.isCallExpression(node.parent)) return false;
  return /^(describe|test|it|suite)\b/.test(node.parent.expression.getText());
}

/** A path that climbs out of the project points at a folder that only one computer has. */
export const staysInProject = overNodes(/./, node => {
  const isAddress = ts.isNewExpression(node) && isNamed(node.expression, /^URL$/);
  const text = isAddress && node.arguments?.[0] ? literalText(node.arguments[0]) : undefined;
  if (text === undefined || !/^\.\.?\//.test(text)) return undefined;
  return resolved(node.getSourceFile().fileName, text).startsWith('..')
    ? `leads out of the project: ${text}`
    : undefined;
});
