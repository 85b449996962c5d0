import { createGatehouse } from '../src/gatehouse.ts';
import type { Gatehouse } from '../src/gatehouse.types.ts';
import { connect } from '../src/platform/database/connect.ts';
import { loadSettings } from '../src/settings/load-settings.ts';
import type { Settings } from '../src/settings/load-settings.ts';
import { prepareEnvironment } from './local-env.ts';

/**
 * Runs a command's work on a Gatehouse that serves nothing, on the database of the servers that run, if any do; then closes all of it.
 *
 * `data` is the folder of the local database, as for `npm start`. Rejects with what `exitWith` has an exit code and a message for.
 */
export async function withGatehouse(data: string | undefined, work: (gatehouse: Gatehouse, settings: Settings) => Promise<void>): Promise<void> {
  const { env, mongo } = await prepareEnvironment({ ephemeral: false, join: true, data, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    const settings = loadSettings(env);
    const connection = await connect(settings.mongodbUri);
    try {
      const gatehouse = createGatehouse({ connection, settings });
      try {
        await work(gatehouse, settings);
      } finally {
        await gatehouse.close();
      }
    } finally {
      await connection.close();
    }
  } finally {
    await mongo?.stop();
  }
}
