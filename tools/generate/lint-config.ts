import { importOverrides, type Override } from './import-rules.ts';

/** The text of `.oxlintrc.json`. It is generated because JSON can contain neither a table nor reasons. */
export function renderLintConfig(): string {
  const overrides: readonly Override[] = [
    sourceOverride,
    queryOverride,
    ...importOverrides(),
    ...ambientOverrides,
    testOverride,
    toolOverride,
    browserOverride,
    configOverride,
  ];
  const config = {
    $schema: './node_modules/oxlint/configuration_schema.json',
    plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
    categories: { correctness: 'error', suspicious: 'error' },
    options: { reportUnusedDisableDirectives: 'error' },
    env: { node: true, es2024: true },
    ignorePatterns: ['node_modules', 'data', 'coverage', 'bench/better-auth'],
    rules: { ...chosenRules, ...budgets, ...declinedRules },
  };
  // One line for each override keeps the file and its diffs readable.
  const start = JSON.stringify(config, undefined, 2).slice(0, -'\n}'.length);
  return `${start},\n  "overrides": [\n    ${overrides.map((row) => JSON.stringify(row)).join(',\n    ')}\n  ]\n}\n`;
}

/** Rules beyond oxlint's categories `correctness` and `suspicious`. */
const chosenRules = {
  curly: ['error', 'multi-line'],
  eqeqeq: 'error',
  'no-console': 'error',
  'no-else-return': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'import/first': 'error',
  'import/no-cycle': 'error',
  'import/no-default-export': 'error',
  'import/no-duplicates': 'error',
  'import/no-mutable-exports': 'error',
  'node/no-new-require': 'error',
  'oxc/no-barrel-file': ['error', { threshold: 0 }],
  'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  'typescript/no-deprecated': 'error',
  'typescript/no-explicit-any': 'error',
  'typescript/no-import-type-side-effects': 'error',
  'typescript/no-misused-promises': 'error',
  'typescript/no-non-null-assertion': 'error',
  'typescript/only-throw-error': ['error', { allowThrowingUnknown: true }],
  'typescript/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
  'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  'unicorn/filename-case': ['error', { case: 'kebabCase' }],
  'unicorn/prefer-node-protocol': 'error',
  // Helpers with assertions have names that show it. fast-check asserts properties, and waiting asserts a page's
  // content.
  'vitest/expect-expect': [
    'error',
    { assertFunctionNames: ['expect', 'expect*', 'fc.assert', 'page.**.waitFor', 'page.waitForURL'] },
  ],
  'vitest/no-focused-tests': 'error',
};

/** A placeholder of a statement is an object, so a condition on it is always true: see `src/storage/statement.ts`. */
const queryOverride: Override = {
  files: ['src/**/queries.ts', 'src/**/*-queries.ts', 'src/storage/**/*.ts', 'test/storage/statement.test.ts'],
  rules: { 'typescript/no-unnecessary-condition': 'error' },
};

/** Limits for readable code. */
const budgets = {
  complexity: ['error', 15],
  'max-depth': ['error', 4],
  'max-lines': ['error', { max: 500 }],
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: false, skipComments: false }],
  'max-params': ['error', 3],
};

const declinedRules = {
  // Rejecting control characters is a task of this program.
  'no-control-regex': 'off',
  // A small function may be next to its only use, in any scope.
  'unicorn/consistent-function-scoping': 'off',
  // Adapters between callbacks and promises are rare, small and reviewed.
  'promise/no-callback-in-promise': 'off',
  'promise/always-return': 'off',
  // `import pg from 'pg'` is how a CommonJS package is imported.
  'import/no-named-as-default-member': 'off',
  // Objects here are closures; none of their functions uses `this`.
  'typescript/unbound-method': 'off',
  // A type parameter that only the result uses is how a branded value is created.
  'typescript/no-unnecessary-type-parameters': 'off',
  // The response of a database driver does not always match its type: a count may be a string.
  'typescript/no-unnecessary-type-conversion': 'off',
  // This code base has no enums; those of libraries are treated as numbers.
  'typescript/no-unsafe-enum-assignment': 'off',
  'typescript/no-unsafe-enum-comparison': 'off',
  // Worker threads have no origin.
  'unicorn/require-post-message-target-origin': 'off',
  'vitest/no-conditional-expect': 'off',
  // A test that cannot run here skips itself with a reason, which tools/count-reporter.ts requires.
  'vitest/no-disabled-tests': 'off',
  'vitest/require-mock-type-parameters': 'off',
  'vitest/require-to-throw-message': 'off',
};

const sourceOverride: Override = {
  files: ['src/**/*.ts'],
  excludeFiles: ['**/*.test.ts'],
  rules: {
    'max-lines': ['error', { max: 350 }],
    'no-restricted-globals': [
      'error',
      {
        checkGlobalObject: true,
        globals: [
          { name: 'process', message: 'The environment is read in src/config, once.' },
          { name: 'fetch', message: 'Outbound HTTP is a dependency: see src/outbound/outbound-policy.ts.' },
        ],
      },
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'The time is a dependency: Clock of src/kernel/clock.ts.' },
      { object: 'Math', property: 'random', message: 'Chance is a dependency: Random of src/kernel/random.ts.' },
    ],
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
  },
};

const ambientOverrides: readonly Override[] = [
  {
    files: ['src/config/**/*.ts', 'src/kernel/**/*.ts', 'src/main.ts', 'src/serve.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  // Files that may print: before a logger exists, and for the line with the server's address.
  { files: ['src/main.ts', 'src/serve.ts', 'src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
];

const testOverride: Override = {
  files: ['**/*.test.ts', 'test/**/*.ts'],
  rules: {
    // oxlint counts a block of tests as one function; a reader sees a list.
    'max-lines-per-function': 'off',
    'max-params': 'off',
    'typescript/no-non-null-assertion': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/restrict-template-expressions': 'off',
  },
};

const toolOverride: Override = {
  files: ['tools/**', 'bench/**'],
  rules: {
    'no-console': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/restrict-template-expressions': 'off',
  },
};

/** Scripts of pages. They run in a browser, and no compiler checks their types. */
const browserOverride = {
  files: ['src/**/assets/*.js'],
  env: { browser: true, node: false },
  rules: { 'typescript/no-deprecated': 'off' },
};

/** Vitest requires default exports for its configuration and its setup. */
const configOverride: Override = {
  files: ['*.config.ts', 'test/support/global-setup.ts'],
  rules: { 'import/no-default-export': 'off' },
};
