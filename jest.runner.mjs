// Jest loads its runner as JavaScript; this one is TypeScript, which the loader of `npm test` serves.
export { createLaneRunner as default } from './scripts/test-run/lane-runner.ts';
