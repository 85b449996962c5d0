import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createApp } from '../../src/process/app.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import { createServer } from '../../src/http/server/create-server.ts';
import type { ServerTimes } from '../../src/http/server/create-server.ts';
import { connect } from '../../src/platform/database/connect.ts';
import { createPasswordPool } from '../../src/platform/passwords/password.pool.ts';
import { countingPool } from './counting-pool.ts';
import { testSettings } from './test-settings.ts';
import { threadTime } from './thread-time.ts';

// A server in a process of its own, with one gated URL of a host, that watches its event loop. It is sent a NodeOrder, answers
// { origin }, and then each 'begin' and 'end' with what it saw between them.

export interface NodeOrder {
  readonly uri: string;
  readonly env: Readonly<Record<string, string>>;
  readonly times?: Partial<ServerTimes>;
}

/** What it saw while it watched. */
export interface LoopReport {
  /** How late timers were, in ms. */
  readonly p99: number;
  /** Those of over 20 ms, and when the timer fired at last, in ms since 1970. */
  readonly delays: readonly { readonly late: number; readonly at: number }[];
  /** Processor time of the thread of the event loop, and of all others of the process together, in ms. */
  readonly cost: { readonly loop: number; readonly others: number };
  /** How many commands the database was sent for requests, and how many passwords were hashed. */
  readonly commands: number;
  readonly hashes: number;
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

function watchCost(): () => LoopReport['cost'] {
  const [loopBefore, before] = [threadTime(), process.cpuUsage()];
  return () => {
    const [loop, { user, system }] = [threadTime() - loopBefore, process.cpuUsage(before)];
    return { loop, others: Math.max(0, (user + system) / 1e3 - loop) };
  };
}

/** What a server reads and writes beside its requests: the feed, the mailer's orders, its keys and the records of refusals. */
const besideRequests = new Set(['outbox', 'signingKeys', 'auditRecords']);

/** What is counted while it watches. */
const counts = { commands: 0, hashes: 0 };

process.once('message', (order) => {
  void start(order as NodeOrder); // the only thing a test sends first
});

async function start({ uri, env, times }: NodeOrder): Promise<void> {
  const settings = testSettings(env);
  const connection = await connect(uri, { monitorCommands: true });
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    const collection = String((command as Record<string, unknown>)[commandName]); // every command names its collection so
    if (!/^(?:ping|getMore)$/.test(commandName) && !besideRequests.has(collection)) counts.commands += 1;
  });
  const passwordPool = countingPool(createPasswordPool({ maxQueue: 64 }), () => { counts.hashes += 1; });
  const gatehouse = createGatehouse({ connection, settings, passwordPool, urls: { auth: { '/host/': ['gated'] } } });
  const app = createApp(gatehouse, settings);
  app.get('/host/gated', (_request, response) => void response.json({}));
  await gatehouse.init(app);
  const server = createServer(app, { ...settings, ...(times && { times }) });
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }); // what a server on a port has
  });
  let delays = watchDelays();
  let cost = watchCost();
  process.on('message', (message) => {
    if (message === 'begin') {
      histogram.enable();
      histogram.reset();
      delays();
      delays = watchDelays();
      cost = watchCost();
      Object.assign(counts, { commands: 0, hashes: 0 });
      process.send?.('begun');
    } else {
      histogram.disable();
      process.send?.({ p99: late(histogram.percentile(99)), delays: delays(), cost: cost(), ...counts } satisfies LoopReport);
    }
  });
}
