import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../support/client.ts';
import { testDatabase } from '../support/database.ts';
import { createProcesses, nextMessage } from '../support/processes.ts';
import type { LoopReport, NodeOrder } from '../support/watched-node.ts';
import { watchStalls } from '../support/stalls.ts';

// Bad logins, each from a source and on an account of its own, so that no limit refuses them and the password pool has
// all it can bear, beside gated requests of somebody who works.

const isCi = process.env['CI'] === 'true';
const seconds = isCi ? 30 : 6;
/** What the local Python database bears beside the gated requests. */
const badLoginsPerSecond = 40;
const gatedPerSecond = 20;

const stalls = watchStalls();
const processes = createProcesses();
afterAll(() => processes.end());

interface Timed {
  readonly status: number;
  readonly milliseconds: number;
}

async function time(url: string, init: RequestInit): Promise<Timed> {
  const began = performance.now();
  const response = await fetch(url, init);
  await response.arrayBuffer();
  const ended = performance.now();
  return { status: response.status, milliseconds: ended - began - stalls.between(began, ended) };
}

/** Begins one request each 1/rate s, whether or not those before it have ended. */
async function atRate(rate: number, count: number, one: (index: number) => Promise<Timed>): Promise<Timed[]> {
  const began = performance.now();
  const all: Promise<Timed>[] = [];
  for (let index = 0; index < count; index += 1) {
    await sleep(Math.max(0, began + index * 1_000 / rate - performance.now()));
    all.push(one(index));
  }
  return Promise.all(all);
}

const quantile = (timed: readonly Timed[], share: number) =>
  timed.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)[Math.min(timed.length - 1, Math.floor(timed.length * share))] ?? 0;

describe('a flood of bad logins', () => {
  it(`${badLoginsPerSecond} a second, leaves gated requests a p99 under 50 ms and the event loop without a stall over 100 ms`, async () => {
    const { uri, drop } = await testDatabase();
    const credentials = { email: 'root@example.com', password: 'a long enough password' };
    const node = processes.fork('test/support/watched-node.ts');
    const env = {
      SUPERADMIN_EMAIL: credentials.email, SUPERADMIN_PASSWORD: credentials.password, PASSWORD_COST: '10', TRUST_PROXY: 'loopback',
      KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
    };
    node.child.send({ uri, env } satisfies NodeOrder);
    const { origin } = await nextMessage<{ origin: string }>(node);
    const { token } = await createClient(origin).logIn(credentials.email, credentials.password);

    const gated = (count: number) => atRate(gatedPerSecond, count, () => time(`${origin}/profile/me`, { headers: { Authorization: `Bearer ${token ?? ''}` } }));
    const bad = (count: number) => atRate(badLoginsPerSecond, count, (index) => time(`${origin}/users/login`, {
      method: 'POST', body: JSON.stringify({ email: `victim${index}@example.com`, password: 'not this one either' }),
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': `10.9.${(index >> 8) & 255}.${index & 255}` },
    }));
    await Promise.all([gated(40), bad(80)]); // threads, connections and compiled code are there from now on
    const quiet = await gated(gatedPerSecond * 2);
    node.child.send('begin');
    await nextMessage(node);
    const [served, refused] = await Promise.all([gated(gatedPerSecond * seconds), bad(badLoginsPerSecond * seconds)]);
    node.child.send('end');
    const loop = await nextMessage<LoopReport>(node);

    const compared = refused.filter(({ status }) => status === 401).length;
    console.log([
      `${refused.length} bad logins in ${seconds} s: ${compared} compared, ${refused.length - compared} refused because the queue was full`,
      `${served.length} gated requests: p50 ${quantile(served, 0.5).toFixed(1)} ms, p99 ${quantile(served, 0.99).toFixed(1)} ms; without the flood ${quantile(quiet, 0.5).toFixed(1)} and ${quantile(quiet, 0.99).toFixed(1)}`,
      `event loop: longest delay ${loop.longest.toFixed(1)} ms, p99 ${loop.p99.toFixed(1)} ms`,
    ].join('; '));
    expect(new Set(served.map(({ status }) => status))).toEqual(new Set([200]));
    expect(refused.filter(({ status }) => ![401, 503].includes(status))).toEqual([]);
    expect(compared).toBeGreaterThan(0);
    expect(quantile(served, 0.99)).toBeLessThan(50);
    expect(loop.longest).toBeLessThan(100);
    await drop();
  }, 120_000);
});
