import { peerPatience } from '../../platform/changes/peers.ts';
import type { ChangeNotice, Peers } from '../../platform/changes/peers.ts';
import type { Channel, ToPrimary } from './messages.ts';

/**
 * Joins the other workers of the primary process, and resolves when that has taken note: whatever is read from the
 * database from then on is either what their changes left, or they will tell.
 *
 * Nobody waits for a primary process that hangs, no longer than for a worker that does.
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

  /** Sends what is answered under its number; resolves with nothing where no answer comes. */
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
