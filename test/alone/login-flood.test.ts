import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../support/client.ts';
import { fastDatabase, slowDatabase } from '../support/fast-database.ts';
import { createProcesses, nextMessage } from '../support/processes.ts';
import type { LoopReport, NodeOrder } from '../support/watched-node.ts';
import { watchStalls } from '../support/stalls.ts';

// Bad logins beside gated requests of somebody who works: from one source, which the limits refuse from memory, and each
// from a source and on an account of its own, so that no limit refuses them and the password pool has all it can bear.

const isCi = process.env['CI'] === 'true';
const seconds = isCi ? 30 : 8;
/** Bad logins a second: what the fast local database bears beside the gated requests, and the one in Python. */
const rates = { fast: 200, slow: 40 };
const gatedPerSecond = 20;

const stalls = watchStalls();
const processes = createProcesses();
afterAll(() => processes.end());

interface Timed {
  readonly status: number;
  /** Less what the machine took meanwhile. */
  readonly milliseconds: number;
  /** Whether the machine had just taken so much that what had piled up was still being worked off. */
  readonly isDisturbed: boolean;
}

const aftermath = 500;
const disturbingShare = 0.15;
/** Undisturbed requests that are enough to judge by. */
const least = Math.floor(gatedPerSecond * seconds * 0.15);

function isDisturbed(began: number, ended: number): boolean {
  const from = began - aftermath;
  return stalls.between(from, ended) > disturbingShare * (ended - from);
}

async function time(url: string, init: RequestInit): Promise<Timed> {
  const began = performance.now();
  const response = await fetch(url, init);
  await response.arrayBuffer();
  const ended = performance.now();
  return { status: response.status, milliseconds: ended - began - stalls.between(began, ended), isDisturbed: isDisturbed(began, ended) };
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

interface Measured {
  /** Gated requests that were not answered 200, but the disturbed. */
  readonly unserved: number;
  /** Undisturbed requests that were judged. */
  readonly counted: number;
  /** ms */
  readonly p99: number;
  readonly longest: number;
}

/** In ms. */
const budget = { p99: 50, longest: 100 };

/** Of those that the machine did not disturb. */
function longestOf({ delays }: LoopReport): number {
  return Math.max(0, ...delays.map(({ late, at }) => {
    const ended = at - performance.timeOrigin;
    return isDisturbed(ended - late, ended) ? 0 : late - stalls.between(ended - late, ended);
  }));
}

const quantile = (timed: readonly Timed[], share: number) =>
  timed.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)[Math.min(timed.length - 1, Math.floor(timed.length * share))] ?? 0;

interface Flood {
  readonly name: string;
  /** Which database; where the fast one has not been built, it is the slow one. */
  readonly wants: 'fast' | 'slow';
  /** From many sources the database is what everybody waits for: those times are told and not held to the budget. */
  readonly isHeld: boolean;
  readonly sourceOf: (index: number, run: number) => string;
  /** What a bad login may be answered. */
  readonly answers: readonly number[];
}

const floods: Flood[] = [
  { name: 'one source', wants: 'fast', isHeld: true, sourceOf: (_index, run) => `10.8.0.${run + 1}`, answers: [401, 429, 503] },
  { name: 'one source', wants: 'slow', isHeld: true, sourceOf: (_index, run) => `10.8.0.${run + 1}`, answers: [401, 429, 503] },
  { name: 'as many sources', wants: 'fast', isHeld: false, sourceOf: (index) => `10.9.${(index >> 8) & 255}.${index & 255}`, answers: [401, 503] },
];

const credentials = { email: 'root@example.com', password: 'a long enough password' };

