import { maxAge } from '../../../src/platform/cache/cache-entry.ts';
import { byTurns, defineBenchmark, reportProgress } from '../benchmark.ts';
import { measureLoad } from '../load.ts';
import { number, text, whole, wholes } from '../options.ts';
import type { OptionsOf } from '../options.ts';
import { bearer, send } from '../requests.ts';
import type { LoadRequest } from '../requests.ts';
import { startChildServer } from '../servers/child-server.ts';
import type { ChildServer } from '../servers/child-server.ts';
import { contestants, toReport } from './report.ts';
import type { ContestantName, Measured, Refusal } from './report.ts';
import { payload, url } from './route.ts';

/** Those that can serve in several workers. */
const scaled = new Set<ContestantName>(['bare', 'gatehouse']);
/** Those that let everybody in. */
const open = new Set<ContestantName>(['plain', 'bare', 'headers']);
const most = 5_000;

const options = {
  seconds: number(5, most), rounds: whole(3, most), connections: whole(10, most), rights: whole(100, most),
  sessions: wholes([1], 1_000_000), workers: whole(1, 256), node: text,
};
type Options = OptionsOf<typeof options>;

interface Contestant {
  readonly name: ContestantName;
  readonly server: ChildServer<{
    readonly origin: string;
    /** Access tokens that may reach the route, each of another session. */
    readonly tokens: readonly string[];
    /** The version of Node that runs it. */
    readonly node: string;
  }>;
}

/** What one row of the table measures. */
interface Entrant extends Pick<Contestant, 'name' | 'server'> {
  readonly sessions: number;
  readonly refusal: Refusal | null;
  readonly requests: readonly LoadRequest[];
}

/**
 * `npm run bench -- gate`: the same route without a gate on two servers, behind headers, behind other gates, and behind Gatehouse.
 *
 * Each contestant is a process of its own, and all use one database server. `--node` names the Node that runs them.
 */
export const gateBenchmark = defineBenchmark({
  about: 'Express without a gate, other gates, and Gatehouse on the same route',
  options,
  async measure(chosen, mongodbUri) {
    const running: Contestant[] = [];
    try {
      const args = [mongodbUri, ...[chosen.rights, Math.max(...chosen.sessions), chosen.workers].map(String)];
      for (const name of contestants) {
        if (chosen.workers > 1 && !scaled.has(name)) continue;
        const file = new URL(`./${name}.server.ts`, import.meta.url);
        running.push({ name, server: await startChildServer({ name, file, args, ...(chosen.node !== '' && { node: chosen.node }) }) });
      }
      for (const contestant of running) await checkAnswers(contestant);
      const entrants = running.flatMap((contestant) => entrantsOf(contestant, chosen));
      const node = running[0]?.server.ready.node ?? process.version;
      return toReport({ ...chosen, node }, await takeTurns(entrants, chosen));
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

/** One entrant for each contestant; for Gatehouse, one for each number of sessions, and one for each kind of refusal. */
function entrantsOf(contestant: Contestant, { sessions: counts, workers }: Options): Entrant[] {
  const { name, server: { ready: { origin, tokens } } } = contestant;
  const requests = tokens.map((token) => ({ url: `${origin}${url}`, headers: bearer(token) }));
  if (name !== 'gatehouse') return [{ ...contestant, sessions: 1, refusal: null, requests: requests.slice(0, 1) }];
  const own = bearer(tokens[0] ?? '');
  const refusals: readonly (readonly [Refusal, LoadRequest])[] = [
    ['401 token-missing', { url: `${origin}${url}` }],
    ['401 token-malformed', { url: `${origin}${url}`, headers: bearer('no-token') }],
    ['403 right-missing', { url: `${origin}/roles/load`, headers: own }],
    ['404 unknown-url', { url: `${origin}/nowhere`, headers: own }],
  ];
  return [
    ...counts.map((sessions) => ({ ...contestant, sessions, refusal: null, requests: requests.slice(0, sessions) })),
    ...(workers > 1 ? [] : refusals.map(([refusal, request]) => ({ ...contestant, sessions: 1, refusal, requests: [request] }))),
  ];
}

function takeTurns(entrants: readonly Entrant[], { connections, workers, ...turns }: Options): Promise<Measured[]> {
  return byTurns(entrants, turns, async ({ name, sessions, refusal, requests, server }, { label, seconds }) => {
    // Only sessions in memory are to be measured: each is used once before, by each worker if the connections fall that way.
    const began = performance.now();
    if (sessions > 1) {
      for (let shift = 0; shift < workers; shift += 1) await measureLoad({ requests, seconds: 'once', connections, shift });
    }
    warnIfTooLong(sessions, performance.now() - began);
    const before = await server.usage();
    const figures = await measureLoad({ requests, seconds, connections, ...(refusal && { status: Number(refusal.slice(0, 3)) }) });
    // The processor time of a primary process says nothing about its workers.
    const microseconds = workers > 1 ? null : ((await server.usage()) - before) / figures.answers;
    const what = `${name}${sessions > 1 ? `, ${sessions} sessions,` : ''}${refusal === null ? '' : `, ${refusal},`}`;
    reportProgress(`${label}: ${what} ${figures.perSecond} requests/s`);
    return { ...figures, microseconds };
  });
}

function warnIfTooLong(sessions: number, elapsed: number): void {
  if (elapsed <= maxAge) return;
  const [taken, kept] = [Math.round(elapsed / 1_000), maxAge / 1_000];
  const reading = `Reading ${sessions} sessions took ${taken} s`;
  reportProgress(`${reading}, and they stay in memory for ${kept} s: the next figure measures the database.`);
}
