import { existsSync, readFileSync } from 'node:fs';

/** Tells how much time the machine took from us, so that a machine that stood still is not taken for a slow server. */
export interface Stalls {
  /** What was lost within a span of performance.now(), in ms: standstills of this process of over 50 ms, and time stolen. */
  between(began: number, ended: number): number;
}

const tick = 20;
const noticed = 50;
const statistics = '/proc/stat';
/** Linux counts in hundredths of a second. */
const unit = 10;

interface Loss {
  readonly from: number;
  readonly to: number;
  readonly milliseconds: number;
}

/**
 * Watches from now on, each 20 ms, by a timer that what keeps another process busy does not delay.
 *
 * Stolen is what a hypervisor gave to others while a processor of ours had work to do ("steal" of proc_stat(5)); of
 * several processors the one that lost most counts, since at any moment one of them has the request. Systems that do not
 * count it have standstills only.
 */
export function watchStalls(): Stalls {
  const losses: Loss[] = [];
  const isCounted = existsSync(statistics);
  let last = { at: performance.now(), stolen: isCounted ? readStolen() : [] };
  const note = (): void => {
    const now = { at: performance.now(), stolen: isCounted ? readStolen() : [] };
    const late = now.at - last.at - tick;
    const stolen = unit * Math.max(0, ...now.stolen.map((count, index) => count - (last.stolen[index] ?? count)));
    const milliseconds = Math.min(now.at - last.at, Math.max(late > noticed ? late : 0, stolen));
    if (milliseconds > 0) losses.push({ from: last.at, to: now.at, milliseconds });
    last = now;
  };
  const timer = setInterval(note, tick).unref();
  afterAll(() => clearInterval(timer)); // else it would burden the files that this worker runs later
  return {
    between(began, ended) {
      note();
      return losses.reduce((sum, { from, to, milliseconds }) => {
        const shared = Math.max(0, Math.min(to, ended) - Math.max(from, began));
        return sum + Math.min(shared, milliseconds);
      }, 0);
    },
  };
}

/** Of each processor, what was stolen since the start. */
function readStolen(): number[] {
  return [...readFileSync(statistics, 'utf8').matchAll(/^cpu\d+ (.*)$/gm)].map(([, counts]) => Number(counts?.split(' ')[7] ?? 0));
}
