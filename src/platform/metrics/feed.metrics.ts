import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { FeedState } from '../cache/change-feed.ts';

const modes: readonly FeedState['mode'][] = ['fresh', 'reading'];

/** Creates the gauges of the feed, which have no value until somebody says what to read. */
export function createFeedMetrics(registry: Registry): { watchFeed(read: () => FeedState): void } {
  let source: (() => FeedState) | null = null;
  const lag = new Gauge({
    name: 'gatehouse_feed_lag_seconds', help: 'How old the newest is that the feed of changes is known to have brought.',
    registers: [registry],
    collect() {
      if (source) lag.set(source().lagSeconds);
      else lag.remove(); // prom-client begins one without labels at 0, which nobody has measured
    },
  });
  const mode = new Gauge({
    name: 'gatehouse_feed_mode', help: '1 for the mode of the feed of changes: fresh, or reading where the database is asked instead.',
    labelNames: ['mode'], registers: [registry],
    collect() {
      const current = source?.().mode;
      if (current) for (const each of modes) mode.set({ mode: each }, each === current ? 1 : 0);
    },
  });
  return {
    watchFeed(read) {
      source = read;
    },
  };
}
