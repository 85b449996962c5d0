import { availableParallelism } from 'node:os';
import { byTurns, defineBenchmark, reportProgress } from '../benchmark.ts';
import { measureClients } from '../clients.ts';
import { number, whole } from '../options.ts';
import { bearer } from '../requests.ts';
import { startGatehouseServer } from '../servers/gatehouse-server.ts';
import { measureHashing } from './hashing.ts';
import { prepareLogins } from './prepare.ts';
import { toReport } from './report.ts';

/** Between two gated requests, in ms, as of somebody who works. */
const pause = 10;

/**
 * `npm run bench -- login`: logins per second at the default cost of passwords, and the latency of a gated GET meanwhile.
 *
 * Bare bcrypt hashes of the same cost are measured beside them.
 */
export const loginBenchmark = defineBenchmark({
  about: 'logins at the default cost of passwords, gated requests meanwhile, and bare bcrypt hashes',
  options: { seconds: number(5, 600), rounds: whole(3, 100), clients: whole(10, 50) },
  async measure(chosen, mongodbUri) {
    // Each client has an address of its own: one address may have two logins alone in the queue for a hash.
    const server = await startGatehouseServer(mongodbUri, 1, { TRUST_PROXY: 'loopback' });
    const { passwordCost: cost } = server.settings;
    try {
      const logins = await prepareLogins(server, chosen.clients);
      const gated = [[{ url: `${server.origin}/profile/me`, headers: bearer(server.root) }]];
      const rounds = await byTurns([{}], chosen, async (_only, { label, seconds }) => {
        const hashes = measureHashing(cost, seconds);
        const quiet = await measureClients(gated, seconds, pause);
        const [login, meanwhile] = await Promise.all([measureClients(logins, seconds), measureClients(gated, seconds, pause)]);
        reportProgress(`${label}: ${login.perSecond} logins/s, ${hashes.perSecond} hashes/s`);
        return { login, hashes, quiet, meanwhile };
      });
      const threads = Math.max(1, availableParallelism() - 1);
      return toReport({ clients: chosen.clients, cost, threads }, rounds.flatMap(({ results }) => results));
    } finally {
      await server.stop();
    }
  },
});
