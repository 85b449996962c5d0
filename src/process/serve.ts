import { pino } from 'pino';
import type { Serving } from './startup-banner.ts';
import { createApp } from './app.ts';
import type { Peers } from '../platform/changes/peers.ts';
import { createGatehouse } from '../gatehouse.ts';
import { createHttpServer } from '../http/server/http-server.ts';
import { createThrottledLog } from '../http/server/throttled-log.ts';
import { listen, serveMetrics } from './listen.ts';
import type { ListeningServer } from './listen.ts';
import { connect } from '../platform/database/connect.ts';
import type { Settings } from '../settings/load-settings.ts';

export interface ServeOptions {
  /** The other processes of this node. */
  readonly peers?: Peers;
  /** Resolves when whoever takes connections for this process has handed over those at hand. */
  readonly handedOver?: () => Promise<void>;
  /** Called once it is ready to serve: from then on it stops when what this answers resolves. */
  readonly untilStopped: () => Promise<void>;
  readonly onServing: (serving: Serving) => Promise<void>;
}

/** How long requests that are being answered may take, from when the server is told to stop, in ms: service managers wait 15 s and more. */
const stopPatience = 14_000;

/**
 * Serves in this process: connect, census, init, listen, until it is told to stop; then what is in hand is finished.
 *
 * Rejects with what `exitWith` has an exit code and a message for.
 */
export async function serve(settings: Settings, { peers, handedOver, untilStopped, onServing }: ServeOptions): Promise<void> {
  const connection = await connect(settings.mongodbUri);
  try {
    const logger = pino({ level: settings.logLevel });
    const gatehouse = createGatehouse({ connection, settings, logger, ...(peers && { peers }) });
    try {
      const app = createApp(gatehouse, settings);
      const report = await gatehouse.init(app);
      const { server, stop } = createHttpServer(app, settings, createThrottledLog((refused) => logger.warn({ refused }, 'overloaded: requests were refused')));
      gatehouse.guardUpgrades(server);
      const stopped = untilStopped();
      const origin = await listen(server, { ...settings, setting: 'PORT' });
      let delay = 0;
      let metricsServer: ListeningServer | null = null;
      try {
        // The metrics of several processes are for whoever can add them up.
        metricsServer = peers ? null : await serveMetrics(settings, gatehouse.metrics);
        await onServing({ gatehouse, settings, report, origin, metricsOrigin: metricsServer?.origin ?? null });
        await stopped;
        delay = settings.stopDelay;
      } finally {
        gatehouse.drain();
        await stop(delay, stopPatience, handedOver);
        await metricsServer?.close();
      }
    } finally {
      await gatehouse.close();
    }
  } finally {
    await connection.close();
  }
}
