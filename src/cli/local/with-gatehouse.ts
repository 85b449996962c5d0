import { createGatehouse } from '../../gatehouse.ts';
import type { Gatehouse } from '../../gatehouse.types.ts';
import { connect } from '../../platform/database/connect.ts';
import { loadSettings } from '../../settings/load-settings.ts';
import type { Settings } from '../../settings/load-settings.ts';
import { prepareEnvironment } from './local-env.ts';

/**
 * Runs the work of a command on a Gatehouse that does not serve, and closes all of it afterwards.
 *
 * Uses the database of a running server, if there is one. `data` is the folder of the local database, as for `npm start`.
 * Rejects with errors for which `exitWith` has an exit code and a message.
 */
export async function withGatehouse(
  data: string | undefined, work: (gatehouse: Gatehouse, settings: Settings) => Promise<void>,
): Promise<void> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const { env, mongo } = await prepareEnvironment({ ephemeral: false, join: true, data, log });
  try {
    const settings = loadSettings(env);
    const connection = await connect(settings.mongodbUri, { silence: settings.databaseSilence });
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
