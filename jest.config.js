export default {
  runner: '<rootDir>/jest.runner.js',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  setupFiles: ['<rootDir>/test/support/worker.ts'],
  maxWorkers: 2,
};
