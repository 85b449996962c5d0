import { relative } from 'node:path';
import { project } from './project.ts';

/** What a test run came to; `faults` says in words why it failed, and is empty when it did not. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
  faults: string[];
  /** Files that ran to their end without a failed test. */
  passedFiles: string[];
}

type Figure = 'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests' | 'numRuntimeErrorTestSuites';

interface FileReport {
  readonly name: string;
  readonly status: string;
  /** Empty where the file did not run to its end. */
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

/** What is read of jest's report. */
type Report = Readonly<Record<Figure, number>> & { readonly testResults: readonly FileReport[] };

/** How jest ended: its exit code, and whether it had to be ended because a test had left something open. */
export interface RunEnd {
  exitCode: number | null;
  hung: boolean;
}

/**
 * Counts a run from jest's JSON report.
 *
 * Failed are tests, files that could not be run, a run of no test at all, and a jest that hung or ended badly without
 * naming a test; with `skipsFail` a skipped test is a fault too.
 */
export function countTests(report: string | undefined, { exitCode, hung, skipsFail }: RunEnd & { skipsFail: boolean }): TestCounts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0, faults: [`jest ended with ${String(exitCode)} and left no report`], passedFiles: [] };
  const figures = JSON.parse(report) as Report; // jest's documented format
  const passed = figures.numPassedTests;
  const skipped = figures.numPendingTests + figures.numTodoTests;
  const failed = figures.numFailedTests + figures.numRuntimeErrorTestSuites;
  const faults: string[] = [];
  if (failed > 0) faults.push(`${String(figures.numFailedTests)} tests, ${String(figures.numRuntimeErrorTestSuites)} test files that did not run to their end`);
  if (passed + failed === 0) faults.push('no test ran');
  if (skipsFail && skipped > 0) faults.push(`${String(skipped)} tests were skipped, which only the short form allows`);
  if (hung) faults.push('jest did not end after the last test, because some test left a connection, server or timer open');
  if (faults.length === 0 && exitCode !== 0) faults.push(`jest ended with ${String(exitCode)}`);
  faults.push(...figures.testResults.flatMap(failuresOf));
  const passedFiles = figures.testResults.filter(({ status }) => status === 'passed').map(({ name }) => name);
  return { passed, failed: failed === 0 && faults.length > 0 ? 1 : failed, skipped, faults, passedFiles };
}

/** Names each failed test, or the file where none of its tests is reported as failed. */
function failuresOf({ name, status, assertionResults }: FileReport): string[] {
  if (status !== 'failed') return [];
  const failed = assertionResults.filter((test) => test.status === 'failed');
  const file = relative(project, name);
  return failed.length === 0 ? [file] : failed.map(({ fullName }) => `${file}: ${fullName}`);
}

/** What several runs came to together. */
export function addCounts(all: readonly TestCounts[]): TestCounts {
  const sum = (figure: 'passed' | 'failed' | 'skipped') => all.reduce((total, counts) => total + counts[figure], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), faults: all.flatMap(({ faults }) => faults), passedFiles: all.flatMap(({ passedFiles }) => passedFiles) };
}

/** The closing line of a run: `N passed, N failed`, with `, N skipped` when there are any. */
export function describeCounts({ passed, failed, skipped }: Pick<TestCounts, 'passed' | 'failed' | 'skipped'>): string {
  return `${String(passed)} passed, ${String(failed)} failed${skipped > 0 ? `, ${String(skipped)} skipped` : ''}`;
}
