import svelte from 'eslint-plugin-svelte';
import typescript from 'typescript-eslint';

const ignored = ['node_modules', 'dist', 'release', '.setup', 'coverage', 'test-results', 'playwright-report'];
const underscore = '^_';

/** Rules without type information, so that the whole tree is linted in seconds; tsc holds the rest. */
const shared = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': 'error',
  'no-debugger': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-template-curly-in-string': 'error',
  'no-unsafe-finally': 'error',
  'no-constant-binary-expression': 'error',
  'no-self-compare': 'error',
  'array-callback-return': 'error',
  'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
  'no-unused-vars': 'off',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: underscore, varsIgnorePattern: underscore }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/ban-ts-comment': 'error',
  '@typescript-eslint/no-non-null-asserted-optional-chain': 'error',
};

export default [
  { ignores: ignored.map(name => `**/${name}/**`) },
  ...svelte.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs', '**/*.svelte'],
    plugins: { '@typescript-eslint': typescript.plugin },
    languageOptions: { parser: typescript.parser, ecmaVersion: 'latest', sourceType: 'module' },
    rules: shared,
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parser: svelte.configs['flat/base'][1].languageOptions.parser,
      parserOptions: { parser: typescript.parser },
    },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      // A component with one bindable property destructures them all with `let`.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    // Command lines talk to a person on the terminal.
    files: ['scripts/**', 'test/**', '**/cli.ts'],
    rules: { 'no-console': 'off' },
  },
];
