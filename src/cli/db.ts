import { exit } from '../process/exit-codes.ts';
import { untilStopSignal } from '../process/stop-signals.ts';
import { commonOptions } from './command-line/command.ts';
import type { Command, CommandOptions } from './command-line/command.ts';
import { readOptions } from './command-line/read-options.ts';
import { startDatabase, withDatabase } from './local/local-env.ts';
import type { LocalMongo } from './local-mongo/local-mongo.ts';
import { localFolders } from './local/local-folders.ts';

const options = {
  port: { type: 'string', value: 'PORT', about: 'Listen on this port of 127.0.0.1. Default: any free port.' },
  ephemeral: { type: 'boolean', default: false, about: 'Delete the data at the end.' },
  ...commonOptions,
} as const satisfies CommandOptions;

/** `db`: runs a local database until it is stopped, and prints its URI. Ignores MONGODB_URI, which may name this very database. */
export const dbCommand: Command = {
  options,
  async run(args) {
    const { port, ephemeral, data = localFolders.data } = readOptions(options, args);
    if (port !== undefined && !isPort(port)) throw exit('usage', '--port takes a whole number from 1 to 65535.');
    const log = (line: string) => process.stderr.write(`${line}\n`);
    const env = { ...process.env, MONGODB_URI: undefined };
    const mongo = await startDatabase({ dataFolder: data, ephemeral, env, log, ...(port !== undefined && { port: Number(port) }) });
    // Only now, so that a signal ends a start that installs something.
    const stopped = untilStopSignal();
    const alive = setInterval(() => undefined, 60_000); // neither the database nor a signal handler keeps this process running
    try {
      console.log(withDatabase(mongo.uri, 'gatehouse'));
      log(`${mongo.describe}. Set MONGODB_URI to the address above; Ctrl-C stops the database.`);
      await Promise.race([stopped, failWhenEnded(mongo)]);
    } finally {
      clearInterval(alive);
      await mongo.stop();
    }
  },
};

async function failWhenEnded({ ended }: LocalMongo): Promise<void> {
  await ended;
  throw exit('databaseUnavailable', 'The local database has ended by itself. Start it again.');
}

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
}
