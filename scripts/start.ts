import { exitWith } from '../src/exit.ts';
import { main } from '../src/main.ts';
import { readOptions } from './command-line.ts';
import { prepareEnvironment } from './local-env.ts';

/**
 * `npm start`: the server, with a local database where none is given.
 *
 * `-- --ephemeral` throws that database away at the end; `-- --data FOLDER` keeps it there.
 */
async function start(): Promise<void> {
  const { ephemeral, data } = readOptions({ ephemeral: { type: 'boolean', default: false }, data: { type: 'string' } });
  const { env, mongo } = await prepareEnvironment({ ephemeral, data, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    await main(env, mongo ? { database: mongo.describe } : {});
  } finally {
    await mongo?.stop();
  }
}

start().catch(exitWith);
