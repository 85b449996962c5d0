/** Files that the limits of lines and functions apply to. */
const linted = ['config/**/*.ts', 'scripts/**/*.ts', 'examples/**/*.ts', 'test/**/*.ts'];

/** The part of an eslint configuration that limits how long files, lines and functions are. */
export const limits = [
  { files: ['**/*.ts'], rules: { 'max-lines': ['error', { max: 300 }] } },
  { files: linted, rules: { 'max-len': ['error', { code: 140, ignoreUrls: true, ignoreRegExpLiterals: true }] } },
  {
    files: ['config/**/*.ts', 'scripts/**/*.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }] },
  },
];
