import { join } from 'node:path';
import { describeCounts } from './test-run/counts.ts';
import type { TestCounts } from './test-run/counts.ts';
import { formOf } from './test-run/form.ts';
import { readTestOptions } from './test-run/options.ts';
import { project } from './test-run/project.ts';
import { runOnChanges } from './test-run/run-on-changes.ts';
import { runTests } from './test-run/run-tests.ts';

// `npm test`: runs all tests of the form, or the files that match the patterns, on a throw-away database; with `--watch`, again after
// each change. Its last line is the counts.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let interrupted: NodeJS.Signals | undefined;
const stop = new AbortController();
for (const signal of signals) process.on(signal, () => { interrupted = signal; stop.abort(); });

const args = process.argv.slice(2);
const run = (): Promise<TestCounts> => runTests(
  { ...readTestOptions(args.filter((arg) => arg !== '--watch')), form: formOf(process.env), signal: stop.signal },
);
const watched = ['src', 'config', 'scripts', 'examples', 'test'].map((folder) => join(project, folder));
const counts = await (args.includes('--watch') ? runOnChanges(watched, run, stop.signal) : run()).catch((error: unknown): TestCounts => (
  { passed: 0, failed: 1, skipped: 0, faults: [error instanceof Error ? error.message : String(error)], passedFiles: [] }
));
if (interrupted !== undefined) counts.faults.push(`interrupted by ${interrupted}`);
for (const fault of counts.faults) console.log(`Failed: ${fault}`);
console.log(describeCounts(counts));
process.exitCode = counts.faults.length > 0 ? 1 : 0;
