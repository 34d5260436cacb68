/**
 * The project as text and as syntax trees, for the tidy test. A component is read twice: its script as TypeScript at
 * the lines where it stands, and its whole text without comments for what is said in markup and style.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

export type Import = {
  /** A path inside the project for a relative import, else the name of the package (`node:` for the built-ins). */
  readonly target: string;
  readonly isLocal: boolean;
  /** True when nothing of it is left at run time. `import { type A }` still loads the module. */
  readonly typeOnly: boolean;
  readonly line: number;
};

export type Source = {
  readonly path: string;
  readonly text: string;
  /** Markup and style of a page, a component or a style sheet, comments and scripts blanked. Empty for plain code. */
  readonly markup: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
};

export type Violation = { readonly path: string; readonly line: number; readonly why: string };

const SKIPPED = new Set(['node_modules', '.git', 'dist', 'dist.new', 'release', '.setup', 'coverage']);
const GENERATED = new Set(['test-results', 'playwright-report']);

/** Every file of the project that a person wrote, as a path with forward slashes, sorted. */
export function projectFiles(folder = ''): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => !SKIPPED.has(name) && !GENERATED.has(name) && !name.endsWith('.log') && name !== '.DS_Store')
    .flatMap(entry => {
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? projectFiles(path) : [path];
    })
    .sort();
}

export function isCode(path: string): boolean {
  return /\.(ts|mts|js|mjs|cjs|svelte)$/.test(path);
}

export function readSource(path: string): Source {
  return parseSource(path, readFileSync(join(ROOT, path), 'utf8'));
}

/** A source from a text, so that a rule can be tried on a planted one. */
export function parseSource(path: string, text: string): Source {
  const script = path.endsWith('.svelte') ? scriptOf(text) : isCode(path) ? text : '';
  const kind = /\.(js|mjs|cjs)$/.test(path) ? ts.ScriptKind.JS : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(path, script, ts.ScriptTarget.Latest, true, kind);
  return { path, text, markup: markupOf(path, text), tree, imports: importsOf(path, tree) };
}

/** The scripts of a component with everything else blanked, so that lines keep their numbers. */
function scriptOf(text: string): string {
  let script = '';
  let end = 0;
  for (const match of text.matchAll(/(<script\b[^>]*>)([\s\S]*?)<\/script>/g)) {
    const start = match.index + match[1]!.length;
    script += blanked(text.slice(end, start)) + match[2]!;
    end = start + match[2]!.length;
  }
  return script + blanked(text.slice(end));
}

const blanked = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Markup and style without comments and without scripts; nothing for plain code, which is read as a tree. */
function markupOf(path: string, text: string): string {
  if (!/\.(css|html|svelte)$/.test(path)) return '';
  return text
    .replace(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, blanked)
    .replace(/<!--[\s\S]*?-->|\/\*[\s\S]*?\*\//g, blanked);
}

function importsOf(path: string, tree: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: string, typeOnly: boolean): void => {
    const isLocal = specifier.startsWith('.');
    found.push({
      target: isLocal ? resolved(path, specifier) : packageOf(specifier),
      isLocal,
      typeOnly,
      line: lineOf(tree, node),
    });
  };
  walk(tree, node => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal)) add(node, node.argument.literal.text, true);
    } else if (
      ts.isCallExpression(node) &&
      isLoad(node) &&
      node.arguments[0] &&
      ts.isStringLiteralLike(node.arguments[0])
    ) {
      add(node, node.arguments[0].text, false);
    }
  });
  return found;
}

function isLoad(node: ts.CallExpression): boolean {
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(node.expression) && node.expression.text === 'require';
}

/** Where a relative specifier leads; a path that starts with `..` has left the project. */
export function resolved(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier.replace(/\?.*$/, ''));
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, child => walk(child, visit));
}

export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** Paths of parent folders of the project and of the person who runs it, as they are on this computer. */
export function ownPaths(home: string): string[] {
  const parent = dirname(ROOT);
  const slashed = [
    ROOT,
    parent === dirname(parent) ? ROOT : `${parent}${sep}`,
    home.length > 1 ? `${home}${sep}` : ROOT,
  ];
  return [...new Set(slashed)];
}
