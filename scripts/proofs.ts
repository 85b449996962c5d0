import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { findOldProofs, readProofRecords, recordProof } from './proofs/proof-record.ts';
import { findProofs } from './proofs/proofs.ts';
import type { Proof } from './proofs/proofs.ts';
import { describeCounts } from './test-run/counts.ts';
import { readTestOptions } from './test-run/options.ts';
import { runTests } from './test-run/run-tests.ts';

// `npm run proofs [-- NAME ...]`: runs the tests and benchmarks of all proofs, or of those named, with the full figures, and writes
// down in test/proofs.json which hold. `npm run proofs -- --old` runs nothing and lists the folders that changed since.
const project = resolve(import.meta.dirname, '..');
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

if (process.argv.includes('--old')) await listOldProofs();
else await prove(process.argv.slice(2));

async function listOldProofs(): Promise<void> {
  const old = await findOldProofs(project, await readProofRecords(project));
  if (old.length === 0) console.log('Every proof is newer than what it covers.');
  for (const { proof, changed, provenOn } of old) {
    const since = provenOn === undefined ? 'has never held; it covers' : `held on ${provenOn}; since then have changed:`;
    console.log(`Proof "${proof}" ${since} ${changed.join(', ')}`);
  }
  if (old.length > 0) console.log(`To prove them again: npm run proofs -- ${old.map(({ proof }) => proof).join(' ')}`);
}

async function prove(args: readonly string[]): Promise<void> {
  const began = performance.now();
  const { patterns: names, ...options } = readTestOptions(args);
  const chosen = findProofs(names);
  const patterns = [...new Set(chosen.flatMap(({ tests }) => tests))].map((path) => `^${path.replaceAll('.', '\\.')}`);
  const { faults, failedFiles, ...counts } = await runTests({ ...options, form: 'full', patterns, signal: stop.signal });
  const failed = new Set(failedFiles);
  const broken = new Set<Proof>();
  let failedBenches = 0;
  for (const proof of chosen) {
    if (proof.tests.some((path) => [...failed].some((file) => file.startsWith(path)))) broken.add(proof);
    for (const bench of proof.benches ?? []) {
      if (stop.signal.aborted || await runBench(bench)) continue;
      broken.add(proof);
      failedBenches += 1;
      faults.push(`npm run bench -- ${bench.join(' ')}`);
    }
  }
  const minutes = (performance.now() - began) / 60_000;
  // A run that ended badly without naming a file proves nothing.
  const isWhole = !stop.signal.aborted && (faults.length === 0 || broken.size > 0);
  for (const proof of isWhole ? chosen.filter((each) => !broken.has(each)) : []) await recordProof(project, proof, minutes, new Date());
  for (const fault of faults) console.log(`Failed: ${fault}`);
  console.log(`Proofs of ${chosen.map(({ name }) => name).join(', ')}, in ${minutes.toFixed(0)} min`);
  console.log(describeCounts({ ...counts, failed: counts.failed + failedBenches }));
  process.exitCode = faults.length > 0 ? 1 : 0;
}

/** Runs a benchmark as `npm run bench` does; false if it ended badly. */
async function runBench(args: readonly string[]): Promise<boolean> {
  console.log(`\nnpm run bench -- ${args.join(' ')}`);
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/bench/bench.ts', ...args], { cwd: project, stdio: ['ignore', 'inherit', 'inherit'] });
  stop.signal.addEventListener('abort', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit') as [number | null];
  return code === 0;
}
