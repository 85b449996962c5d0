import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '../support/gatehouse/database.ts';
import { credentials, keepAlive, logIn, send, sendSlowly } from '../support/nodes.ts';
import { createProcesses, nextMessage } from '../support/processes.ts';
import { proof } from '../support/proof.ts';
import { watchStalls } from '../support/stalls.ts';
import type { NodeOrder } from '../support/watched-node.ts';

// Clients that send the head of a request byte by byte, and never its end, beside others that work.

const slowClients = proof({ short: 200, ci: 700, full: 2_000 });
/** How long a head may take, in ms. */
const head = proof({ short: 2_000, ci: 4_000, full: 10_000 });
const perSecond = 20;
/** p99 of the requests of others, in ms. */
const budget = 250;
const waiting = 200;

const stalls = watchStalls();
const processes = createProcesses();

interface SlowClient {
  readonly socket: Socket;
  readonly opened: number;
  /** When the server closed it. */
  closed?: number;
  received: string;
}

function openSlow(port: number): Promise<SlowClient> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const client: SlowClient = { socket, opened: performance.now(), received: '' };
    socket.once('error', reject).once('connect', () => {
      socket.removeListener('error', reject).on('error', () => undefined);
      socket.write('GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      resolve(client);
    });
    socket.on('data', (chunk: Buffer) => { client.received += chunk.toString(); }).once(
      'close', () => { client.closed = performance.now(); },
    );
  });
}

/**
 * Opens so many, no more at a time than a server has room for before it takes them (511): the kernel drops the others, which is not what
 * this is about.
 */
async function openMany(origin: string, count: number): Promise<SlowClient[]> {
  const clients: SlowClient[] = [];
  while (clients.length < count) {
    const share = Math.min(waiting, count - clients.length);
    clients.push(...await Promise.all(Array.from({ length: share }, () => openSlow(Number(new URL(origin).port)))));
    await send(origin, '/livez'); // on a connection that is taken after them
  }
  return clients;
}

/** Sends one more byte of each head now and then, until all are closed. */
async function trickle(clients: readonly SlowClient[]): Promise<void> {
  const open = () => clients.filter(({ closed }) => closed === undefined);
  const end = performance.now() + head * 3;
  while (open().length > 0 && performance.now() < end) {
    for (const { socket } of open()) if (socket.writable) socket.write('a');
    await sleep(head / 10);
  }
}

/** ms */
function quantile(asked: readonly { readonly milliseconds: number }[], share: number): number {
  return asked.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)[Math.min(
    asked.length - 1, Math.floor(asked.length * share),
  )] ?? 0;
}

describe('slow clients', () => {
  it(`${slowClients} that send a byte of a head now and then, are closed after the time for a head, and harm nobody`, async () => {
    const { uri, drop } = await createDatabase();
    const node = processes.fork('test/support/watched-node.ts');
    const env = {
      SUPERADMIN_EMAIL: credentials.email, SUPERADMIN_PASSWORD: credentials.password, MAX_REQUESTS: '100',
      KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
    };
    node.child.send({ uri, env, times: { head } } satisfies NodeOrder);
    const { origin } = await nextMessage<{ origin: string }>(node);
    const token = await logIn(origin);
    const agent = keepAlive();
    const ask = async (path: string) => {
      const began = performance.now();
      const { status } = await send(origin, path, { token, agent });
      const ended = performance.now();
      return { status, milliseconds: ended - began - stalls.between(began, ended) };
    };
    const askFor = async (isOver: () => boolean) => {
      const asked: ReturnType<typeof ask>[] = [];
      for (let count = 0; !isOver(); count += 1) {
        asked.push(ask(count % 2 === 0 ? '/host/gated' : '/livez'));
        await sleep(1_000 / perSecond);
      }
      return Promise.all(asked);
    };
    let end = performance.now() + 3_000; // also warms the server up
    const without = await askFor(() => performance.now() > end);

    // Bodies that do not end either: more of them than the limit of open requests.
    const bodies = Array.from({ length: 120 }, () => sendSlowly(origin, '/users/login', { body: credentials }));
    const clients = await openMany(origin, slowClients);
    let isOver = false;
    const asking = askFor(() => isOver);
    await trickle(clients);
    isOver = true;
    const served = await asking;

    const lifetimes = clients.map(({ opened, closed = Infinity }) => closed - opened);
    const p99 = quantile(served, 0.99);
    console.log([
      `${slowClients} slow heads and ${bodies.length} slow bodies`,
      `heads closed after ${(Math.min(
        ...lifetimes,
      ) / 1_000).toFixed(1)} to ${(Math.max(...lifetimes) / 1_000).toFixed(1)} s (limit ${head / 1_000} s)`,
      `${served.length} requests of others meanwhile, all answered 200: p50 ${quantile(
        served, 0.5,
      ).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
      `without them ${quantile(without, 0.5).toFixed(1)} and ${quantile(without, 0.99).toFixed(1)} ms`,
    ].join('; '));
    expect(served.filter(({ status }) => status !== 200)).toEqual([]);
    expect(clients.filter(({ received }) => !received.startsWith('HTTP/1.1 408 '))).toEqual([]);
    expect(Math.min(...lifetimes)).toBeGreaterThanOrEqual(head - 100);
    expect(Math.max(...lifetimes)).toBeLessThan(head + 5_000);
    expect(p99).toBeLessThan(budget);
    end = performance.now() + 1_000;
    expect((await askFor(() => performance.now() > end)).every(({ status }) => status === 200)).toBe(true);
    await drop();
  }, 300_000);
});
