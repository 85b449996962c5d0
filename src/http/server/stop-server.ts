import type { Server } from 'node:http';
import { Server as PortServer } from 'node:net';
import { setImmediate as afterPoll, setTimeout as sleep } from 'node:timers/promises';
import type { Connections } from './connections.ts';

/** How long waiting connections are accepted after the delay, in ms. There is a limit, because clients may connect all the time. */
const takingLimit = 4_000;

/** The port is closed after a turn of the event loop that is shorter than `length`, or after `patience`. Both in ms. */
const shortTurn = { length: 0.1, patience: 2_000 };

export interface StopTimes {
  /** How long the server still accepts connections, in ms, each for one response. Load balancers need this time. 0 by default. */
  readonly delay?: number;
  /** All connections that are still open this long after the call are cut, in ms. 14,000 by default. */
  readonly patience?: number;
  /** Resolves when the process that accepts connections for this server has passed on all waiting ones. */
  readonly handedOver?: () => Promise<void>;
}

/** Service managers wait 15 s or more. In ms. */
const usualPatience = 14_000;

/**
 * Stops a server without losing requests. It accepts connections during the delay, and then those that already wait.
 *
 * Resolves when every request is answered and every connection is closed.
 */
export async function stopServer(
  server: Server, connections: Connections,
  { delay = 0, patience = usualPatience, handedOver = () => Promise.resolve() }: StopTimes = {},
): Promise<void> {
  const began = performance.now();
  const cut = setTimeout(connections.cutAll, patience);
  await sleep(delay);
  const closed = server.listening ? new Promise((resolve) => server.once('close', resolve)) : undefined;
  const closePort = preparedClose(server);
  // This also reads requests that have arrived, before connections without a request are closed.
  await untilAllTaken(connections, began + Math.min(delay + takingLimit, patience), handedOver);
  closePort();
  server.close(); // for what Node ends with an HTTP server: idle connections and the timer of its limits
  const tidy = setInterval(() => {
    server.closeIdleConnections();
    connections.closeSilent();
  }, 100);
  await closed;
  clearInterval(tidy);
  clearTimeout(cut);
}

/** Waits until no connections wait. Each turn of the event loop accepts one, and closing the port would cut the others. */
async function untilAllTaken(connections: Connections, end: number, handedOver: () => Promise<void>): Promise<void> {
  const shortUntil = performance.now() + shortTurn.patience;
  for (let quiet = 0; quiet < 2 && performance.now() < end;) {
    const before = connections.taken();
    await handedOver();
    const began = performance.now();
    await afterPoll();
    const ended = performance.now();
    // In a long turn, other clients may have connected after the last connection was accepted.
    quiet = connections.taken() === before && (ended - began < shortTurn.length || ended > shortUntil) ? quiet + 1 : 0;
  }
}

/**
 * Returns a function that closes the port in some 50 us. Node's own `close` takes ten times as long at its first call.
 *
 * The kernel resets a connection that arrives between the last accept and the closing of the port, so this time must be short. A port
 * that never listened is closed first: Node compiles a function when it is first called.
 */
function preparedClose(server: Server): () => void {
  new PortServer().close();
  return () => { PortServer.prototype.close.call(server); };
}
