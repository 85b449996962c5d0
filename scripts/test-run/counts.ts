import { relative } from 'node:path';
import { project } from './project.ts';

/** The result of a test run; `faults` says why it failed, and is empty if it did not. */
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

/** The part of jest's report that is read here. */
type Report = Readonly<Record<Figure, number>> & { readonly testResults: readonly FileReport[] };

/** How jest ended: its exit code, and whether it had to be killed because a test had left something open. */
export interface RunEnd {
  exitCode: number | null;
  hung: boolean;
}

/**
 * Counts the tests of a run from jest's JSON report.
 *
 * Faults are: failed tests, files that could not be run, a run without a test, and a jest that hung or failed without
 * naming a test; with `skipsFail` skipped tests too.
 */
export function countTests(report: string | undefined, { exitCode, hung, skipsFail }: RunEnd & { skipsFail: boolean }): TestCounts {
  if (report === undefined) {
    return { passed: 0, failed: 1, skipped: 0, faults: [`jest ended with ${String(exitCode)} and left no report`], passedFiles: [] };
  }
  const figures = JSON.parse(report) as Report; // jest's documented format
  const passed = figures.numPassedTests;
  const skipped = figures.numPendingTests + figures.numTodoTests;
  const failed = figures.numFailedTests + figures.numRuntimeErrorTestSuites;
  const faults: string[] = [];
  if (failed > 0) {
    const unfinished = String(figures.numRuntimeErrorTestSuites);
    faults.push(`${String(figures.numFailedTests)} tests, ${unfinished} test files that did not run to their end`);
  }
  if (passed + failed === 0) faults.push('no test ran');
  if (skipsFail && skipped > 0) faults.push(`${String(skipped)} tests were skipped, which only the short form allows`);
  if (hung) faults.push('jest did not end after the last test, because some test left a connection, server or timer open');
  if (faults.length === 0 && exitCode !== 0) faults.push(`jest ended with ${String(exitCode)}`);
  faults.push(...figures.testResults.flatMap(failuresOf));
  const passedFiles = figures.testResults.filter(({ status }) => status === 'passed').map(({ name }) => name);
  return { passed, failed: failed === 0 && faults.length > 0 ? 1 : failed, skipped, faults, passedFiles };
}

/** Names each failed test, or the file if none of its tests is reported as failed. */
function failuresOf({ name, status, assertionResults }: FileReport): string[] {
  if (status !== 'failed') return [];
  const failed = assertionResults.filter((test) => test.status === 'failed');
  const file = relative(project, name);
  return failed.length === 0 ? [file] : failed.map(({ fullName }) => `${file}: ${fullName}`);
}

/** Adds up the results of several runs. */
export function addCounts(all: readonly TestCounts[]): TestCounts {
  const sum = (figure: 'passed' | 'failed' | 'skipped') => all.reduce((total, counts) => total + counts[figure], 0);
  return {
    passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'),
    faults: all.flatMap(({ faults }) => faults), passedFiles: all.flatMap(({ passedFiles }) => passedFiles),
  };
}

/** The last line of a run: `N passed, N failed`, with `, N skipped` if there are any. */
export function describeCounts({ passed, failed, skipped }: Pick<TestCounts, 'passed' | 'failed' | 'skipped'>): string {
  return `${String(passed)} passed, ${String(failed)} failed${skipped > 0 ? `, ${String(skipped)} skipped` : ''}`;
}
