/** Files that the limit of lines applies to. */
const linted = ['src/**/*.ts', 'config/**/*.ts', 'scripts/**/*.ts', 'examples/**/*.ts', 'test/**/*.ts'];

/** The part of an eslint configuration that limits how long files, lines and functions are. */
export const limits = [
  { files: ['**/*.ts'], rules: { 'max-lines': ['error', { max: 300 }] } },
  { files: linted, rules: { 'max-len': ['error', { code: 140, ignoreUrls: true, ignoreRegExpLiterals: true }] } },
  {
    files: ['src/**/*.ts', 'config/**/*.ts', 'scripts/**/*.ts'],
    ignores: ['src/**/*.routes.ts', 'src/gatehouse.ts'], // lists of routes and of parts; the root has a limit of its own
    rules: { 'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }] },
  },
];
