import { exitWith, main } from '../src/main.ts';
import { prepareEnvironment } from './local-env.ts';

/** `npm start`, `npm start -- --ephemeral`: the server, with a local database where none is given. */
const ephemeral = process.argv.includes('--ephemeral');

try {
  const { env, mongo } = await prepareEnvironment({ ephemeral, log: (line) => process.stderr.write(`${line}\n`) });
  await main(env, mongo ? { database: mongo.describe, onStopped: mongo.stop } : {}).catch(async (error: unknown) => {
    await mongo?.stop();
    throw error;
  });
} catch (error) {
  exitWith(error);
}
