import { printStartupBanner } from '../startup-banner.ts';
import { exitWith } from '../exit-codes.ts';
import { serve } from '../serve.ts';
import { loadSettings } from '../../settings/load-settings.ts';
import { ignoreStopSignals } from '../stop-signals.ts';
import type { Channel, ToWorker } from './messages.ts';
import { joinPeers } from './worker-peers.ts';

/** Serves as a worker of the primary process that started this one, until that says to stop; ends with it, however it ends. */
export async function runWorker(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  ignoreStopSignals();
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
        if (message.kind === 'announce') printStartupBanner(
          { ...serving, metricsOrigin: message.metricsOrigin }, message.database,
        ).catch(exitWith);
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
 * Asks the primary process, which accepts the connections, for those that wait.
 *
 * As long as connections wait there, each worker is being given one, and the answer comes behind that.
 */
function createHandedOver({ send, listen }: Channel): () => Promise<void> {
  let resolveAsked: (() => void) | undefined;
  listen(({ kind }) => { if (kind === 'handed-over') resolveAsked?.(); });
  return () => new Promise((resolve) => {
    resolveAsked = resolve;
    send({ kind: 'hand-over' });
  });
}

/** This process's side of the channel to the primary process that started it. */
export function openChannel(): Channel {
  return {
    // A channel that is closed is no failure: without its primary process, this one ends.
    send: (message) => void process.send?.(message, () => undefined),
    listen: (listener) => void process.on('message', (message) => listener(message as ToWorker)), // the primary process sends nothing else
  };
}
