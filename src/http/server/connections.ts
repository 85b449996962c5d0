import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The open connections of a server. */
export interface Connections {
  /** How many connections were accepted since the start. */
  taken(): number;
  /** Closes connections that have sent nothing for a second. Node does not treat them as idle. */
  closeSilent(): void;
  /** Closes all connections at once. */
  cutAll(): void;
}

/** How long a connection that has sent nothing stays open during the stop, in ms. */
const silenceLimit = 1_000;

/** Follows the connections of a server. Above `most` open connections, it closes a further one at once. */
export function followConnections(server: Server, most: number): Connections {
  /** Connections and when they were opened. */
  const open = new Map<Socket, number>();
  let taken = 0;
  server.on('connection', (socket: Socket) => {
    taken += 1;
    // The limit of Node is not used: with it, full workers would pass a connection to each other until one has room.
    if (open.size >= most) {
      socket.destroy();
      return;
    }
    open.set(socket, performance.now());
    socket.once('close', () => open.delete(socket));
  });
  return {
    taken: () => taken,
    closeSilent() {
      const since = performance.now() - silenceLimit;
      for (const [socket, opened] of open) if (socket.bytesRead === 0 && opened < since) socket.destroy();
    },
    cutAll() { for (const socket of open.keys()) socket.destroy(); },
  };
}
