/** Rules about text of any kind: traces of one computer, the list of dependencies, and ids in registries. */
import ts from 'typescript';
import { walk, type Source, type Violation } from './sources.ts';

/** Hosts of package registries and mirrors, and secrets for them. A clone anywhere else could not use them. */
const REGISTRY = new RegExp(
  [
    String.raw`registry\.(?:npmjs|yarnpkg|npmmirror)\.`,
    String.raw`https?:\/\/[^\s"'/]*(?:artifactory|jfrog|nexus|verdaccio|npm-?proxy|npm-?mirror)`,
    String.raw`_auth[T]oken|"resolved"\s*:\s*"https?:|^registry\s*=`,
  ].join('|'),
  'im',
);

/** Home folders with a person's name. `/home/x/` is what examples use. */
const HOME_FOLDER = /\/(?:home|Users)\/(?!x\/)[\w.-]+\/|[A-Z]:\\Users\\/;

/** What ties a file to one computer: a registry's host, a home folder, or the folder that this very run works in. */
export function machineTraces(path: string, text: string, ownPaths: readonly string[]): Violation[] {
  return text.split('\n').flatMap((line, index) => {
    const own = ownPaths.find(one => line.includes(one));
    const found = own ?? REGISTRY.exec(line)?.[0] ?? HOME_FOLDER.exec(line)?.[0];
    return found === undefined ? [] : [{ path, line: index + 1, why: `names something of one computer: ${found}` }];
  });
}

/** Dependencies of a package.json without a line in the list that says why this one. */
export function dependenciesWithoutLine(packageJson: string, list: string): string[] {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(packageJson) as Record<string, Record<string, string>>;
  const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
  return names.filter(name => !list.split('\n').some(line => line.startsWith(`| \`${name}\` |`) && line.length > 40));
}

export function linesWithoutDependency(packageJson: string, list: string): string[] {
  const named = [...list.matchAll(/^\| `([^`]+)` \|/gm)].map(match => match[1]!);
  const { dependencies = {}, devDependencies = {} } = JSON.parse(packageJson) as Record<string, Record<string, string>>;
  return named.filter(name => dependencies[name] === undefined && devDependencies[name] === undefined);
}

/** The `id: '...'` of every entry of an array constant, read from the text: for registries that hold components. */
export function idsOf(source: Source, constant: string): string[] {
  const ids: string[] = [];
  walk(source.tree, node => {
    if (!ts.isVariableDeclaration(node) || node.name.getText() !== constant || !node.initializer) return;
    walk(node.initializer, one => {
      if (!ts.isPropertyAssignment(one) || one.name.getText() !== 'id') return;
      if (ts.isStringLiteral(one.initializer)) ids.push(one.initializer.text);
    });
  });
  return ids;
}

export function repeated(values: readonly (string | number)[]): (string | number)[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
