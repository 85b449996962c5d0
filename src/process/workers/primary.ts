import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { pino } from 'pino';
import { exitCodes } from '../exit-codes.ts';
import { serveMetrics } from '../listen.ts';
import type { ListeningServer } from '../listen.ts';
import type { Settings } from '../../settings/load-settings.ts';
import type { ServerLog } from '../server-log.ts';
import { untilStopSignal } from '../stop-signals.ts';
import { createMetricsCollector } from './collect-metrics.ts';
import type { ToPrimary, ToWorker } from './messages.ts';
import { createReceiver } from './receiver.ts';
import { createRelay } from './relay.ts';
import { isFinal, restartDelay } from './restarts.ts';

export interface PrimaryOptions {
  /** The environment from which the workers read their settings. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Pick<Settings, 'workers' | 'logLevel' | 'host' | 'metrics'>;
  readonly database: string;
  readonly log: Pick<ServerLog, 'failed' | 'stopping'>;
  /** The file that a worker runs. */
  readonly file: string;
}

/** The end of a worker: its exit code or signal, and its lifetime in ms. */
interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly lived: number;
}

/** If a worker lived longer than this, in ms, its end does not count as another failure in a row. */
const settled = 30_000;

/** How long workers may take to stop, in ms. It is a little longer than their own limit. */
const stopLimit = 14_800;

/**
 * Runs workers that share the port, and replaces a worker that ends, until SIGINT or SIGTERM. Answers the exit code.
 *
 * The first worker starts alone. It seeds the database and reports the fault if the start fails; its exit code is then the answer.
 * Later, a worker that finds a fault which a person must fix also ends everything with its exit code.
 */
export async function runPrimary({ environment, settings, database, log, file }: PrimaryOptions): Promise<number> {
  const logger = pino({ level: settings.logLevel });
  const crew = new Set<Worker>();
  const serving = new Set<Worker>();
  const relay = createRelay<Worker>((worker, id, notices) => send(worker, { kind: 'told', id, notices }));
  const collector = createMetricsCollector<Worker>((worker, id) => send(worker, { kind: 'measure', id }));
  const readMetrics = () => collector.read(serving);
  const receive = createReceiver<Worker>({ relay, collector, readMetrics, send, onServing: noteServing });
  let metricsServer: ListeningServer | null = null;
  let hasServed = false;
  let isAnnounced = false;
  let failures = 0;
  let exitCode: number | undefined;
  let onEnded: (code: number) => void;
  const ended = new Promise<number>((resolve) => { onEnded = resolve; });

  function hire(): void {
    if (exitCode !== undefined) return;
    const began = performance.now();
    const worker = cluster.fork({ ...environment });
    crew.add(worker);
    worker.on('message', (message) => receive(worker, message as ToPrimary)); // a worker sends only such messages
    worker.once('disconnect', () => relay.leave(worker));
    worker.once('exit', (code, signal) => {
      relay.leave(worker);
      crew.delete(worker);
      dismiss(serving.delete(worker), worker, { code, signal, lived: performance.now() - began });
    });
  }

  function noteServing(worker: Worker): void {
    serving.add(worker);
    if (!hasServed) for (let count = 1; count < settings.workers; count += 1) hire();
    hasServed = true;
    if (serving.size === settings.workers) printBannerOnce();
  }

  function printBannerOnce(): void {
    const [first] = serving;
    if (first && !isAnnounced) send(first, { kind: 'announce', database, metricsOrigin: metricsServer?.origin ?? null });
    isAnnounced = true;
  }

  /** Stops everything or starts another worker, after a worker has ended. */
  function dismiss(wasServing: boolean, { process: { pid } }: Worker, { code, signal, lived }: End): void {
    if (exitCode === undefined && !wasServing && (!hasServed || isFinal(code))) {
      if (!code) log.failed(`The first worker ended before it served (${signal ?? 'without a message'}).`, { worker: pid });
      stop(code === null || code === 0 ? exitCodes.software : code);
    }
    if (exitCode !== undefined) {
      if (crew.size === 0) onEnded(exitCode);
      return;
    }
    failures = wasServing && lived > settled ? 0 : failures + 1;
    const milliseconds = restartDelay(failures);
    logger.error({ worker: pid, code, signal, milliseconds }, 'a worker has ended; another one is started');
    setTimeout(hire, milliseconds);
  }

  /** Workers that serve may finish their requests. Other workers can be killed at any time, because seeding is a transaction. */
  function stop(code: number): void {
    exitCode ??= code;
    for (const worker of crew) {
      if (serving.has(worker)) send(worker, { kind: 'stop' });
      else worker.process.kill('SIGKILL');
    }
    if (crew.size === 0) onEnded(exitCode);
    setTimeout(killAll, stopLimit).unref();
  }

  function killAll(): void {
    for (const worker of crew) worker.process.kill('SIGKILL');
  }

  cluster.setupPrimary({ exec: file, args: [] });
  process.once('exit', killAll);
  metricsServer = await serveMetrics(settings, readMetrics);
  void untilStopSignal().then(() => {
    log.stopping();
    stop(0);
  });
  hire();
  try {
    return await ended;
  } finally {
    await metricsServer?.close();
  }
}

function send(worker: Worker, message: ToWorker): void {
  // A worker that is just ending has closed its channel. Its `exit` event handles its end.
  if (worker.isConnected()) worker.send(message, undefined, () => undefined);
}
