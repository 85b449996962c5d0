import { peerPatience } from '../changes/peers.ts';
import type { ChangeNotice, Peers } from '../changes/peers.ts';
import type { Channel } from './messages.ts';

/**
 * Joins the other workers of the primary process, and resolves when that has taken note: whatever is read from the
 * database from then on is either what their changes left, or they will tell.
 *
 * Nobody waits for a primary process that hangs, no longer than for a worker that does.
 */
export async function joinPeers({ send, listen }: Channel, patience = peerPatience): Promise<Peers> {
  const waiting = new Map<number, () => void>();
  let lastId = 0;
  let apply: (notices: readonly ChangeNotice[]) => void = () => undefined;

  const joined = new Promise<void>((resolve) => {
    listen((message) => {
      if (message.kind === 'joined') resolve();
      else if (message.kind === 'heard') waiting.get(message.id)?.();
      else if (message.kind === 'told') {
        apply(message.notices);
        send({ kind: 'applied', id: message.id });
      }
    });
  });
  send({ kind: 'join' });
  await joined;

  return {
    onTold: (next) => { apply = next; },
    tell(notices) {
      const id = (lastId += 1);
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve();
        };
        const timer = setTimeout(end, patience);
        waiting.set(id, end);
        send({ kind: 'tell', id, notices });
      });
    },
  };
}
