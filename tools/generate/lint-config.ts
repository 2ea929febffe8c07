import { importOverrides, type Override } from './import-rules.ts';

/** The text of `.oxlintrc.json`. It is generated because JSON can neither hold a table nor say why. */
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
  // One line for each override keeps the file, and a change of it, short enough to be read.
  const start = JSON.stringify(config, undefined, 2).slice(0, -'\n}'.length);
  return `${start},\n  "overrides": [\n    ${overrides.map((row) => JSON.stringify(row)).join(',\n    ')}\n  ]\n}\n`;
}

/** What is asked for beyond what oxlint calls correct and unsuspicious. */
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
  // A helper that asserts is named so; a property is asserted by fast-check, and what a page shows by waiting for it.
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

/** What fits into a reader's head. */
const budgets = {
  complexity: ['error', 15],
  'max-depth': ['error', 4],
  'max-lines': ['error', { max: 500 }],
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: false, skipComments: false }],
  'max-params': ['error', 3],
};

const declinedRules = {
  // Refusing control characters is this program's trade.
  'no-control-regex': 'off',
  // A small function may stand beside its one use, wherever that is.
  'unicorn/consistent-function-scoping': 'off',
  // Adapters between callbacks and promises are rare, small and read by people.
  'promise/no-callback-in-promise': 'off',
  'promise/always-return': 'off',
  // `import pg from 'pg'` is how a CommonJS package is imported.
  'import/no-named-as-default-member': 'off',
  // Objects here are closures; none of their functions asks who `this` is.
  'typescript/unbound-method': 'off',
  // A type parameter that only the result uses is how a branded value is made.
  'typescript/no-unnecessary-type-parameters': 'off',
  // A database driver's answer is not always what its type says: a count may be a text.
  'typescript/no-unnecessary-type-conversion': 'off',
  // The house has no enums; those of libraries are numbers like others.
  'typescript/no-unsafe-enum-assignment': 'off',
  'typescript/no-unsafe-enum-comparison': 'off',
  // Worker threads have no origin.
  'unicorn/require-post-message-target-origin': 'off',
  'vitest/no-conditional-expect': 'off',
  // A test that cannot run here skips itself with a reason, which tools/count-reporter.ts asks for.
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
  // The one that prints: before a logger exists, and for the line that says where the server listens.
  { files: ['src/main.ts', 'src/serve.ts', 'src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
];

const testOverride: Override = {
  files: ['**/*.test.ts', 'test/**/*.ts'],
  rules: {
    // A block of tests is one function to oxlint, and a list to its reader.
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

/** Scripts that a page carries. They run in a browser, and no compiler knows their types. */
const browserOverride = {
  files: ['src/**/assets/*.js'],
  env: { browser: true, node: false },
  rules: { 'typescript/no-deprecated': 'off' },
};

/** Vitest takes its configuration and its set-up as default exports. */
const configOverride: Override = {
  files: ['*.config.ts', 'test/support/global-setup.ts'],
  rules: { 'import/no-default-export': 'off' },
};
