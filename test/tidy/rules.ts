import * as code from './code-rules.ts';
import * as imports from './import-rules.ts';
import type { Source, Violation } from './sources.ts';

/** A rule over one file, with the planted faults that it has to catch before anybody believes it. */
export type Rule = {
  readonly title: string;
  readonly check: (source: Source) => Violation[];
  /** Path and text of files that break the rule, once each. */
  readonly caught: readonly (readonly [path: string, text: string])[];
  /** Files that look like it and do not. */
  readonly spared?: readonly (readonly [path: string, text: string])[];
};

/** An import as a text, for planting. */
export const line = (specifier: string, what = '{ a }'): string => `import ${what} from '${specifier}';`;

export const RULES: readonly Rule[] = [
  {
    title: 'every import follows the import table',
    check: imports.importTable,
    caught: [
      ['common/money.ts', line('node:fs')],
      ['common/money.ts', line('../main/door.ts')],
      ['preload/desk.ts', line('../common/money.ts')],
      ['preload/desk.ts', line('../main/door.ts', 'type { a }')],
      ['renderer/desk/ui/A.svelte', `<script lang="ts">\n  ${line('../features/collect/a.ts')}\n</script>`],
      ['renderer/desk/ui/A.svelte', `<script lang="ts">\n  ${line('../pages/index.ts')}\n</script>`],
      ['renderer/desk/lib/a.ts', line('../features/collect/a.ts')],
      ['renderer/desk/features/sync/a.ts', line('../collect/a.ts')],
      ['renderer/desk/features/sync/a.ts', line('../../pages/index.ts')],
      ['renderer/desk/features/sync/a.ts', line('electron')],
      ['renderer/desk/pages/A.svelte', `<script>${line('../../../main/door.ts')}</script>`],
      ['renderer/desk/pages/a.ts', line('../../pay/bridge.ts')],
      ['renderer/pay/a.ts', line('../desk/lib/format.ts')],
      ['renderer/pay/a.ts', line('../../common/money.ts')],
      ['main/platform/a.ts', line('../payments/sync.ts')],
      ['main/platform/clock.ts', line('electron')],
      ['main/ledger/a.ts', line('../gateway/gateway.ts', 'type { a }')],
      ['main/ledger/keys.ts', line('better-sqlite3')],
      ['main/gateway/gateway.ts', line('../ledger/ledger.ts', 'type { a }')],
      ['main/gateway/gateway.ts', line('square')],
      ['main/gateway/simulator/a.ts', line('../square/adapter.ts')],
      ['main/payments/a.ts', line('../gateway/square/adapter.ts')],
      ['main/payments/a.ts', line('electron')],
      ['main/payments/a.ts', line('square', 'type { a }')],
      ['main/payments/a.ts', line('../shell/paper.ts')],
      ['main/payments/a.ts', line('../door.ts')],
      ['main/reports/a.ts', line('../payments/handlers.ts')],
      ['main/shell/a.ts', line('../ledger/ledger.ts', 'type { a }')],
      ['main/door.ts', line('electron')],
      ['main/index.ts', line('left-pad')],
      ['main/payments/a.ts', "const a = await import('electron');"],
      ['main/payments/a.ts', "type A = import('electron').App;"],
      ['renderer/elsewhere/a.ts', line('svelte')],
    ],
    spared: [
      ['main/payments/a.ts', `${line('../ledger/ledger.ts')} ${line('../office/settings.ts')} ${line('node:path')}`],
      ['main/payments/a.ts', "// import { app } from 'electron';\nexport const a = \"import 'electron'\";"],
      ['preload/desk.ts', `${line('../common/money.ts', 'type { a }')} ${line('electron')}`],
    ],
  },
  {
    title: 'nothing outside test/ and scripts/ imports test/',
    check: imports.nothingImportsTests,
    caught: [['vite.config.ts', line('./test/support/a.ts')]],
    spared: [['scripts/a.mjs', line('../test/support/a.ts')]],
  },
  {
    title: 'the renderer knows the contract by type only',
    check: imports.contractByTypeOnly,
    caught: [
      ['renderer/desk/lib/a.ts', line('../../../common/contract/index.ts')],
      ['renderer/desk/lib/a.ts', line('../../../common/contract/index.ts', '{ type A }')],
    ],
    spared: [['renderer/desk/lib/a.ts', line('../../../common/contract/index.ts', 'type { A }')]],
  },
  {
    title: 'no path leads out of the project',
    check: code.staysInProject,
    caught: [['test/unit/a.ts', "new URL('../../../elsewhere/a.json', import.meta.url);"]],
    spared: [['test/unit/a.ts', "new URL('../../package.json', import.meta.url);"]],
  },
  {
    title: 'no console in what ships',
    check: code.noConsole,
    caught: [
      ['main/a.ts', "console.log('x');"],
      ['renderer/desk/ui/A.svelte', '<script lang="ts">\n  console.error(1);\n</script>'],
    ],
    spared: [
      ['main/ledger/cli.ts', 'console.log(1);'],
      ['main/a.ts', "// console.log\nexport const a = 'console.log()';"],
    ],
  },
  {
    title: 'no test runs alone',
    check: code.noOnly,
    caught: [
      ['test/unit/a.test.ts', `test${'.only'}('x', () => {});`],
      ['test/unit/a.test.ts', `describe${'.only'}('x', () => {});`],
    ],
    spared: [['test/unit/a.test.ts', 'settings.only;']],
  },
  {
    title: 'no any',
    check: code.noAny,
    caught: [
      ['main/a.ts', 'let a: any;'],
      ['test/a.ts', 'f(a as any);'],
      ['main/a.ts', 'type A = Record<string, any>;'],
    ],
    spared: [['main/a.ts', "// any\nexport const any = 'as any';"]],
  },
  {
    title: 'type, not interface',
    check: code.typeNotInterface,
    caught: [['main/a.ts', 'interface A { b: 1 }']],
    spared: [['renderer/a.ts', 'declare global { interface Window { a: 1 } }']],
  },
  {
    title: 'named exports, and no file that passes on what others own',
    check: code.namedExportsNoBarrels,
    caught: [
      ['main/a.ts', 'export default 1;'],
      ['main/a.ts', "export * from './b.ts';"],
      ['main/a.ts', "export { a } from './b.ts';"],
    ],
    spared: [['main/a.ts', 'export const a = 1;']],
  },
  {
    title: 'time and chance come as parameters',
    check: code.noHiddenClockOrChance,
    caught: [
      ['main/a.ts', 'Date.now();'],
      ['main/a.ts', 'new Date();'],
      ['renderer/desk/lib/a.ts', 'Math.random();'],
      ['main/a.ts', 'crypto.randomUUID();'],
      ['common/a.ts', 'const a = randomBytes;'],
    ],
    spared: [
      ['main/platform/a.ts', 'Date.now(); randomBytes(8);'],
      ['main/a.ts', "new Date(now_ms); 'Date.now()'; // new Date()"],
    ],
  },
  {
    title: 'no SQLite call that writes plain text or opens what nobody checked',
    check: code.bannedSqlite,
    caught: [
      ['main/a.ts', 'database.serialize();'],
      ['main/a.ts', "database.backup('x');"],
      ['main/a.ts', "database.loadExtension('x');"],
      ['main/a.ts', 'database.exec("ATTACH DATABASE \'x\' AS y");'],
      ['main/a.ts', 'sql(`attach ? as other`);'],
    ],
    spared: [['main/a.ts', "const attach = 'Attach the printer.'; // serialize()"]],
  },
  {
    title: 'no text becomes markup or code',
    check: code.noTextAsMarkupOrCode,
    caught: [
      ['renderer/desk/ui/A.svelte', '<p>{@html text}</p>'],
      ['renderer/pay/a.ts', 'node.innerHTML = text;'],
      ['main/a.ts', "eval('1');"],
      ['main/a.ts', "new Function('1');"],
      ['renderer/pay/a.ts', 'document.write(text);'],
    ],
    spared: [['renderer/desk/ui/A.svelte', '<!-- {@html text} -->']],
  },
  {
    title: 'colours live in tokens.css',
    check: code.coloursInTokens,
    caught: [
      ['renderer/desk/ui/A.svelte', '<style>\n  p { color: #fff; }\n</style>'],
      ['renderer/pay/a.ts', "const a = '#15181d';"],
      ['renderer/pay/pay.css', 'p { color: #15181dff; }'],
    ],
    spared: [['renderer/desk/ui/A.svelte', '{#each faces as face}<a href="#faces-of-1">{face}</a>{/each}/* #fff */']],
  },
  {
    title: 'queries stand where queries may stand',
    check: code.sqlAtHome,
    caught: [
      ['main/staff/a.ts', "sql(database, 'SELECT name FROM person');"],
      ['main/staff/a.ts', 'sql(database, `UPDATE person SET name = $' + '{name}`);'],
      ['main/staff/a.ts', "sql(database, 'INSERT OR REPLACE INTO person VALUES (1)');"],
      ['renderer/desk/lib/a.ts', "const a = 'delete from person';"],
    ],
    spared: [
      ['main/staff/queries.ts', "sql(database, 'SELECT name FROM person');"],
      ['main/staff/a.ts', "'Update the office, then select a person.'.at(0);"],
    ],
  },
  {
    title: 'functions, components and files keep their limits',
    check: code.sizeLimits,
    caught: [
      ['main/a.ts', `function a() {\n${'  b();\n'.repeat(70)}}`],
      ['renderer/desk/ui/A.svelte', '<p></p>\n'.repeat(201)],
      ['test/a.ts', 'a();\n'.repeat(301)],
    ],
    spared: [
      ['test/a.test.ts', `describe('a', () => {\n${'  b();\n'.repeat(80)}});`],
      ['main/a.ts', `const a = () => {\n${'  b();\n'.repeat(68)}};`],
    ],
  },
];
