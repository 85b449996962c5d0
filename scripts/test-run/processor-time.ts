import { readFileSync } from 'node:fs';

/** Processor time in seconds. */
export interface ProcessorTime {
  /** Of this process. */
  readonly own: number;
  /** Of the processes that it started, and of theirs, once they have ended; 0 if the system does not say. */
  readonly started: number;
}

/** Linux counts in these parts of a second. */
const ticks = 100;

/** The processor time of this process until now. */
export function processorTime(): ProcessorTime {
  const { user, system } = process.cpuUsage();
  return { own: (user + system) / 1e6, started: startedTime() };
}

export function timeSince(before: ProcessorTime): ProcessorTime {
  const now = processorTime();
  return { own: now.own - before.own, started: now.started - before.started };
}

// proc(5): cutime and cstime are the 14th and 15th field after the program's name, which is in brackets and may contain spaces.
function startedTime(): number {
  if (process.platform !== 'linux') return 0;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticks;
}