/** A server of its own, and what is measured there. */
async function startWatched(wants: Flood['wants']) {
  const { uri, drop, isFast, describe: database } = await (wants === 'fast' ? fastDatabase : slowDatabase)('flood');
  const rate = isFast ? rates.fast : rates.slow;
  const node = processes.fork('test/support/watched-node.ts');
  const env = {
    SUPERADMIN_EMAIL: credentials.email, SUPERADMIN_PASSWORD: credentials.password, PASSWORD_COST: '10', TRUST_PROXY: 'loopback',
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
  };
  node.child.send({ uri, env } satisfies NodeOrder);
  const { origin } = await nextMessage<{ origin: string }>(node);
  const { token } = await createClient(origin).logIn(credentials.email, credentials.password);
  const headers = { Authorization: `Bearer ${token ?? ''}` };
  const logIn = (email: string, source: string) => time(`${origin}/users/login`, {
    method: 'POST', body: JSON.stringify({ email, password: 'not this one either' }), headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': source },
  });
  return {
    node, drop, rate, database,
    gated: (count: number) => atRate(gatedPerSecond, count, () => time(`${origin}/host/gated`, { headers })),
    bad: (count: number, sourceOf: (index: number) => string) => atRate(rate, count, (index) => logIn(`victim${index}@example.com`, sourceOf(index))),
  };
}

describe('a flood of bad logins', () => {
  it.each(floods.filter(({ wants }) => isCi || wants === 'fast'))('so many a second on as many accounts, from $name, on a $wants database, harms neither gated requests nor the event loop', async ({ name, wants, isHeld, sourceOf, answers }) => {
    const { node, drop, rate, database, gated, bad } = await startWatched(wants);
    // Threads, connections and compiled code are there from now on; the sources of the flood are not known yet. A server that
    // has just started spends its first seconds under load on compiling.
    await Promise.all([gated(160), bad(Math.max(160, rate * 6), (index) => `10.7.0.${index % 20}`)]);
    const quiet = await gated(gatedPerSecond * 2);
    const isWithin = ({ unserved, counted, p99, longest }: Measured): boolean => (
      unserved === 0 && (!isHeld || (counted >= least && p99 < budget.p99 && longest < budget.longest))
    );
    let last: Measured | undefined;
    // Of runs that the machine left too little of; together they may be enough.
    const left: Timed[] = [];
    // What else a machine does may spoil one run, and a server that is too slow spoils all.
    for (let run = 0; run < 10 && !(last && isWithin(last)); run += 1) {
      node.child.send('begin');
      await nextMessage(node);
      const [served, refused] = await Promise.all([gated(gatedPerSecond * seconds), bad(rate * seconds, (index) => sourceOf(index, run))]);
      node.child.send('end');
      const loop = await nextMessage<LoopReport>(node);
      const counts = answers.map((answer) => `${answer} ${refused.filter(({ status }) => status === answer).length} times`).join(', ');
      const undisturbed = served.filter(({ isDisturbed }) => !isDisturbed);
      if (undisturbed.length < least) left.push(...undisturbed);
      const judged = undisturbed.length < least ? left : undisturbed;
      last = {
        unserved: judged.filter(({ status }) => status !== 200).length,
        counted: judged.length,
        p99: quantile(judged, 0.99),
        longest: longestOf(loop),
      };
      console.log([
        `${refused.length} bad logins in ${seconds} s from ${name}, on ${database}: ${counts}`,
        `${served.length} gated requests, ${last.unserved} not served, ${served.length - undisturbed.length} just after the machine gave its time to others; ${last.counted} judged: p50 ${quantile(judged, 0.5).toFixed(1)} ms, p99 ${last.p99.toFixed(1)} ms (all ${quantile(served, 0.99).toFixed(1)}); without the flood ${quantile(quiet, 0.5).toFixed(1)} and ${quantile(quiet, 0.99).toFixed(1)}`,
        `event loop: longest delay ${last.longest.toFixed(1)} ms, p99 ${loop.p99.toFixed(1)} ms`,
      ].join('; '));
      expect(served.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
      expect(refused.filter(({ status }) => !answers.includes(status))).toEqual([]);
      expect(refused.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
    }
    await drop();
    expect(last?.unserved).toBe(0);
    if (!isHeld) return;
    expect(last?.counted).toBeGreaterThanOrEqual(least);
    expect(last?.p99).toBeLessThan(budget.p99);
    expect(last?.longest).toBeLessThan(budget.longest);
  }, 400_000);
});
