import { maxAge } from '../../../src/platform/cache/cache-entry.ts';
import { byTurns, defineBenchmark, reportProgress } from '../benchmark.ts';
import { measureLoad } from '../load.ts';
import { number, whole, wholes } from '../options.ts';
import type { OptionsOf } from '../options.ts';
import { bearer, send } from '../requests.ts';
import { startChildServer } from '../servers/child-server.ts';
import type { ChildServer } from '../servers/child-server.ts';
import { contestants, toReport } from './report.ts';
import type { ContestantName, Measured } from './report.ts';
import { payload, url } from './route.ts';

/** Those that can serve in several workers. */
const scaled = new Set<ContestantName>(['bare', 'gatehouse']);
/** Those that let everybody in. */
const open = new Set<ContestantName>(['bare', 'headers']);
const most = 5_000;

const options = {
  seconds: number(5, most), rounds: whole(3, most), connections: whole(10, most), rights: whole(100, most),
  sessions: wholes([1], 1_000_000), workers: whole(1, 256),
};
type Options = OptionsOf<typeof options>;

interface Contestant {
  readonly name: ContestantName;
  readonly server: ChildServer<{
    readonly origin: string;
    /** Access tokens that may reach the route, each of another session. */
    readonly tokens: readonly string[];
  }>;
}

/**
 * `npm run bench -- gate`: the same route behind no gate, behind the headers of every answer, behind a naive gate and behind Gatehouse.
 *
 * Each contestant is a process of its own, and all use one database server.
 */
export const gateBenchmark = defineBenchmark({
  about: 'bare Express, a naive gate and Gatehouse on the same route',
  options,
  async measure(chosen, mongodbUri) {
    const running: Contestant[] = [];
    try {
      const args = [mongodbUri, ...[chosen.rights, Math.max(...chosen.sessions), chosen.workers].map(String)];
      for (const name of contestants) {
        if (chosen.workers > 1 && !scaled.has(name)) continue;
        running.push({ name, server: await startChildServer({ name, file: new URL(`./${name}.server.ts`, import.meta.url), args }) });
      }
      for (const contestant of running) await checkAnswers(contestant);
      return toReport(chosen, await takeTurns(running, chosen));
    } finally {
      for (const { server } of running) await server.stop();
    }
  },
});

/** Rejects unless those who may get the payload, and a request without a token gets 401. */
async function checkAnswers({ name, server: { ready: { origin, tokens } } }: Contestant): Promise<void> {
  for (const token of [tokens[0] ?? '', tokens.at(-1) ?? '']) {
    const text = await send({ url: `${origin}${url}`, headers: bearer(token) });
    if (text !== JSON.stringify(payload)) throw new Error(`${name} does not answer the payload.`);
  }
  const refused = await fetch(`${origin}${url}`);
  await refused.text();
  if (!open.has(name) && refused.status !== 401) throw new Error(`${name} answers ${refused.status} to a request without a token.`);
}

function takeTurns(running: readonly Contestant[], { sessions: counts, ...chosen }: Options): Promise<Measured[]> {
  const { connections, workers } = chosen;
  const entrants = running.flatMap(({ name, server: { ready } }) => {
    const requests = ready.tokens.map((token) => ({ url: `${ready.origin}${url}`, headers: bearer(token) }));
    return (name === 'gatehouse' ? counts : [1]).map((sessions) => ({ name, sessions, requests: requests.slice(0, sessions) }));
  });
  return byTurns(entrants, chosen, async ({ name, sessions, requests }, { label, seconds }) => {
    // Only sessions in memory are to be measured: each is used once before, by each worker if the connections fall that way.
    const began = performance.now();
    if (sessions > 1) {
      for (let shift = 0; shift < workers; shift += 1) await measureLoad({ requests, seconds: 'once', connections, shift });
    }
    warnIfTooLong(sessions, performance.now() - began);
    const figures = await measureLoad({ requests, seconds, connections });
    reportProgress(`${label}: ${name}${sessions > 1 ? `, ${sessions} sessions,` : ''} ${figures.perSecond} requests/s`);
    return figures;
  });
}

function warnIfTooLong(sessions: number, elapsed: number): void {
  if (elapsed <= maxAge) return;
  const [taken, kept] = [Math.round(elapsed / 1_000), maxAge / 1_000];
  const reading = `Reading ${sessions} sessions took ${taken} s`;
  reportProgress(`${reading}, and they stay in memory for ${kept} s: the next figure measures the database.`);
}
