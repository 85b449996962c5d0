import { maxAge } from '../../src/platform/cache/cache-entry.ts';
import { startTestMongo } from '../local-mongo.ts';
import { contestants, startContestant } from './gate/contestant.ts';
import type { Contestant, ContestantName } from './gate/contestant.ts';
import { printTable, toReport } from './gate/report.ts';
import type { Measured } from './gate/report.ts';
import { payload, url } from './gate/route.ts';
import { bearer, measure } from './load.ts';
import { describeMachine, parseOptions, reportProgress, toNumber } from './options.ts';

/** Who serves in several workers, if it is to be several. */
const scaled = new Set<ContestantName>(['bare', 'gatehouse']);
/** Who lets in everybody. */
const open = new Set<ContestantName>(['bare', 'headers']);
/** Of any number. */
const most = 5_000;

/**
 * `npm run bench -- gate`: the same route behind nothing, behind the headers of every answer alone, behind a naive gate and behind Gatehouse.
 *
 * Each contestant is a process of its own, all on one database server; they take turns round by round, so that a slow
 * spell of the machine meets them all. Progress goes to stderr, the table or the JSON to stdout.
 */
export async function benchGate(args: string[]): Promise<void> {
  const { json, ...options } = readOptions(args);
  const size = { ...options, sessions: Math.max(...options.sessions) };
  const mongo = await startTestMongo(process.env, reportProgress);
  const running: Contestant[] = [];
  try {
    for (const name of contestants) {
      if (options.workers > 1 && !scaled.has(name)) continue;
      running.push(await startContestant(name, mongo.uri, size));
    }
    for (const contestant of running) await checkContestant(contestant);
    const figures = await takeTurns(running, options);
    const report = toReport({ ...describeMachine(mongo.describe), ...options }, figures);
    console.log(json ? JSON.stringify(report, null, 2) : printTable(report));
  } finally {
    for (const contestant of running) await contestant.stop();
    await mongo.stop();
  }
}

interface Options {
  /** Of one round of one contestant. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly rights: number;
  /** How many of Gatehouse ask in turn; each number is an entrant of its own. */
  readonly sessions: readonly number[];
  /** Processes of bare Express, and of Gatehouse. */
  readonly workers: number;
  readonly json: boolean;
}

function readOptions(args: string[]): Options {
  const values = parseOptions(args, {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '10' },
    rights: { type: 'string', default: '100' },
    sessions: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  });
  const whole = { most, isWhole: true };
  return {
    seconds: toNumber('seconds', values.seconds, { most, isWhole: false }),
    rounds: toNumber('rounds', values.rounds, whole),
    connections: toNumber('connections', values.connections, whole),
    rights: toNumber('rights', values.rights, whole),
    sessions: values.sessions.split(',').map((text) => toNumber('sessions', text, { most: 1_000_000, isWhole: true })),
    workers: toNumber('workers', values.workers, { most: 256, isWhole: true }),
    json: values.json,
  };
}

/** What is compared must be the same: the payload to those who may, and 401 to those without a token. */
async function checkContestant({ name, origin, tokens }: Contestant): Promise<void> {
  for (const token of [tokens[0] ?? '', tokens.at(-1) ?? '']) {
    const allowed = await fetch(`${origin}${url}`, { headers: bearer(token) });
    if (allowed.status !== 200 || (await allowed.text()) !== JSON.stringify(payload)) {
      throw new Error(`${name} does not answer the payload but ${allowed.status}.`);
    }
  }
  const refused = await fetch(`${origin}${url}`);
  await refused.text();
  if (!open.has(name) && refused.status !== 401) throw new Error(`${name} answers ${refused.status} to a request without a token.`);
}

async function takeTurns(running: readonly Contestant[], options: Omit<Options, 'json'>): Promise<Measured[]> {
  const { seconds, rounds, connections, workers } = options;
  const entrants = running.flatMap(({ name, origin, tokens }) => (name === 'gatehouse' ? options.sessions : [1]).map((sessions) => (
    { name, sessions, requests: tokens.slice(0, sessions).map((token) => ({ url: `${origin}${url}`, headers: bearer(token) })) })));
  const measured: Measured[] = [];
  // Round 0 warms up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, sessions, requests } of entrants) {
      // What is measured is sessions in memory: each is asked for once before, by each worker if it falls out well.
      const began = performance.now();
      if (sessions > 1) for (let shift = 0; shift < workers; shift += 1) await measure({ requests, seconds: 'once', connections, shift });
      const read = performance.now() - began;
      if (read > maxAge) reportProgress(`${sessions} sessions took ${Math.round(read / 1_000)} s to be read, and stay in memory for ${maxAge / 1_000} s: what follows measures the database`);
      const figures = await measure({ requests, seconds: round === 0 ? Math.min(1, seconds) : seconds, connections });
      if (round > 0) measured.push({ name, sessions, figures });
      reportProgress(
        `round ${round} of ${rounds}: ${name}${sessions > 1 ? `, ${sessions} sessions,` : ''} ${figures.requestsPerSecond} requests/s`,
      );
    }
  }
  return measured;
}
