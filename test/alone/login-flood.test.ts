import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../support/client/client.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { createProcesses, nextMessage } from '../support/processes.ts';
import { proof } from '../support/proof.ts';
import type { LoopReport, NodeOrder } from '../support/watched-node.ts';
import { watchStalls } from '../support/stalls.ts';

// Bad logins beside gated requests of somebody who works: from one source, which the limits refuse from memory, and each
// from a source and on an account of its own, so that no limit refuses them and the password pool has all it can bear.
//
// Every run judges answers, counts and processor time, which a busy machine changes little. How long gated requests wait is
// judged where a run is so long that what else the machine does weighs little.

const seconds = proof({ short: 10, ci: 10, full: 30 });
const areTimesJudged = proof({ short: false, ci: false, full: true });
/**
 * Bad logins a second: what the fast local database bears beside the gated requests, and the one in Python. Where no
 * times are judged, a quarter: several times as many as passwords can be compared, and little work for a machine that is busy.
 */
const rates = { fast: proof({ short: 50, ci: 50, full: 200 }), slow: 40 };
const gatedPerSecond = 20;

const stalls = watchStalls();
const processes = createProcesses();

interface Timed {
  readonly status: number;
  /** Of the problem that was answered, if it was one. */
  readonly code: string | undefined;
  /** Less what the machine took meanwhile. */
  readonly milliseconds: number;
  /** Whether the machine had just taken so much that what had piled up was still being worked off. */
  readonly isDisturbed: boolean;
}

const aftermath = 500;
const disturbingShare = 0.15;
/** Undisturbed requests that are enough to judge times by. */
const least = Math.floor(gatedPerSecond * seconds * 0.15);

function isDisturbed(began: number, ended: number): boolean {
  const from = began - aftermath;
  return stalls.between(from, ended) > disturbingShare * (ended - from);
}

async function time(url: string, init: RequestInit): Promise<Timed> {
  const began = performance.now();
  const response = await fetch(url, init);
  const { code } = await response.json() as { code?: string }; // {}, or a problem
  const ended = performance.now();
  const milliseconds = ended - began - stalls.between(began, ended);
  return { status: response.status, code, milliseconds, isDisturbed: isDisturbed(began, ended) };
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

/** In ms. */
const budget = { p99: 50, longest: 100 };

/** Of those that the machine did not disturb. */
function longestOf({ delays }: LoopReport): number {
  return Math.max(0, ...delays.map(({ late, at }) => {
    const ended = at - performance.timeOrigin;
    return isDisturbed(ended - late, ended) ? 0 : late - stalls.between(ended - late, ended);
  }));
}

function quantile(timed: readonly Timed[], share: number): number {
  const sorted = timed.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return sorted[Math.min(timed.length - 1, Math.floor(timed.length * share))] ?? 0;
}

/** How many passwords of one source are compared within `span` seconds: ten, and then one after 1 s, 2 s, 4 s and so on. */
const comparedOfOneSource = (span: number): number => 10 + Math.ceil(Math.log2(span + 1));

/**
 * The most processor time that the event loop may need, in units of one gated request without a flood. A password that is
 * hashed on the event loop costs some 35 of them by itself.
 */
const mostCost = (gated: number, logins: number, compared: number): number => gated + 3 * logins + 8 * compared;
/** How many database commands bad logins may take: each reads tenant and user, and those that are compared are counted as well. */
const mostCommands = (logins: number, compared: number): number => 2 * logins + 10 * compared + 100;

interface Flood {
  readonly name: string;
  /** Which database; where the fast one has not been built, it is the slow one. */
  readonly wants: 'fast' | 'slow';
  /** From many sources the database is what everybody waits for: those times are told and not held to the budget. */
  readonly isHeld: boolean;
  readonly sourceOf: (index: number) => string;
  /** What a bad login may be answered. */
  readonly answers: readonly number[];
  /** How many passwords may be compared within `span` seconds. */
  readonly mostCompared: (span: number) => number;
}

const oneSource: Omit<Flood, 'wants'> = {
  name: 'one source', isHeld: true, sourceOf: () => '10.8.0.1', answers: [401, 429, 503], mostCompared: comparedOfOneSource,
};
const floods: Flood[] = [
  { ...oneSource, wants: 'fast' },
  ...proof<Flood[]>({ short: [], ci: [], full: [{ ...oneSource, wants: 'slow' }] }),
  {
    name: 'as many sources', wants: 'fast', isHeld: false, sourceOf: (index) => `10.9.${(index >> 8) & 255}.${index & 255}`,
    answers: [401, 503], mostCompared: () => Infinity,
  },
];

const credentials = { email: 'root@example.com', password: 'a long enough password' };

/** A server of its own, and what is measured there. */
async function startWatched(wants: Flood['wants']) {
  const { uri, drop, isFast, describe: database } = await createDatabase(wants, { name: 'flood' });
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
    method: 'POST', body: JSON.stringify({ email, password: 'not this one either' }),
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': source },
  });
  return {
    drop, rate, database,
    gated: (count: number) => atRate(gatedPerSecond, count, () => time(`${origin}/host/gated`, { headers })),
    bad: (count: number, sourceOf: Flood['sourceOf']) => (
      atRate(rate, count, (index) => logIn(`victim${index}@example.com`, sourceOf(index)))
    ),
    async watch<T>(work: () => Promise<T>): Promise<{ readonly done: T; readonly report: LoopReport; readonly span: number }> {
      node.child.send('begin');
      await nextMessage(node);
      const began = performance.now();
      const done = await work();
      const span = (performance.now() - began) / 1_000;
      node.child.send('end');
      return { done, span, report: await nextMessage<LoopReport>(node) };
    },
  };
}

