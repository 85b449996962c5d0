import type { OnRun } from './host.ts';
import { readTarget } from './requests.ts';
import type { FuzzRequest } from './requests.ts';
import type { Expected } from './reference.ts';
import { sendTogether } from './wire.ts';
import type { WireAnswer } from './wire.ts';

export interface FuzzRunOptions {
  readonly port: number;
  readonly targets: number;
  readonly next: (id: number) => FuzzRequest;
  readonly expected: (request: FuzzRequest) => Expected;
}

/** What came out of a run. */
export interface FuzzReport {
  readonly targets: number;
  /** Requests that a handler ran for. */
  readonly reached: number;
  /** Executions by handler. */
  readonly byHandler: ReadonlyMap<string, number>;
  /** Answers by status. */
  readonly byStatus: ReadonlyMap<number, number>;
  /** Targets by what the reference says of them. */
  readonly byReason: ReadonlyMap<string, number>;
  /** A handler ran without a decision to allow for it, or twice, or saw another path or method than was decided about. */
  readonly wrong: readonly string[];
  /** A handler was allowed to run, and did not or was not answered with 200. */
  readonly omitted: readonly string[];
  readonly missing: readonly string[];
  /** Answers from 500 on. */
  readonly failures: readonly string[];
  /** Sent again because the database was too busy to answer in time. */
  readonly repeated: number;
  readonly seconds: number;
}

const workers = 4;
const batch = 50;
const maxRepeats = 5;

/** Creates the counter of a run. The host calls its `onRun`. */
export function createFuzz(): { onRun: OnRun; run: (options: FuzzRunOptions) => Promise<FuzzReport> } {
  const runs = new Map<string, string[]>();
  return {
    onRun: (id, handler, method, path) => void runs.set(id, [...(runs.get(id) ?? []), `${handler} ${method} ${path}`]),
    run: (options) => runFuzz(options, runs),
  };
}

async function runFuzz({ port, targets, next, expected }: FuzzRunOptions, runs: Map<string, string[]>): Promise<FuzzReport> {
  const start = performance.now();
  const [byHandler, byStatus, byReason] = [new Map<string, number>(), new Map<number, number>(), new Map<string, number>()];
  const wrong: string[] = [];
  const omitted: string[] = [];
  const missing: string[] = [];
  const failures: string[] = [];
  let [made, reached, repeated] = [0, 0, 0];

  function judge(request: FuzzRequest, answer: WireAnswer | undefined): void {
    const { handler, reason } = expected(request);
    const ran = runs.get(request.id) ?? [];
    runs.delete(request.id);
    // A handler must see the very path and method that the gate decided about.
    const wanted = handler === null ? [] : [`${handler} ${request.method} ${readTarget(request).split('?', 1)[0] ?? ''}`];
    const told = `${describe(request)} -> ${answer?.status ?? 'nothing'} ${answer?.code ?? ''}, ran [${ran.join(', ').slice(
      0, 200,
    )}], expected [${wanted.join(', ').slice(0, 200)}] (${reason})`;
    if (ran.length > wanted.length || (ran.length > 0 && withoutLastSlash(ran[0]) !== withoutLastSlash(wanted[0]))) wrong.push(told);
    else if (handler !== null && (ran.length === 0 || answer?.status !== 200)) omitted.push(told);
    if (ran.length > 0) reached += 1;
    for (const run of ran) count(byHandler, run.split(' ', 1)[0] ?? '');
    count(byReason, reason);
    if (answer) count(byStatus, answer.status);
    else if (request.method !== 'CONNECT') missing.push(told); // which Node closes without a word
    if (answer && answer.status >= 500) failures.push(told);
  }

  async function settle(request: FuzzRequest, first: WireAnswer | undefined): Promise<void> {
    let answer = first;
    for (let attempt = 0; attempt < maxRepeats && answer?.code === 'database-unreachable'; attempt += 1) {
      repeated += 1;
      await new Promise((resolve) => setTimeout(resolve, 200));
      [answer] = await sendTogether(port, [request]);
    }
    judge(request, answer);
  }

  async function work(): Promise<void> {
    while (made < targets) {
      const requests = Array.from({ length: Math.min(batch, targets - made) }, (_none, index) => next(made + index));
      made += requests.length;
      const together = requests.filter(({ isAlone }) => !isAlone);
      const connections = [
        ...(together.length > 0 ? [together] : []), ...requests.filter(({ isAlone }) => isAlone).map((request) => [request]),
      ];
      await Promise.all(connections.map(async (sent) => {
        const answers = await sendTogether(port, sent);
        for (const [index, request] of sent.entries()) await settle(request, answers[index]);
      }));
    }
  }

  await Promise.all(Array.from({ length: workers }, work));
  for (const [id, ran] of runs) wrong.push(`${id} ran [${ran.join(', ')}] though no request asked for it`);
  return {
    targets, reached, byHandler, byStatus, byReason, wrong, omitted, missing, failures, repeated,
    seconds: (performance.now() - start) / 1_000,
  };
}

/** The figures in one line. */
export function printReport(
  name: string, seed: number, { targets, reached, byHandler, byStatus, wrong, omitted, missing, failures, repeated, seconds }: FuzzReport,
): string {
  const list = (counts: ReadonlyMap<string | number, number>) => [...counts].sort(
    ([one], [other]) => (String(one) < String(other) ? -1 : 1),
  ).map(([key, value]) => `${key}: ${value}`).join(', ');
  return `${name}, seed ${seed}: ${targets} targets in ${seconds.toFixed(1)} s (${Math.round(
    targets / seconds,
  )}/s), ${reached} (${(100 * reached / targets).toFixed(1)} %) reached one of ${byHandler.size} handlers, `
    + `${wrong.length} ran that should not have, ${omitted.length} did not that should have, ${missing.length} without an `
    + `answer, ${failures.length} answers of 5xx, ${repeated} repeated; answers ${list(byStatus)}`;
}

function describe({ method, target, version, headers }: FuzzRequest): string {
  return JSON.stringify(`${method} ${target.length > 200 ? `${target.slice(
    0, 200,
  )}...(${target.length})` : target} HTTP/${version} ${headers.map(([name, value]) => `${name}: ${value.slice(0, 40)}`).join(' | ')}`);
}

function withoutLastSlash(text: string | undefined): string {
  return (text ?? '').replace(/\/$/, '');
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
