import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

/** One line of a counter. The caller raises `count`. */
export interface FastCounter {
  count: number;
}

/** Finds the line with these values of the labels, in their order. The first call creates it with 0. */
export type FastCounters = (...values: readonly string[]) => FastCounter;

export interface FastCounterOptions {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * Creates a counter whose lines are plain numbers. They are passed to prom-client at each scrape.
 *
 * Counting is then only an addition, while prom-client checks and formats the labels each time.
 */
export function createFastCounters(registry: Registry, { name, help, labels }: FastCounterOptions): FastCounters {
  const lines = new Map<string, FastCounter & { readonly labels: Record<string, string> }>();
  const counter = new Counter({
    name, help, labelNames: [...labels], registers: [registry],
    collect() {
      counter.reset();
      for (const line of lines.values()) counter.inc(line.labels, line.count);
    },
  });

  return (...values) => {
    const key = values.join(' ');
    const known = lines.get(key);
    if (known) return known;
    const line = { labels: Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ''])), count: 0 };
    lines.set(key, line);
    return line;
  };
}
