import { exit, exitWith } from '../src/process/exit-codes.ts';
import { main } from '../src/main.ts';
import { workersPattern } from '../src/settings/settings.schema.ts';
import { readOptions } from './command-line.ts';
import { prepareEnvironment } from './local-env.ts';

/**
 * `npm start`: the server, with a local database if none is set.
 *
 * `-- --ephemeral` removes that database at the end; `-- --data FOLDER` keeps it in this folder. `-- --workers N` serves in N
 * processes, `--workers auto` in one for each core; it overrides the setting `WORKERS`.
 */
async function start(): Promise<void> {
  const { ephemeral, data, workers } = readOptions({
    ephemeral: { type: 'boolean', default: false }, data: { type: 'string' }, workers: { type: 'string' },
  });
  if (workers !== undefined && !workersPattern.test(workers)) {
    throw exit('usage', '--workers takes a whole number from 1 to 256, or auto for one worker for each core.');
  }
  const { env, mongo } = await prepareEnvironment({ ephemeral, data, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    await main(workers === undefined ? env : { ...env, WORKERS: workers }, mongo ? { database: mongo.describe } : {});
  } finally {
    await mongo?.stop();
  }
}

start().catch(exitWith);
