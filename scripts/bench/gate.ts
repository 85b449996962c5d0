import { startTestMongo } from '../local-mongo.ts';
import { contestants, startContestant } from './gate/contestant.ts';
import type { Contestant, ContestantName } from './gate/contestant.ts';
import { printTable, toReport } from './gate/report.ts';
import { payload, url } from './gate/route.ts';
import { bearer, measure } from './load.ts';
import type { Figures } from './load.ts';
import { describeMachine, parseOptions, say, toNumber } from './options.ts';

/** Of any number. */
const most = 5_000;

/**
 * `npm run bench -- gate`: the same route behind nothing, behind a naive gate and behind Gatehouse.
 *
 * Each contestant is a process of its own, all on one database server; they take turns round by round, so that a slow
 * spell of the machine meets them all. Progress goes to stderr, the table or the JSON to stdout.
 */
export async function benchGate(args: string[]): Promise<void> {
  const { json, ...options } = readOptions(args);
  const mongo = await startTestMongo(process.env, say);
  const running: Contestant[] = [];
  try {
    for (const name of contestants) running.push(await startContestant(name, mongo.uri, options.rights));
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
  readonly json: boolean;
}

function readOptions(args: string[]): Options {
  const values = parseOptions(args, {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '10' },
    rights: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  });
  const whole = { most, isWhole: true };
  return {
    seconds: toNumber('seconds', values.seconds, { most, isWhole: false }),
    rounds: toNumber('rounds', values.rounds, whole),
    connections: toNumber('connections', values.connections, whole),
    rights: toNumber('rights', values.rights, whole),
    json: values.json,
  };
}

/** What is compared must be the same: the payload to those who may, and 401 to those without a token. */
async function checkContestant({ name, origin, token }: Contestant): Promise<void> {
  const allowed = await fetch(`${origin}${url}`, { headers: { Authorization: `Bearer ${token}` } });
  if (allowed.status !== 200 || (await allowed.text()) !== JSON.stringify(payload)) {
    throw new Error(`${name} does not answer the payload but ${allowed.status}.`);
  }
  const refused = await fetch(`${origin}${url}`);
  await refused.text();
  if (name !== 'bare' && refused.status !== 401) throw new Error(`${name} answers ${refused.status} to a request without a token.`);
}

async function takeTurns(running: readonly Contestant[], options: Omit<Options, 'json'>): Promise<Map<ContestantName, Figures[]>> {
  const { seconds, rounds, connections } = options;
  const figures = new Map<ContestantName, Figures[]>();
  // Round 0 warms up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, origin, token } of running) {
      const measured = await measure({ requests: [{ url: `${origin}${url}`, headers: bearer(token) }], seconds: round === 0 ? Math.min(1, seconds) : seconds, connections });
      if (round > 0) figures.set(name, [...(figures.get(name) ?? []), measured]);
      say(`round ${round} of ${rounds}: ${name} ${measured.requestsPerSecond} requests/s`);
    }
  }
  return figures;
}
