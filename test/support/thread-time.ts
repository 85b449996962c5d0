import { existsSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const statistics = '/proc/thread-self/schedstat';
const isCounted = existsSync(statistics);

/**
 * How long the thread that asks has had a processor so far, in ms.
 *
 * On Linux that is the time in which it ran: it does not grow while other processes run, nor by what other threads of
 * this process do. Elsewhere it is the time in which its event loop was busy, which does grow while the thread waits for
 * a processor.
 */
export function threadTime(): number {
  if (!isCounted) return performance.eventLoopUtilization().active;
  process.cpuUsage(); // has Linux bring the account of this thread up to date, which it otherwise does each few ms
  return Number(readFileSync(statistics, 'utf8').split(' ')[0]) / 1e6; // the first of three numbers, in ns
}
