import { readFileSync } from 'node:fs';

/** Processor time in seconds. */
export interface ProcessorTime {
  /** Of this process. */
  readonly own: number;
  /** Of the processes that it started, and they in turn, once they have ended; 0 where the system does not tell. */
  readonly started: number;
}

/** Of a second, in which Linux counts. */
const ticks = 100;

/** The processor time until now. */
export function processorTime(): ProcessorTime {
  const { user, system } = process.cpuUsage();
  return { own: (user + system) / 1e6, started: startedTime() };
}

export function timeSince(before: ProcessorTime): ProcessorTime {
  const now = processorTime();
  return { own: now.own - before.own, started: now.started - before.started };
}

// proc(5): cutime and cstime are the 14th and 15th field after the name of the program, which stands in brackets and may hold spaces.
function startedTime(): number {
  if (process.platform !== 'linux') return 0;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticks;
}
