import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareLocalMongo, startTestMongo } from './local-mongo.ts';
import { addCounts, countTests, describeCounts } from './test-counts.ts';
import type { RunEnd, TestCounts } from './test-counts.ts';

// Runs every test, or those of the file patterns given, on one throw-away database. The last line printed is the counts.
// What measures time stands in test/alone/ and is run last, file by file: another test beside it would be measured too.
const alone = 'test/alone/';
const graceAfterLastTest = 10_000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let interrupted: NodeJS.Signals | undefined;
for (const signal of signals) process.on(signal, () => { interrupted = signal; });

const counts = await runTests().catch((error: unknown): TestCounts => (
  { passed: 0, failed: 1, skipped: 0, faults: [error instanceof Error ? error.message : String(error)] }
));
if (interrupted !== undefined) counts.faults.push(`interrupted by ${interrupted}`);
for (const fault of counts.faults) console.log(`Failed: ${fault}`);
console.log(describeCounts(counts));
process.exitCode = counts.faults.length > 0 ? 1 : 0;

async function runTests(): Promise<TestCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  try {
    const given = process.argv.slice(2);
    const runs = given.length > 0 ? [[...given]] : [['--testPathIgnorePatterns', '/node_modules/', alone], ['--maxWorkers', '1', alone]];
    const counted: TestCounts[] = [];
    // Some tests start the server as people do; what that installs once takes longer than they wait for a start. Where nothing can be installed, those fail.
    if (given.length === 0) await prepareLocalMongo(process.env, (line) => console.log(line)).catch((error: unknown) => console.log(error instanceof Error ? error.message : String(error)));
    for (const [index, options] of runs.entries()) {
      const report = join(folder, `report-${index}.json`);
      const end = interrupted === undefined ? await runOnDatabase(report, options) : { exitCode: null, hung: false };
      counted.push(countTests(await readFile(report, 'utf8').catch(() => undefined), { ...end, skipsFail: process.env['CI'] === 'true' }));
    }
    return addCounts(counted);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each run has a database server of its own: one that has served a thousand tests is slower than a new one. */
async function runOnDatabase(report: string, options: readonly string[]): Promise<RunEnd> {
  const mongo = await startTestMongo(process.env, (line) => console.log(line));
  try {
    console.log(`Tests use ${mongo.describe}`);
    return await runJest(report, mongo.uri, options);
  } finally {
    await mongo.stop();
  }
}

async function runJest(report: string, uri: string, options: readonly string[]): Promise<RunEnd> {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const { NODE_OPTIONS = '' } = process.env;
  const child = spawn(process.execPath, [jest, '--json', '--outputFile', report, ...options], {
    // No test may reach the database that MONGODB_URI names.
    env: { ...process.env, MONGODB_URI: undefined, TEST_MONGODB_URI: uri, NODE_OPTIONS: `${NODE_OPTIONS} --import tsx`.trim() },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  // Jest writes its report after the last test, and then waits for ever while anything is left open.
  let hung = false;
  let reportedAt: number | undefined;
  const watch = setInterval(() => {
    if (existsSync(report)) reportedAt ??= Date.now();
    if (reportedAt !== undefined && Date.now() - reportedAt > graceAfterLastTest) hung = child.kill('SIGKILL');
  }, 250);
  const [exitCode] = await once(child, 'exit') as [number | null];
  clearInterval(watch);
  return { exitCode, hung };
}
