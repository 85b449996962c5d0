/**
 * The options with which `node` runs TypeScript of the project: on what the test run compiled once, or by tsx.
 *
 * They hold in every working directory.
 */
export const runsTypeScript: readonly string[] = ['--import', process.env['TEST_LOADER'] ?? import.meta.resolve('tsx')];
