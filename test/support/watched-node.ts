import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createApp } from '../../src/app.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import { createLimitedServer } from '../../src/http/limited-server.ts';
import type { ServerTimes } from '../../src/http/limited-server.ts';
import { connect } from '../../src/mongo/connect.ts';
import { testSettings } from './test-settings.ts';

// A server in a process of its own, with one gated URL of a host, that watches its event loop. It is sent a NodeOrder, answers { origin }, and then
// each 'begin' and 'end' with what it saw between them.

export interface NodeOrder {
  readonly uri: string;
  readonly env: Readonly<Record<string, string>>;
  readonly times?: Partial<ServerTimes>;
}

/** How late timers were while it watched, in ms. */
export interface LoopReport {
  readonly p99: number;
  /** Those of over 20 ms, and when the timer fired at last, in ms since 1970. */
  readonly delays: readonly { readonly late: number; readonly at: number }[];
}

const resolution = 5;
const noticed = 20;
const histogram = monitorEventLoopDelay({ resolution });
// The histogram holds the time between two samples, which is the resolution when nothing is late.
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);

function watchDelays(): () => LoopReport['delays'] {
  const delays: LoopReport['delays'][number][] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last - resolution > noticed) delays.push({ late: now - last - resolution, at: performance.timeOrigin + now });
    last = now;
  }, resolution);
  return () => {
    clearInterval(timer);
    return delays;
  };
}

process.once('message', (order) => {
  void start(order as NodeOrder); // the only thing a test sends first
});

async function start({ uri, env, times }: NodeOrder): Promise<void> {
  const settings = testSettings(env);
  const gatehouse = createGatehouse({ connection: await connect(uri), settings, urls: { auth: { '/host/': ['gated'] } } });
  const app = createApp(gatehouse, settings);
  app.get('/host/gated', (_request, response) => void response.json({}));
  await gatehouse.init(app);
  const { server } = createLimitedServer(app, { ...settings, ...(times && { times }) });
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }); // what a server on a port has
  });
  let delays = watchDelays();
  process.on('message', (message) => {
    if (message === 'begin') {
      histogram.enable();
      histogram.reset();
      delays();
      delays = watchDelays();
      process.send?.('begun');
    } else {
      histogram.disable();
      process.send?.({ p99: late(histogram.percentile(99)), delays: delays() } satisfies LoopReport);
    }
  });
}
