import { writeFileSync } from 'node:fs';
import type { ProcessorTime } from './processor-time.ts';

/** A worker, and what it is running. */
export interface RunningTest {
  readonly pid: number;
  readonly file: string;
  /** The test or hook; undefined while the file is loaded. */
  readonly test?: string;
  /** When it began, in ms since 1970. */
  readonly since: number;
}

export interface FileTime extends ProcessorTime {
  readonly file: string;
  /** Seconds by the clock. */
  readonly wall: number;
}

/** What the process that started jest reads of a run. */
export interface RunState {
  readonly running: readonly RunningTest[];
  readonly times: readonly FileTime[];
}

/** How often the file is written while tests begin and end, in ms. */
const pause = 250;

/** Keeps a file that says what is running and what each test file took: it outlives a jest that hangs or is killed. */
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
