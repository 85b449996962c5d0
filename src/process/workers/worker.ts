import { announceStart } from '../startup-banner.ts';
import { exitWith } from '../exit-codes.ts';
import { createServerLog } from '../server-log.ts';
import { serve } from '../serve.ts';
import { loadSettings } from '../../settings/load-settings.ts';
import { ignoreStopSignals } from '../stop-signals.ts';
import type { Channel, ToWorker } from './messages.ts';
import { joinPeers } from './worker-peers.ts';

/** Serves as a worker until the primary process sends `stop`. The worker also ends if the primary process ends. */
export async function runWorker(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  ignoreStopSignals();
  const log = createServerLog(environment);
  const channel = openChannel();
  const stopped = new Promise<void>((resolve) => {
    channel.listen(({ kind }) => { if (kind === 'stop') resolve(); });
  });
  await serve(loadSettings(environment), {
    peers: await joinPeers(channel),
    handedOver: createHandedOver(channel),
    untilStopped: () => stopped,
    onServing(serving) {
      channel.listen((message) => {
        if (message.kind === 'announce') announceStart(
          log, { ...serving, metricsOrigin: message.metricsOrigin }, message.database,
        ).catch(exitWith(log));
        else if (message.kind === 'measure') void serving.gatehouse.metrics().then(
          (text) => channel.send({ kind: 'measured', id: message.id, text }),
        );
      });
      channel.send({ kind: 'serving' });
      return Promise.resolve();
    },
  });
}

/**
 * Asks the primary process for the connections that wait there, because it accepts the connections of all workers.
 *
 * While connections wait, the primary process sends each worker one of them, and its answer comes after that connection.
 */
function createHandedOver({ send, listen }: Channel): () => Promise<void> {
  let resolveAsked: (() => void) | undefined;
  listen(({ kind }) => { if (kind === 'handed-over') resolveAsked?.(); });
  return () => new Promise((resolve) => {
    resolveAsked = resolve;
    send({ kind: 'hand-over' });
  });
}

/** Opens this process's side of the channel to the primary process. */
export function openChannel(): Channel {
  return {
    // A closed channel is no failure: this process ends with its primary process.
    send: (message) => void process.send?.(message, () => undefined),
    listen: (listener) => void process.on('message', (message) => listener(message as ToWorker)), // no other messages come from there
  };
}
