import { peerPatience } from '../../platform/changes/peers.ts';
import type { ChangeNotice, Peers } from '../../platform/changes/peers.ts';
import type { Channel, ToPrimary } from './messages.ts';

/**
 * Joins the other workers of the primary process. Resolves when the primary process has registered this worker. From then on, a
 * read from the database includes the earlier changes of the others, and this worker gets notices of their later changes.
 *
 * If the primary process hangs, a sender waits for it only as long as for a worker.
 */
export async function joinPeers({ send, listen }: Channel, patience = peerPatience): Promise<Peers> {
  const waiting = new Map<number, (text: string) => void>();
  let lastId = 0;
  let apply: (notices: readonly ChangeNotice[]) => void = () => undefined;

  const joined = new Promise<void>((resolve) => {
    listen((message) => {
      if (message.kind === 'joined') resolve();
      else if (message.kind === 'heard') waiting.get(message.id)?.('');
      else if (message.kind === 'metrics') waiting.get(message.id)?.(message.text);
      else if (message.kind === 'told') {
        apply(message.notices);
        send({ kind: 'applied', id: message.id });
      }
    });
  });
  send({ kind: 'join' });
  await joined;

  /** Sends a question with a new number and waits for the answer. Resolves with an empty text if no answer comes in time. */
  function ask(question: (id: number) => ToPrimary): Promise<string> {
    const id = (lastId += 1);
    return new Promise((resolve) => {
      const end = (text: string): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(text);
      };
      const timer = setTimeout(() => end(''), patience);
      waiting.set(id, end);
      send(question(id));
    });
  }

  return {
    onTold: (next) => { apply = next; },
    async tell(notices) {
      await ask((id) => ({ kind: 'tell', id, notices }));
    },
    readMetrics: () => ask((id) => ({ kind: 'read-metrics', id })),
  };
}
