import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findOldProofs, prepareRecord, readProofRecords, recordProof } from './proofs/proof-record.ts';
import { describeProofs, findProofs } from './proofs/proofs.ts';
import type { Proof } from './proofs/proofs.ts';
import { listTestFiles } from './test-run/choose-files.ts';
import { describeCounts } from './test-run/counts.ts';
import { readTestOptions } from './test-run/options.ts';
import { project } from './test-run/project.ts';
import { runTests } from './test-run/run-tests.ts';

// `npm run proofs [-- NAME ...]`: runs the tests and benchmarks of all proofs, or of the named ones, in the full form, and records
// in test/proofs.json which hold. `npm run proofs -- --old` runs nothing and lists what has changed since.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

if (process.argv.includes('--help')) console.log(describeProofs());
else if (process.argv.includes('--old')) await listOldProofs();
else await prove(process.argv.slice(2));

async function listOldProofs(): Promise<void> {
  const old = await findOldProofs(project, await readProofRecords(project));
  if (old.length === 0) console.log('Every proof is newer than what it covers.');
  for (const { proof, changed, provenOn } of old) {
    const since = provenOn === undefined ? 'has never held; it covers' : `held on ${provenOn}; changed since then:`;
    console.log(`Proof "${proof}" ${since} ${changed.join(', ')}`);
  }
  if (old.length > 0) console.log(`To prove them again: npm run proofs -- ${old.map(({ proof }) => proof).join(' ')}`);
}

async function prove(args: readonly string[]): Promise<void> {
  const began = performance.now();
  const { patterns: names, ...options } = readTestOptions(args);
  const chosen = findProofs(names);
  const prepared = chosen.map(async (proof) => [proof, await prepareRecord(project, proof, new Date())] as const);
  const records = new Map(await Promise.all(prepared));
  const patterns = [...new Set(chosen.flatMap(({ tests }) => tests))].map((path) => `^${path.replaceAll('.', '\\.')}`);
  const files = await listTestFiles(project);
  const { faults, passedFiles, ...counts } = await runTests({ ...options, form: 'full', patterns, signal: stop.signal });
  let failedBenches = 0;
  for (const proof of chosen) {
    const failed = await failedBenchesOf(proof);
    failedBenches += failed.length;
    faults.push(...failed);
    // A proof holds only if all of it has passed: every file ran, and no option of jest left out tests.
    const own = files.filter((file) => proof.tests.some((path) => file.startsWith(path)));
    const isWhole = options.jest.length === 0 && !stop.signal.aborted && own.every((file) => passedFiles.includes(file));
    const record = records.get(proof);
    if (isWhole && failed.length === 0 && record) await recordProof(project, proof, record);
  }
  for (const fault of faults) console.log(`Failed: ${fault}`);
  console.log(`Proofs of ${chosen.map(({ name }) => name).join(', ')}, in ${((performance.now() - began) / 60_000).toFixed(0)} min`);
  console.log(describeCounts({ ...counts, failed: counts.failed + failedBenches }));
  process.exitCode = faults.length > 0 ? 1 : 0;
}

/** Runs the benchmarks of a proof; resolves with the commands of those that failed. */
async function failedBenchesOf({ benches = [] }: Proof): Promise<string[]> {
  const failed: string[] = [];
  for (const bench of benches) {
    if (!stop.signal.aborted && !await runBench(bench)) failed.push(`npm run bench -- ${bench.join(' ')}`);
  }
  return failed;
}

/** Runs a benchmark as `npm run bench` does; false if it failed. */
async function runBench(args: readonly string[]): Promise<boolean> {
  console.log(`\nnpm run bench -- ${args.join(' ')}`);
  const command = ['--import', 'tsx', 'scripts/bench/bench.ts', ...args];
  const child = spawn(process.execPath, command, { cwd: project, stdio: ['ignore', 'inherit', 'inherit'] });
  stop.signal.addEventListener('abort', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit') as [number | null];
  return code === 0;
}
