import { writeFileSync } from 'node:fs';
import type { ProcessorTime } from './processor-time.ts';

/** A worker and its test. */
export interface RunningTest {
  readonly pid: number;
  readonly file: string;
  /** The test or hook; undefined while the file is loaded. */
  readonly test?: string;
  /** When it started, in ms since 1970. */
  readonly since: number;
}

export interface FileTime extends ProcessorTime {
  readonly file: string;
  /** Seconds by the clock. */
  readonly wall: number;
}

/** The state of a run, for the process that started jest. */
export interface RunState {
  readonly running: readonly RunningTest[];
  readonly times: readonly FileTime[];
}

/** Interval at which the file is written, in ms. */
const pause = 250;

/** Writes a file that says what is running and how long each test file took. It is there also after a jest that hung or was killed. */
export function createRunState(path: string | undefined) {
  const running = new Map<number, RunningTest>();
  const times: FileTime[] = [];
  const write = (): void => {
    if (path !== undefined) writeFileSync(path, JSON.stringify({ running: [...running.values()], times } satisfies RunState));
  };
  const timer = setInterval(write, pause).unref();
  return {
    begin(test: RunningTest): void {
      running.set(test.pid, test);
    },
    end(pid: number, time?: FileTime): void {
      running.delete(pid);
      if (time) times.push(time);
    },
    close(): void {
      clearInterval(timer);
      write();
    },
  };
}