describe('a flood of bad logins', () => {
  it.each(floods)('on many accounts, from $name, on a $wants database, harms neither gated requests nor the event loop', async (flood) => {
    const { name, wants, isHeld, sourceOf, answers, mostCompared } = flood;
    const { drop, rate, database, gated, bad, watch } = await startWatched(wants);
    // Threads, connections and compiled code are there from now on; the sources of the flood are not known yet. A server that
    // has just started spends its first seconds under load on compiling.
    await Promise.all([gated(160), bad(Math.max(160, rate * 6), (index) => `10.7.0.${index % 20}`)]);
    const { done: quiet, report: atRest } = await watch(() => gated(gatedPerSecond * 4));
    const flooded = await watch(() => Promise.all([gated(gatedPerSecond * seconds), bad(rate * seconds, sourceOf)]));
    const { done: [served, refused], report, span } = flooded;
    await drop();

    const timesAnswered = (status: number) => refused.filter((each) => each.status === status).length;
    const judged = served.filter((each) => !each.isDisturbed);
    const longest = longestOf(report);
    const costAtRest = atRest.cost.loop / quiet.length;
    const cost = report.cost.loop / costAtRest;
    const inMs = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`;
    console.log([
      `${refused.length} bad logins in ${seconds} s from ${name}, on ${database}`,
      answers.map((answer) => `${answer} ${timesAnswered(answer)} times`).join(', '),
      `${served.length} gated requests, ${served.length - judged.length} just after the machine gave its time to others`,
      `${judged.length} judged: p50 ${inMs(quantile(judged, 0.5))}, p99 ${inMs(quantile(judged, 0.99))}`,
      `p99 of all ${inMs(quantile(served, 0.99))}`,
      `without the flood ${inMs(quantile(quiet, 0.5))} and ${inMs(quantile(quiet, 0.99))}`,
      `event loop: longest delay ${inMs(longest)}, p99 ${inMs(report.p99)}`,
      `processor time of its thread ${inMs(report.cost.loop)}, as of ${cost.toFixed(0)} gated requests without the flood`,
      `of other threads ${inMs(report.cost.others)}`,
      `${report.hashes} passwords compared; ${report.commands} database commands`,
    ].join('; '));

    // At the rate of the full form, a server that the machine has just held up may have to refuse.
    const isExcused = (each: Timed) => areTimesJudged && each.isDisturbed && each.status === 503;
    const unserved = served.filter((each) => each.status !== 200 && !isExcused(each));
    expect(unserved.map(({ status, code }) => `${status} ${code}`)).toEqual([]);
    expect(refused.filter(({ status }) => !answers.includes(status))).toEqual([]);
    expect(timesAnswered(401)).toBeGreaterThan(0);
    expect(timesAnswered(401)).toBeLessThanOrEqual(mostCompared(span));
    expect(report.hashes).toBe(timesAnswered(401));
    expect(report.commands).toBeLessThanOrEqual(mostCommands(refused.length, report.hashes));
    expect(cost).toBeLessThan(mostCost(served.length, refused.length, report.hashes));
    if (!areTimesJudged || !isHeld) return;
    expect(judged.length).toBeGreaterThanOrEqual(least);
    expect(quantile(judged, 0.99)).toBeLessThan(budget.p99);
    expect(longest).toBeLessThan(budget.longest);
  }, 300_000);
});
