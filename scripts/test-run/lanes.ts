/** How long a file took when times were last recorded, in seconds: by the clock, and in processor time of its own. */
export interface RecordedTime {
  readonly wall: number;
  readonly own: number;
}

export type RecordedTimes = Readonly<Record<string, RecordedTime>>;

/** Files that some workers run one after the other. */
export interface Lane {
  readonly workers: number;
  readonly files: readonly string[];
}

export type Order = (files: readonly string[]) => readonly string[];

/** A file that uses the processor for less than this share of its time mostly waits: for processes, clocks or faults. */
const waitingShare = 0.35;
/** A file that ends within this time, in seconds, counts as one that computes. */
const soon = 2;

export interface LanePlan {
  readonly files: readonly string[];
  readonly times: RecordedTimes;
  /** How many workers compute, and how many mostly wait. One that computes alone runs all files. */
  readonly workers: { readonly compute: number; readonly wait: number };
  /** By default the longest file comes first. */
  readonly order?: Order | undefined;
}

/**
 * Sorts test files into two lanes: files that use the processor, and files that mostly wait.
 *
 * Two workers that compute use two cores; further ones that wait cost little. A file without a recorded time counts as one
 * that computes and comes first, since it may be long.
 */
export function planLanes({ files, times, workers, order = (all) => longestFirst(all, times) }: LanePlan): Lane[] {
  if (workers.compute === 1) return [{ workers: 1, files: order(files) }];
  const waits = (file: string): boolean => {
    const time = times[file];
    return time !== undefined && time.wall > soon && time.own < waitingShare * time.wall;
  };
  return [
    { workers: workers.compute, files: order(files.filter((file) => !waits(file))) },
    { workers: workers.wait, files: order(files.filter(waits)) },
  ];
}

function longestFirst(files: readonly string[], times: RecordedTimes): readonly string[] {
  const lengthOf = (file: string): number => times[file]?.wall ?? Infinity;
  return [...files].sort((one, other) => lengthOf(other) - lengthOf(one) || (one < other ? -1 : 1));
}

/** Puts files into a random order that depends on the number alone. */
export function shuffled(files: readonly string[], seed: number): string[] {
  let state = seed;
  // A linear congruential generator (Numerical Recipes): good enough to mix files.
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return [...files].sort().map((file) => ({ file, place: next() })).sort((one, other) => one.place - other.place).map(({ file }) => file);
}
