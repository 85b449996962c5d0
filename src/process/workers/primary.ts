import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { pino } from 'pino';
import { exitCodes } from '../exit-codes.ts';
import { serveMetrics } from '../listen.ts';
import type { ListeningServer } from '../listen.ts';
import type { Settings } from '../../settings/load-settings.ts';
import { untilStopSignal } from '../stop-signals.ts';
import { createMetricsCollector } from './collect-metrics.ts';
import type { ToPrimary, ToWorker } from './messages.ts';
import { createRelay } from './relay.ts';
import { isFinal, restartDelay } from './restarts.ts';

export interface PrimaryOptions {
  /** What the workers read their settings from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Pick<Settings, 'workers' | 'logLevel' | 'host' | 'metrics'>;
  readonly database: string;
  /** What a worker runs. */
  readonly file: string;
}

/** How a worker ended: with a code or by a signal, after some milliseconds. */
interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly lived: number;
}

/** How long a worker must have lived for its end not to count among failures in a row, in ms. */
const settled = 30_000;

/** How long workers may take to stop, in ms: a little longer than they give themselves. */
const stopLimit = 14_800;

/**
 * Runs workers that share the port, and replaces one that ends by itself, until SIGINT or SIGTERM; answers the exit code.
 *
 * The first one starts alone, so that it seeds and says what is wrong with a start that fails: its exit code is the
 * answer then. So is later that of a worker which finds what a person must mend.
 */
export async function runPrimary({ environment, settings, database, file }: PrimaryOptions): Promise<number> {
  const logger = pino({ level: settings.logLevel });
  const crew = new Set<Worker>();
  const serving = new Set<Worker>();
  const relay = createRelay<Worker>((worker, id, notices) => send(worker, { kind: 'told', id, notices }));
  const collector = createMetricsCollector<Worker>((worker, id) => send(worker, { kind: 'measure', id }));
  const readMetrics = () => collector.read(serving);
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
    worker.on('message', (message) => receive(worker, message as ToPrimary)); // a worker sends nothing else
    worker.once('disconnect', () => relay.leave(worker));
    worker.once('exit', (code, signal) => {
      relay.leave(worker);
      crew.delete(worker);
      dismiss(serving.delete(worker), worker, { code, signal, lived: performance.now() - began });
    });
  }

  function receive(worker: Worker, message: ToPrimary): void {
    switch (message.kind) {
      case 'join':
        relay.join(worker);
        send(worker, { kind: 'joined' });
        return;
      case 'tell':
        void relay.broadcast(worker, message.notices).then(() => send(worker, { kind: 'heard', id: message.id }));
        return;
      case 'applied':
        relay.applied(worker, message.id);
        return;
      case 'hand-over':
        setImmediate(() => send(worker, { kind: 'handed-over' })); // once this process has taken a connection, if there is one
        return;
      case 'measured':
        collector.measured(worker, message.id, message.text);
        return;
      case 'read-metrics':
        void readMetrics().then((text) => send(worker, { kind: 'metrics', id: message.id, text }));
        return;
      case 'serving':
        serving.add(worker);
        if (!hasServed) for (let count = 1; count < settings.workers; count += 1) hire();
        hasServed = true;
        if (serving.size === settings.workers) printBannerOnce();
    }
  }

  function printBannerOnce(): void {
    const [first] = serving;
    if (first && !isAnnounced) send(first, { kind: 'announce', database, metricsOrigin: metricsServer?.origin ?? null });
    isAnnounced = true;
  }

  /** What follows when a worker has ended. */
  function dismiss(wasServing: boolean, { process: { pid } }: Worker, { code, signal, lived }: End): void {
    if (exitCode === undefined && !wasServing && (!hasServed || isFinal(code))) {
      if (!code) process.stderr.write(`The first worker was ended before it served (${signal ?? 'without a word'}).\n`);
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

  /** Workers that serve finish their requests. Seeding is a transaction, so the others may be ended at any time. */
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
  void untilStopSignal().then(() => stop(0));
  hire();
  try {
    return await ended;
  } finally {
    await metricsServer?.close();
  }
}

function send(worker: Worker, message: ToWorker): void {
  // One that is just ending has closed its channel: its end is seen to elsewhere.
  if (worker.isConnected()) worker.send(message, undefined, () => undefined);
}
