import tseslint from 'typescript-eslint';

/** What a workflow file may not import: everything that touches the world. */
const sandboxMessage =
  'workflows/ is the sandbox: import types only, or move this into workflows/pure/ (no Node, no I/O).';

export default tseslint.config(
  { ignores: ['node_modules/**', 'bundle/**', 'data/**', 'eslint.config.js', 'tests/fixtures/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // What follows says more for its own rooms. Off costs nothing: OpenTelemetry is loaded where spans are asked for.
    files: ['**/*.ts'],
    ignores: ['telemetry/otel.ts', 'telemetry/tidy-spans.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^@opentelemetry/|^@temporalio/interceptors-opentelemetry|/otel\\.ts$|/tidy-spans\\.ts$',
              allowTypeImports: true,
              message: 'OpenTelemetry is loaded by telemetry/traces.ts alone, where spans are asked for.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!@temporalio/workflow$|@temporalio/common$|\\./|\\.\\./pure/|\\.\\./policies\\.ts$)',
              allowTypeImports: true,
              message: sandboxMessage,
            },
          ],
        },
      ],
    },
  },
  {
    files: [
      'sources/**/*.ts',
      'lake/**/*.ts',
      'contracts/**/*.ts',
      'calendars/**/*.ts',
      'plan/**/*.ts',
      'proof/**/*.ts',
      'warehouse/**/*.ts',
      'report/**/*.ts',
      'alerts/**/*.ts',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^@(temporalio|opentelemetry)/|/telemetry/',
              message: 'The domain knows nothing of Temporal: translate in activities/.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['settings.ts', 'tests/**', 'bench/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'settings.ts is the one place that reads the environment.',
        },
      ],
    },
  },
);
