import type { MetricsCollector } from './collect-metrics.ts';
import type { ToPrimary, ToWorker } from './messages.ts';
import type { Relay } from './relay.ts';

interface ReceiverDeps<Member> {
  readonly relay: Relay<Member>;
  readonly collector: Pick<MetricsCollector<Member>, 'measured'>;
  /** The sum of the metrics of all workers. */
  readonly readMetrics: () => Promise<string>;
  readonly send: (member: Member, message: ToWorker) => void;
  readonly onServing: (member: Member) => void;
}

/** Creates the function that handles the messages of workers in the primary process. */
export function createReceiver<Member>(
  { relay, collector, readMetrics, send, onServing }: ReceiverDeps<Member>,
): (member: Member, message: ToPrimary) => void {
  return (member, message) => {
    switch (message.kind) {
      case 'join':
        relay.join(member);
        send(member, { kind: 'joined' });
        return;
      case 'tell':
        void relay.broadcast(member, message.notices).then(() => send(member, { kind: 'heard', id: message.id }));
        return;
      case 'applied':
        relay.applied(member, message.id);
        return;
      case 'hand-over':
        setImmediate(() => send(member, { kind: 'handed-over' })); // after this process has accepted a waiting connection
        return;
      case 'measured':
        collector.measured(member, message.id, message.text);
        return;
      case 'read-metrics':
        void readMetrics().then((text) => send(member, { kind: 'metrics', id: message.id, text }));
        return;
      case 'serving':
        onServing(member);
    }
  };
}
