import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../../src/index.ts';
import type { ToPrimary } from '../../../src/process/workers/messages.ts';
import { createTerminalLog } from '../../../src/process/server-log.ts';
import { runPrimary } from '../../../src/process/workers/primary.ts';

/** Runs Gatehouse in as many workers as the settings say; resolves once all of them serve. */
export async function startGatehouseWorkers(
  settings: Settings, environment: Readonly<Record<string, string>>,
): Promise<{ readonly origin: string; stop(): Promise<void> }> {
  const served = new Promise<string>((resolve) => {
    let port = 0;
    let serving = 0;
    cluster.on('listening', (_worker, address) => { port = address.port; });
    cluster.on('message', (_worker, message: ToPrimary) => {
      if (message.kind === 'serving') serving += 1;
      if (serving === settings.workers) resolve(`http://127.0.0.1:${port}`);
    });
  });
  const file = fileURLToPath(new URL('./gatehouse.worker.ts', import.meta.url));
  const ended = runPrimary({ environment, settings, database: '', log: createTerminalLog(environment), file });
  const failed = ended.then((code) => { throw new Error(`The workers ended with ${code} instead of serving.`); });
  const origin = await Promise.race([served, failed]);
  return {
    origin,
    async stop() {
      process.kill(process.pid, 'SIGTERM'); // the signal at which a primary process stops
      await ended;
    },
  };
}
