import { peerPatience } from '../../platform/changes/peers.ts';
import type { ChangeNotice } from '../../platform/changes/peers.ts';

/** Passes notices of changes on between the workers of a primary process. */
export interface Relay<Member> {
  /** Adds a member, which from now on gets the notices of the others. */
  join(member: Member): void;
  /** Removes a member that has ended, so that nobody waits for it. It may be called again. */
  leave(member: Member): void;
  /** Sends notices to all others. Resolves when each of them has applied them, has ended, or has been silent for too long. */
  broadcast(from: Member, notices: readonly ChangeNotice[]): Promise<void>;
  /** Notes that a member has applied the notices with this number. */
  applied(by: Member, id: number): void;
}

interface Waiting<Member> {
  readonly awaited: Set<Member>;
  readonly end: () => void;
}

/** Creates a relay. `send` sends a member the notices, in their order. */
export function createRelay<Member>(
  send: (member: Member, id: number, notices: readonly ChangeNotice[]) => void, patience = peerPatience,
): Relay<Member> {
  const members = new Set<Member>();
  const waiting = new Map<number, Waiting<Member>>();
  let lastId = 0;

  function settle({ awaited, end }: Waiting<Member>, member: Member): void {
    awaited.delete(member);
    if (awaited.size === 0) end();
  }

  return {
    join: (member) => void members.add(member),
    leave(member) {
      members.delete(member);
      for (const one of waiting.values()) settle(one, member);
    },
    broadcast(from, notices) {
      const awaited = new Set([...members].filter((member) => member !== from));
      if (awaited.size === 0) return Promise.resolve();
      const id = (lastId += 1);
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve();
        };
        const timer = setTimeout(end, patience);
        waiting.set(id, { awaited, end });
        for (const member of [...awaited]) send(member, id, notices);
      });
    },
    applied(by, id) {
      const one = waiting.get(id);
      if (one) settle(one, by);
    },
  };
}
