import { join } from 'node:path';
import { readMutantOptions } from './mutants/options.ts';
import { countMutants, describeCounts } from './mutants/report.ts';
import { runMutants, writeMutants } from './mutants/run-mutants.ts';
import { project } from './test-run/project.ts';

// `npm run mutants [-- FOLDER ...] [--seed NUMBER] [--count NUMBER] [--budget SECONDS]`: changes the source in one place at a time, and
// lists the changes that no test finds. The exit code is 1 where there is one.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

const began = performance.now();
const options = readMutantOptions(process.argv.slice(2));
const { tested, failing } = await runMutants(options, stop.signal);
const report = join(project, 'node_modules/.cache/mutants/mutants.jsonl');
await writeMutants(report, tested);
for (const file of failing) console.log(`Left out, because it fails on the unchanged source: ${file}`);
for (const line of describeCounts(countMutants(tested, options.folders))) console.log(line);
const seconds = (performance.now() - began) / 1e3;
console.log(`Seed ${options.seed}; ${seconds.toFixed(0)} s, ${(seconds / Math.max(
  1, tested.length,
)).toFixed(1)} s a mutant. Each one is listed in ${report}.`);
process.exitCode = tested.some(({ outcome }) => outcome.kind === 'survived') || stop.signal.aborted ? 1 : 0;
