import cluster from 'node:cluster';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { announceStart, describeUri } from './process/startup-banner.ts';
import { exitCodes, exitWith } from './process/exit-codes.ts';
import { createServerLog, logAsJson } from './process/server-log.ts';
import { serve } from './process/serve.ts';
import { loadSettings } from './settings/load-settings.ts';
import { untilStopSignal } from './process/stop-signals.ts';
import { runPrimary } from './process/workers/primary.ts';
import { runWorker } from './process/workers/worker.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface MainOptions {
  /** Says which database this is and where its data lies. */
  readonly database?: string;
}

/**
 * Runs the server until SIGINT or SIGTERM, in this process or in as many workers as `WORKERS` says.
 *
 * Rejects with an error for which `exitWith` has an exit code and a message. A worker that cannot start prints the reason itself, and
 * its exit code becomes that of this process.
 */
export async function main(environment: Environment, { database }: MainOptions = {}): Promise<void> {
  const log = createServerLog(environment);
  logAsJson(environment, exitCodes.software);
  const settings = loadSettings(environment);
  const shown = database ?? describeUri(settings.mongodbUri);
  if (settings.workers === 1) {
    await serve(settings, {
      untilStopped: () => untilStopSignal().then(log.stopping), onServing: (serving) => announceStart(log, serving, shown),
    });
  } else {
    process.exitCode = await runPrimary({ environment, settings, database: shown, log, file: fileURLToPath(import.meta.url) });
    if (process.exitCode !== 0) return; // the worker that failed has said why
  }
  log.stopped();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const fail = exitWith(createServerLog(process.env));
  if (cluster.isWorker) {
    logAsJson(process.env, exitCodes.software);
    void runWorker(process.env).catch(fail).finally(() => process.exit()); // its channel would keep it running
  } else {
    main(process.env).catch(fail);
  }
}
