import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { FeedState } from '../cache/change-feed.ts';

const modes: readonly FeedState['mode'][] = ['fresh', 'reading'];

/** Creates the gauges of the feed. They have no value before `watchFeed`. */
export function createFeedMetrics(registry: Registry): { watchFeed(read: () => FeedState): void } {
  let source: (() => FeedState) | null = null;
  const lag = new Gauge({
    name: 'gatehouse_feed_lag_seconds', help: 'Age of the newest heartbeat that came back in the feed of changes.',
    registers: [registry],
    collect() {
      if (source) lag.set(source().lagSeconds);
      else lag.remove(); // a gauge of prom-client without labels begins at 0, which would be wrong
    },
  });
  const mode = new Gauge({
    name: 'gatehouse_feed_mode', labelNames: ['mode'], registers: [registry],
    help: '1 for the current mode of the feed of changes: fresh, or reading (each decision reads the database).',
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
