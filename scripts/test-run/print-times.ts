import { availableParallelism } from 'node:os';
import type { ProcessorTime } from './processor-time.ts';
import type { FileTime } from './run-state.ts';

const listed = 20;

/** Lines for people: the files that took the most processor time, and the time of the whole run. */
export function describeTimes(files: readonly FileTime[], whole: ProcessorTime, wall: number): string[] {
  const dearest = [...files].sort((one, other) => sumOf(other) - sumOf(one)).slice(0, listed);
  const workers = files.reduce((sum, { own }) => sum + own, 0);
  const started = files.reduce((sum, each) => sum + each.started, 0);
  const all = sumOf(whole);
  const share = 100 * all / (wall * availableParallelism());
  return [
    `The ${dearest.length} most expensive test files, in s: own processor time, that of the processes they started, by the clock`,
    ...dearest.map((each) => {
      const figures = [each.own, each.started, each.wall].map((figure) => figure.toFixed(1).padStart(7));
      return `${figures.join('')}  ${each.file}`;
    }),
    [
      `Processor time: ${all.toFixed(0)} s (${workers.toFixed(0)} in tests, ${started.toFixed(0)} in processes that they started)`,
      ` in ${wall.toFixed(0)} s, ${share.toFixed(0)} % of ${availableParallelism()} cores`,
    ].join(''),
  ];
}

function sumOf({ own, started }: ProcessorTime): number {
  return own + started;
}
