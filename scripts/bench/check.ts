import { availableParallelism } from 'node:os';
import { startTestMongo } from '../local-mongo.ts';
import type { Contestant } from './check/contestant.ts';
import { startGatehouse } from './check/gatehouse.contestant.ts';
import { callsOf } from './check/model.ts';
import type { Shape } from './check/model.ts';
import { startOpa } from './check/opa.contestant.ts';
import { startOpenfga } from './check/openfga.contestant.ts';
import { findPeerProgram } from './check/peer-programs.ts';
import { printTable, toReport, ways } from './check/report.ts';
import type { Measured } from './check/report.ts';
import { measure, measureClients } from './load.ts';
import type { LoadRequest } from './load.ts';
import { describeMachine, parseOptions, reportProgress, toNumber } from './options.ts';

/** Calls of each shape whose answers are compared before anything is measured. */
const compared: Readonly<Record<Shape, number>> = { one: 200, ofOneUser: 3, ofAllUsers: 1 };

/**
 * `npm run bench -- check`: the same questions to Gatehouse, OPA and OpenFGA, one a call and 1,000 a call.
 *
 * All are servers of their own on this machine, which know the same roles and users; they take turns round by round.
 */
export async function benchCheck(args: string[]): Promise<void> {
  const { json, alone, ...options } = readOptions(args);
  const mongo = await startTestMongo(process.env, reportProgress);
  const running: Contestant[] = [];
  try {
    const [opa, openfga] = alone ? [null, null] : [await findPeerProgram('opa', process.env, reportProgress), await findPeerProgram('openfga', process.env, reportProgress)];
    running.push(await startGatehouse(mongo.uri, options.workers));
    if (opa !== null) running.push(await startOpa(opa));
    if (openfga !== null) running.push(await startOpenfga(openfga));
    for (const contestant of running) await compareAnswers(contestant);
    const report = toReport({ ...describeMachine(mongo.describe), ...options }, await takeTurns(running, options));
    console.log(json ? JSON.stringify(report, null, 2) : printTable(report));
  } finally {
    for (const contestant of running) await contestant.stop();
    await mongo.stop();
  }
}

interface Options {
  /** Of one round of one contestant in one way. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** Processes of Gatehouse; the peers use all cores by themselves. */
  readonly workers: number;
}

function readOptions(args: string[]): Options & { readonly json: boolean; readonly alone: boolean } {
  const values = parseOptions(args, {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '10' },
    workers: { type: 'string', default: String(availableParallelism()) },
    alone: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const whole = (name: 'rounds' | 'connections' | 'workers', most: number) => toNumber(name, values[name], { most, isWhole: true });
  return {
    seconds: toNumber('seconds', values.seconds, { most: 600, isWhole: false }),
    rounds: whole('rounds', 100), connections: whole('connections', 1_000), workers: whole('workers', 256),
    alone: values.alone, json: values.json,
  };
}

/** Rejects if any answer is not that of the model. */
async function compareAnswers({ name, ask, read }: Contestant): Promise<void> {
  for (const shape of Object.keys(compared) as Shape[]) { // its keys are the shapes
    for (const { questions, answers } of callsOf(shape).slice(0, compared[shape])) {
      const { url, ...request } = ask(shape, questions);
      const response = await fetch(url, request);
      const body = await response.text();
      if (!response.ok) throw new Error(`${name} answers ${response.status}: ${body.slice(0, 500)}`);
      const given = read(JSON.parse(body), shape);
      const wrong = answers.findIndex((answer, index) => given[index] !== answer);
      if (given.length !== answers.length || wrong !== -1) throw new Error(`${name} answers wrongly about ${JSON.stringify(questions[wrong])}.`);
    }
  }
}

async function takeTurns(running: readonly Contestant[], { seconds, rounds, connections }: Options): Promise<Measured[]> {
  const requests = new Map<string, LoadRequest[]>();
  for (const { name, ask } of running) {
    for (const { shape } of ways) requests.set(`${name} ${shape}`, callsOf(shape).map(({ questions }) => ask(shape, questions)));
  }
  const measured: Measured[] = [];
  // Round 0 warms up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const { way, shape, isAlone } of ways) {
      for (const { name } of running) {
        const own = requests.get(`${name} ${shape}`) ?? [];
        if (shape === 'one') await measure({ requests: own, seconds: 'once', connections }); // so that sessions are in memory, where they stay for a minute
        const spent = round === 0 ? Math.min(1, seconds) : seconds;
        const figures = shape === 'one' ? await measure({ requests: own, seconds: spent, connections }) : await measureClients(startingApart(own, isAlone ? 1 : connections), spent);
        if (round > 0) measured.push({ name, way, figures });
      }
    }
    reportProgress(`round ${round} of ${rounds}`);
  }
  return measured;
}

/** All requests for each of so many clients, from another one on. */
function startingApart(requests: readonly LoadRequest[], clients: number): LoadRequest[][] {
  return Array.from({ length: clients }, (_each, client) => [...requests.slice(client % requests.length), ...requests.slice(0, client % requests.length)]);
}
