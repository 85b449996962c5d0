import tseslint from 'typescript-eslint';
import { plainWords } from './scripts/lint/plain-words.mjs';
import { limits } from './scripts/lint/limits.mjs';
import { root } from './scripts/lint/root.mjs';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.gatehouse/', '*.js', '*.cjs', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // mongoose and the driver take plain objects for their option classes
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off', // factories return plain functions; none of them uses `this`
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-restricted-properties': ['error', {
        object: 'process', property: 'env', message: 'Only src/main.ts, src/cli and scripts read the environment.',
      }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/main.ts', 'src/cli/**', 'scripts/**', 'test/**', 'examples/**'],
    rules: { 'no-restricted-properties': 'off', 'no-console': 'off' },
  },
  ...limits,
  root,
  plainWords,
);
