// `npm test` names the files of a run; paths of its own are all that jest then looks for.
const { TEST_FILES } = process.env;

export default {
  runner: '<rootDir>/jest.runner.mjs',
  testMatch: TEST_FILES === undefined ? ['<rootDir>/test/**/*.test.ts'] : JSON.parse(TEST_FILES).map((file) => `<rootDir>/${file}`),
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  maxWorkers: 2,
};
