import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { localFolders } from '../../src/cli/local/local-folders.ts';
import { besideKeycloak } from '../keycloak/beside-keycloak.ts';
import { prepareLocalMongo, startTestMongo } from '../local-mongo.ts';
import { changedFiles, unchangedTests } from './after-changes.ts';
import { chooseFiles, listTestFiles, serverProofs } from './choose-files.ts';
import { compileProject } from './compile.ts';
import { addCounts } from './counts.ts';
import type { TestCounts } from './counts.ts';
import type { Form } from './form.ts';
import type { TestOptions } from './options.ts';
import { describeTimes } from './print-times.ts';
import { processorTime, timeSince } from './processor-time.ts';
import { project } from './project.ts';
import { recordTimes } from './record-times.ts';
import { runJest } from './run-jest.ts';
import { withSystemPrograms } from './system-programs.ts';
import type { JestEnd } from './run-jest.ts';

export interface TestRun extends TestOptions {
  readonly form: Form;
  readonly signal: AbortSignal;
}

/** How long each part of a run may take, in min: several times as long as it usually takes. */
const limits: Readonly<Record<Form, number>> = { short: 15, ci: 60, full: 240 };

/**
 * Runs tests: first the files that may run beside others, then those that run alone. Prints how long each part and the most
 * expensive files took.
 *
 * Rejects if no file matches the patterns.
 */
export async function runTests({ form, patterns, jest, shuffle, records, signal }: TestRun): Promise<TestCounts> {
  const [began, before] = [performance.now(), processorTime()];
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  try {
    const files = await listTestFiles(project);
    const leftOut = form === 'short' && patterns.length === 0 ? unchangedTests(files, changedFiles(project)) : [];
    if (leftOut.length > 0) console.log(`Left out, because nothing that they test differs from the main branch: ${leftOut.join(', ')}.`);
    const { together, alone } = chooseFiles(files, patterns, form, leftOut);
    if (shuffle !== undefined) console.log(`The order of files is number ${shuffle}: npm test -- --shuffle=${shuffle} repeats it.`);
    await tellWithoutServers(form, [...together, ...alone]);
    const loader = await compileProject(join(folder, 'compiled'));
    if (patterns.length === 0) await prepareDatabase();
    const ends: JestEnd[] = [];
    const parts = [
      { name: 'together', files: together, options: jest },
      { name: 'alone', files: alone, options: [...jest, '--maxWorkers', '1'] },
    ];
    for (const part of parts.filter(({ files }) => files.length > 0)) {
      if (signal.aborted) break;
      const startedAt = performance.now();
      ends.push(await onDatabase((uri) => besideKeycloak(
        { files: part.files, cacheFolder: localFolders.cache, env: process.env, log: console.log },
        (keycloak) => runJest({ ...part, folder, uri, keycloak, loader, form, limit: limits[form] * 60_000, signal, shuffle }),
      )));
      console.log(`Part "${part.name}": ${part.files.length} files, ${secondsSince(startedAt)} s`);
    }
    if (ends.length === 0) throw new Error(`No test file matches ${patterns.join(' ')}.`);
    const times = ends.flatMap((end) => end.times);
    const counts = addCounts(ends.map((end) => end.counts));
    const passedFiles = counts.passedFiles.map((file) => relative(project, file));
    if (records) await recordTimes(project, times.filter(({ file }) => passedFiles.includes(file)));
    for (const line of describeTimes(times, timeSince(before), (performance.now() - began) / 1e3)) console.log(line);
    return { ...counts, passedFiles };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The servers that tests start, and an option with which each ends at once. The package of Debian has the name of the program. */
const servers = [
  { server: 'Redis', program: 'redis-server', option: '--version' }, { server: 'Slapd', program: 'slapd', option: '-VV' },
] as const;

/** Starts a database server for one part of a run: a server that has served a thousand tests is slower than a new one. */
async function onDatabase<T>(work: (uri: string) => Promise<T>): Promise<T> {
  const mongo = await startTestMongo(process.env, (line) => console.log(line));
  try {
    console.log(`Tests use ${mongo.describe}`);
    return await work(mongo.uri);
  } finally {
    await mongo.stop();
  }
}

/**
 * Installs the database of `npm start`: some tests start the server as users do, and cannot wait for the installation.
 *
 * If it cannot be installed, only these tests fail.
 */
async function prepareDatabase(): Promise<void> {
  await prepareLocalMongo(process.env, console.log).catch((error: unknown) => (
    console.log(error instanceof Error ? error.message : String(error))));
}

async function tellWithoutServers(form: Form, files: readonly string[]): Promise<void> {
  if (form !== 'short') return;
  for (const { server, program, option } of servers) {
    if (spawnSync(program, [option], { env: withSystemPrograms }).status === 0) continue;
    const leftOut = await serverProofs(project, files, server);
    if (leftOut.length === 0) continue;
    console.log(`Left out, because no ${program} is installed (apt-get install ${program}): ${leftOut.join(', ')}.`);
  }
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1e3).toFixed(0);
}
