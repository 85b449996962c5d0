import { availableParallelism } from 'node:os';
import { byTurns, defineBenchmark, reportProgress } from '../benchmark.ts';
import { measureClients } from '../clients.ts';
import type { Figures } from '../figures.ts';
import { measureLoad } from '../load.ts';
import { flag, number, whole } from '../options.ts';
import type { OptionsOf } from '../options.ts';
import { send } from '../requests.ts';
import type { LoadRequest } from '../requests.ts';
import type { Contestant } from './contestant.ts';
import { startGatehouse } from './gatehouse.contestant.ts';
import { callsOf, shapes } from './model.ts';
import type { Shape } from './model.ts';
import { startOpa } from './opa.contestant.ts';
import { startOpenfga } from './openfga.contestant.ts';
import { findPeerProgram } from './peer-programs.ts';
import { toReport, ways } from './report.ts';
import type { Measured, WayToAsk } from './report.ts';

/** Calls of each shape whose answers are compared before anything is measured. */
const compared: Readonly<Record<Shape, number>> = { one: 200, ofOneUser: 3, ofAllUsers: 1 };

const options = {
  seconds: number(2, 600), rounds: whole(5, 100), connections: whole(10, 1_000), workers: whole(availableParallelism(), 256), alone: flag,
};
type Options = OptionsOf<typeof options>;

/**
 * `npm run bench -- check`: the same questions to Gatehouse, OPA and OpenFGA, one a call and 1,000 a call.
 *
 * Each is a server of its own on this machine, with the same roles and users. Gatehouse runs in `--workers` processes; the
 * peers use all cores by themselves. `--alone` leaves the peers out.
 */
export const checkBenchmark = defineBenchmark({
  about: 'checks over HTTP, one and 1,000 a call, beside OPA and OpenFGA, which Go builds once, and the budgets',
  options,
  async measure(chosen, mongodbUri) {
    const running: Contestant[] = [];
    try {
      const peers = chosen.alone ? [] : [
        { start: startOpa, program: await findPeerProgram('opa', process.env, reportProgress) },
        { start: startOpenfga, program: await findPeerProgram('openfga', process.env, reportProgress) },
      ];
      running.push(await startGatehouse(mongodbUri, chosen.workers));
      for (const { start, program } of peers) if (program !== undefined) running.push(await start(program));
      for (const contestant of running) await compareAnswers(contestant);
      return toReport(chosen, await takeTurns(running, chosen));
    } finally {
      for (const contestant of running) await contestant.stop();
    }
  },
});

/** Rejects if any answer is not that of the model. */
async function compareAnswers({ name, ask, read }: Contestant): Promise<void> {
  for (const shape of shapes) {
    for (const { questions, answers } of callsOf(shape).slice(0, compared[shape])) {
      const given = read(JSON.parse(await send(ask(shape, questions))), shape);
      const wrong = answers.findIndex((answer, index) => given[index] !== answer);
      if (given.length !== answers.length || wrong !== -1) {
        throw new Error(`${name} answers wrongly about ${JSON.stringify(questions[wrong])}.`);
      }
    }
  }
}

function takeTurns(running: readonly Contestant[], chosen: Options): Promise<Measured[]> {
  const entrants = ways.flatMap((way) => running.map(({ name, ask }) => (
    { name, way, requests: callsOf(way.shape).map(({ questions }) => ask(way.shape, questions)) })));
  return byTurns(entrants, chosen, ({ way, requests }, { seconds }) => measureWay(way, requests, seconds, chosen.connections));
}

async function measureWay(
  { shape, isAlone }: WayToAsk, requests: readonly LoadRequest[], seconds: number, connections: number,
): Promise<Figures> {
  if (shape !== 'one') return await measureClients(startingApart(requests, isAlone ? 1 : connections), seconds);
  await measureLoad({ requests, seconds: 'once', connections }); // so that sessions are in memory, where they stay for a minute
  return await measureLoad({ requests, seconds, connections });
}

/** All requests for each client; each client begins at another request. */
function startingApart(requests: readonly LoadRequest[], clients: number): LoadRequest[][] {
  return Array.from({ length: clients }, (_each, client) => {
    const first = client % requests.length;
    return [...requests.slice(first), ...requests.slice(0, first)];
  });
}
