import { main } from '../main.ts';
import { exit } from '../process/exit-codes.ts';
import { workersPattern } from '../settings/settings.schema.ts';
import { commonOptions } from './command-line/command.ts';
import type { Command, CommandOptions } from './command-line/command.ts';
import { readOptions } from './command-line/read-options.ts';
import { prepareEnvironment } from './local/local-env.ts';

const options = {
  ephemeral: { type: 'boolean', default: false, about: 'Delete the data of the local database at the end.' },
  ...commonOptions,
  workers: { type: 'string', value: 'N', about: 'Serve in N processes; auto: one for each core. Overrides WORKERS.' },
} as const satisfies CommandOptions;

/** `start`: the server, with a local database if MONGODB_URI is not set. Never starts a database in production. */
export const startCommand: Command = {
  options,
  async run(args) {
    const { ephemeral, data, workers } = readOptions(options, args);
    if (workers !== undefined && !workersPattern.test(workers)) {
      throw exit('usage', '--workers takes a whole number from 1 to 256, or auto for one worker for each core.');
    }
    const { env, mongo } = await prepareEnvironment({ ephemeral, data, log: (line) => process.stderr.write(`${line}\n`) });
    try {
      await main(workers === undefined ? env : { ...env, WORKERS: workers }, mongo ? { database: mongo.describe } : {});
    } finally {
      await mongo?.stop();
    }
  },
};
