import { availableParallelism } from 'node:os';
import { startTestMongo } from '../local-mongo.ts';
import { startGatehouseServer } from './gatehouse-server.ts';
import { bearer, measureClients } from './load.ts';
import { measureHashing } from './login/hashing.ts';
import { prepareLogins } from './login/prepare.ts';
import { printTable, toReport } from './login/report.ts';
import type { LoginRound } from './login/report.ts';
import { describeMachine, parseOptions, reportProgress, toNumber } from './options.ts';

/** Between two gated requests, in ms: somebody works, and nobody floods. */
const pause = 10;

/**
 * `npm run bench -- login`: logins per second at the cost that passwords have by default, and what a gated GET takes meanwhile.
 *
 * Beside them stand bare bcrypt hashes of the same cost. All take turns round by round.
 */
export async function benchLogin(args: string[]): Promise<void> {
  const { json, ...options } = readOptions(args);
  const mongo = await startTestMongo(process.env, reportProgress);
  // Each client comes from an address of its own: one address alone holds two places among those who wait for a hash.
  const server = await startGatehouseServer(mongo.uri, 1, { TRUST_PROXY: 'loopback' }).catch(async (error: unknown) => {
    await mongo.stop();
    throw error;
  });
  const { passwordCost: cost } = server.settings;
  try {
    const logins = await prepareLogins(server, options.clients);
    const gated = [[{ url: `${server.origin}/profile/me`, headers: bearer(server.root) }]];
    const rounds: LoginRound[] = [];
    // Round 0 warms up and is not counted.
    for (let round = 0; round <= options.rounds; round += 1) {
      const seconds = round === 0 ? Math.min(1, options.seconds) : options.seconds;
      const hashesPerSecond = measureHashing(cost, seconds);
      const quiet = await measureClients(gated, seconds, pause);
      const [login, meanwhile] = await Promise.all([measureClients(logins, seconds), measureClients(gated, seconds, pause)]);
      if (round > 0) rounds.push({ hashesPerSecond, quiet, login, meanwhile });
      reportProgress(`round ${round} of ${options.rounds}: ${login.requestsPerSecond} logins/s, ${hashesPerSecond.toFixed(1)} hashes/s`);
    }
    const report = toReport({ ...describeMachine(mongo.describe), ...options, cost, threads: Math.max(1, availableParallelism() - 1) }, rounds);
    console.log(json ? JSON.stringify(report, null, 2) : printTable(report));
  } finally {
    await server.stop();
    await mongo.stop();
  }
}

function readOptions(args: string[]) {
  const values = parseOptions(args, {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    clients: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  });
  return {
    seconds: toNumber('seconds', values.seconds, { most: 600, isWhole: false }),
    rounds: toNumber('rounds', values.rounds, { most: 100, isWhole: true }),
    clients: toNumber('clients', values.clients, { most: 50, isWhole: true }),
    json: values.json,
  };
}
