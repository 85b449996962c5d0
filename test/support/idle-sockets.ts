import type { Socket } from 'node:net';
import type { Connection } from 'mongoose';

interface Pool {
  readonly pool: { readonly connections: { toArray(): { readonly socket: Socket }[] } };
}

/** The sockets of the connections that wait in the driver's pool to be used. */
export function idleSockets(connection: Connection): Socket[] {
  const { topology } = connection.getClient() as unknown as { topology: { s: { servers: Map<string, Pool> } } }; // the driver's own
  return [...topology.s.servers.values()].flatMap(({ pool }) => pool.connections.toArray().map(({ socket }) => socket));
}

/** Makes the next writes to these sockets fail, as they do when the other side is gone. */
export function breakWrites(sockets: readonly Socket[], count: number): void {
  let left = count;
  for (const socket of sockets) {
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean; // one for all of its overloads
    socket.write = (...args: unknown[]) => {
      if (left === 0) return write(...args);
      left -= 1;
      socket.destroy(Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET', syscall: 'write', errno: -104 }));
      return false;
    };
  }
}
