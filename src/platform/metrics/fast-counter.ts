import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

/** One line of a counter. The counting code raises the number. */
export interface FastCounter {
  count: number;
}

/** Finds the line with these values of the labels, in their order; made, at zero, when it is first asked for. */
export type FastCounters = (...values: readonly string[]) => FastCounter;

export interface FastCounterOptions {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * Creates a counter whose lines are plain numbers, which prom-client sees when it is read.
 *
 * So counting is an addition; prom-client itself checks and spells out the labels each time.
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
