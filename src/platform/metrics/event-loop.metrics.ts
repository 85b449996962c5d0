import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { IntervalHistogram } from 'node:perf_hooks';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface EventLoopMetrics {
  /** From now on the event loop is looked at; Node does so without running JavaScript. */
  measure(): void;
  close(): void;
}

/** How often the event loop is looked at, in ms. */
const resolution = 10;
const quantiles = [0.5, 0.99, 1];

/** Creates the gauge of the event loop, which has no value until it is measured. */
export function createEventLoopMetrics(registry: Registry): EventLoopMetrics {
  let delays: IntervalHistogram | null = null;
  const lag = new Gauge({
    name: 'gatehouse_event_loop_lag_seconds', help: 'How late the event loop was since this was last read, by quantile; 1 is the longest.',
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

/** Node tells the ns from one look to the next, of which so much was meant. */
function toLag(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolution) / 1_000;
}
