import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createApp } from '../../src/app.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import { connect } from '../../src/mongo/connect.ts';
import { testSettings } from './test-settings.ts';

// A server in a process of its own, with one gated URL of a host, that watches its event loop. It is sent a NodeOrder, answers { origin }, and then
// each 'begin' and 'end' with what it saw between them.

export interface NodeOrder {
  readonly uri: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How late timers were while it watched, in ms. */
export interface LoopReport {
  readonly longest: number;
  readonly p99: number;
}

const resolution = 5;
const delay = monitorEventLoopDelay({ resolution });
// The histogram holds the time between two samples, which is the resolution when nothing is late.
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);

process.once('message', (order) => {
  void start(order as NodeOrder); // the only thing a test sends first
});

async function start({ uri, env }: NodeOrder): Promise<void> {
  const settings = testSettings(env);
  const gatehouse = createGatehouse({ connection: await connect(uri), settings, urls: { auth: { '/host/': ['gated'] } } });
  const app = createApp(gatehouse, settings);
  app.get('/host/gated', (_request, response) => void response.json({}));
  await gatehouse.init(app);
  const server = createServer(app).listen(0, '127.0.0.1', () => {
    process.send?.({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }); // what a server on a port has
  });
  process.on('message', (message) => {
    if (message === 'begin') {
      delay.enable();
      delay.reset();
      process.send?.('begun');
    } else {
      delay.disable();
      process.send?.({ longest: late(delay.max), p99: late(delay.percentile(99)) } satisfies LoopReport);
    }
  });
}
