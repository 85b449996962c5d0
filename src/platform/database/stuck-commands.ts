import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import type { Socket } from 'node:net';

/** How often the connections are looked at, in ms. */
const pause = 200;

/**
 * Ends the commands that wait on a connection that is closed already. Returns a function that stops this.
 *
 * The driver (7.8, `writeCommand`) waits for the `drain` event of a socket that cannot be written to. A socket that the server has
 * just closed never has this event, so the command would wait for ever while all others are served. A command gets a
 * MongoNetworkError here within 200 ms, and the driver repeats it on another connection where it may.
 *
 * @example const stop = endStuckCommands(connection);
 */
export function endStuckCommands(connection: Connection): () => void {
  const timer = setInterval(() => {
    for (const { closed, socket } of connectionsInUse(connection)) {
      // The driver takes a connection out of use in the same turn in which its command fails: one that is closed and in use is stuck.
      if (closed && socket.listenerCount('drain') > 0) socket.emit('error', new mongoose.mongo.MongoNetworkError(message));
    }
  }, pause);
  timer.unref();
  return () => clearInterval(timer);
}

const message = 'The connection was closed before the command was sent.';

/** The driver's own view of its connections, which it does not publish. What a later version has no longer is taken as absent. */
interface DriverClient {
  readonly topology?: {
    readonly s?: { readonly servers?: ReadonlyMap<string, { readonly pool?: { readonly checkedOut?: Iterable<DriverConnection> } }> };
  };
}

interface DriverConnection {
  readonly closed: boolean;
  readonly socket: Socket;
}

function connectionsInUse(connection: Connection): DriverConnection[] {
  if (connection.readyState !== mongoose.ConnectionStates.connected) return [];
  const client = connection.getClient() as unknown as DriverClient; // see there; the test of this file finds a change
  return [...client.topology?.s?.servers?.values() ?? []].flatMap(({ pool }) => [...pool?.checkedOut ?? []]);
}
