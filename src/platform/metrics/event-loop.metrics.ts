import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { IntervalHistogram } from 'node:perf_hooks';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface EventLoopMetrics {
  /** Begins to measure the event loop. Node does this without running JavaScript. */
  measure(): void;
  close(): void;
}

/** Time between two measurements of the event loop, in ms. */
const resolution = 10;
const quantiles = [0.5, 0.99, 1];

/** Creates the gauge of the event loop. It has no value before `measure`. */
export function createEventLoopMetrics(registry: Registry): EventLoopMetrics {
  let delays: IntervalHistogram | null = null;
  const lag = new Gauge({
    name: 'gatehouse_event_loop_lag_seconds', help: 'Delay of the event loop since the last scrape, by quantile; 1 is the longest.',
    labelNames: ['quantile'], registers: [registry],
    collect() {
      if (!delays) return;
      for (const quantile of quantiles) lag.set({ quantile }, toLag(delays.percentile(quantile * 100)));
      delays.reset();
    },
  });
  return {
    measure() {
      if (delays) return;
      delays = monitorEventLoopDelay({ resolution });
      delays.enable();
    },
    close() {
      delays?.disable();
    },
  };
}

/** Node measures the time between two measurements, in ns. The part above `resolution` is the lag. */
function toLag(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolution) / 1_000;
}
