import { pino } from 'pino';
import type { Serving } from './startup-banner.ts';
import { createApp } from './app.ts';
import type { Peers } from '../platform/changes/peers.ts';
import { createGatehouse } from '../gatehouse.ts';
import { createServer } from '../http/server/create-server.ts';
import { createThrottledLog } from '../http/server/throttled-log.ts';
import { listen, serveMetrics } from './listen.ts';
import type { ListeningServer } from './listen.ts';
import { connect } from '../platform/database/connect.ts';
import type { Settings } from '../settings/load-settings.ts';

export interface ServeOptions {
  /** The other processes of this node. */
  readonly peers?: Peers;
  /** Resolves when the process that accepts connections for this one has passed on all waiting connections. */
  readonly handedOver?: () => Promise<void>;
  /** Called when it is ready to serve. It stops when the returned promise resolves. */
  readonly untilStopped: () => Promise<void>;
  readonly onServing: (serving: Serving) => Promise<void>;
}

/**
 * Serves in this process until the signal to stop: connect, census, init, listen. Then it finishes the running requests.
 *
 * Rejects with an error for which `exitWith` has an exit code and a message.
 */
export async function serve(settings: Settings, { peers, handedOver, untilStopped, onServing }: ServeOptions): Promise<void> {
  const connection = await connect(settings.mongodbUri, { silence: settings.databaseSilence });
  try {
    const logger = pino({ level: settings.logLevel });
    const gatehouse = createGatehouse({ connection, settings, logger, ...(peers && { peers }) });
    try {
      const app = createApp(gatehouse, settings);
      const report = await gatehouse.init(app);
      const onRefused = createThrottledLog((refused) => logger.warn({ refused }, 'overloaded: requests were refused'));
      const server = createServer(app, { ...settings, onRefused, logger });
      gatehouse.guardUpgrades(server);
      const stopped = untilStopped();
      const origin = await listen(server, { ...settings, setting: 'PORT' });
      let delay = 0;
      let metricsServer: ListeningServer | null = null;
      try {
        // With several processes, the primary process serves the sum of their metrics.
        metricsServer = peers ? null : await serveMetrics(settings, gatehouse.metrics);
        await onServing({ gatehouse, settings, report, origin, metricsOrigin: metricsServer?.origin ?? null });
        await stopped;
        delay = settings.stopDelay;
      } finally {
        gatehouse.drain();
        await server.stop({ delay, ...(handedOver && { handedOver }) });
        await metricsServer?.close();
      }
    } finally {
      await gatehouse.close();
    }
  } finally {
    await connection.close();
  }
}
