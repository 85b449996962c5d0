import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as afterPoll, setTimeout as sleep } from 'node:timers/promises';
import { createLoadShedding } from './load-shedding.ts';

export interface ServerLimits {
  /** Most connections that are open; more are closed at once. */
  readonly maxConnections: number;
  /** Most requests in hand; more are answered `overloaded`. */
  readonly maxRequests: number;
  readonly times?: Partial<ServerTimes>;
}

/** All in ms. */
export interface ServerTimes {
  /** How long a client may take for the head of a request, from the moment it connects or begins. */
  readonly head: number;
  /** The same for a whole request. */
  readonly request: number;
  /** How long a connection that was answered is kept for another request: longer than the 60 s of common load balancers, so that they end it and not we, while a request is on its way. */
  readonly idle: number;
}

const usualTimes: ServerTimes = { head: 10_000, request: 30_000, idle: 65_000 };

/** How long those who have connected by the end of the delay may come before it is taken for certain that they will never cease, in ms. */
const takingLimit = 4_000;

/** How long a turn of the event loop lasts after which the port may be closed, and how long such a turn is waited for, in ms. */
const shortTurn = { length: 0.1, patience: 2_000 };

/** How long a connection that has sent nothing is still left open at the end, in ms. */
const silenceLimit = 1_000;

/** A server that slow clients, many clients and its own end do no harm to. */
export interface HttpServer {
  readonly server: Server;
  /**
   * Takes connections for another `delay` ms, each for one answer, and whoever has connected by then; resolves when every request is answered and
   * every connection closed, and cuts off whatever is left `patience` ms after the call. `handedOver` resolves when somebody else who takes
   * connections for this server has handed over those at hand.
   */
  stop(delay: number, patience: number, handedOver?: () => Promise<void>): Promise<void>;
}

/** Makes the server; `onRefused` is told of each request that is refused as `overloaded`. */
export function createHttpServer(serve: RequestListener, { maxConnections, maxRequests, times }: ServerLimits, onRefused?: () => void): HttpServer {
  const { head, request, idle } = { ...usualTimes, ...times };
  const { listener, closeConnections } = createLoadShedding({ most: maxRequests, serve, ...(onRefused && { onRefused }) });
  const server = createServer({
    headersTimeout: head, requestTimeout: request, keepAliveTimeout: idle,
    connectionsCheckingInterval: Math.min(1_000, head / 4), // how late the first two may be noticed
  }, listener);

  /** Connections and when they were opened. */
  const connections = new Map<Socket, number>();
  let taken = 0;
  server.on('connection', (socket: Socket) => {
    taken += 1;
    // Not by Node's own limit: workers that have reached it hand a connection round among them for as long as they are full.
    if (connections.size >= maxConnections) {
      socket.destroy();
      return;
    }
    connections.set(socket, performance.now());
    socket.once('close', () => connections.delete(socket));
  });

  /** Node takes a connection that has sent nothing yet for one that is about to. */
  function closeSilent(): void {
    const since = performance.now() - silenceLimit;
    for (const [socket, opened] of connections) if (socket.bytesRead === 0 && opened < since) socket.destroy();
  }

  /** A client is connected before its connection is taken, which happens to one in each turn of the event loop: closing the port would cut off the others. */
  async function untilAllTaken(end: number, handedOver: () => Promise<void>): Promise<void> {
    const shortUntil = performance.now() + shortTurn.patience;
    for (let quiet = 0; quiet < 2 && performance.now() < end;) {
      const before = taken;
      await handedOver();
      const began = performance.now();
      await afterPoll();
      const ended = performance.now();
      // In a long turn, others may have connected after connections were last taken.
      quiet = taken === before && (ended - began < shortTurn.length || ended > shortUntil) ? quiet + 1 : 0;
    }
  }

  return {
    server,
    async stop(delay, patience, handedOver = () => Promise.resolve()) {
      const began = performance.now();
      const cut = setTimeout(() => { for (const socket of connections.keys()) socket.destroy(); }, patience);
      closeConnections();
      await sleep(delay);
      await untilAllTaken(began + Math.min(delay + takingLimit, patience), handedOver); // this also reads what has arrived, before connections without a request are closed
      const closed = new Promise((resolve) => server.close(resolve));
      const tidy = setInterval(() => {
        server.closeIdleConnections();
        closeSilent();
      }, 100);
      await closed;
      clearInterval(tidy);
      clearTimeout(cut);
    },
  };
}
