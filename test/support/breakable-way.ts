import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A way to a server that can break as a network does: nobody at either end is told. */
export interface BreakableWay {
  /** The port of this machine that leads to the server. */
  readonly port: number;
  /** Passes nothing in either direction, not even that a connection has ended; who connects waits. */
  cut(): void;
  /** Passes on whatever was sent meanwhile, in its order, and everything after. */
  heal(): void;
  end(): Promise<void>;
}

/** Starts a way to a port of this machine. */
export async function startBreakableWay(target: number): Promise<BreakableWay> {
  const sockets = new Set<Socket>();
  let isEnded = false;
  let whole: Promise<void> = Promise.resolve();
  let heal = (): void => undefined;

  /** What is done once the way is whole is done in the order in which it was asked for. */
  function join(from: Socket, to: Socket): void {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('error', () => undefined);
    from.on('data', (chunk: Buffer) => void whole.then(() => to.write(chunk)));
    from.on('close', () => {
      sockets.delete(from);
      void whole.then(() => to.destroy());
    });
  }

  async function lead(client: Socket): Promise<void> {
    client.pause();
    client.on('error', () => undefined);
    await whole;
    if (isEnded) { client.destroy(); return; }
    const upstream = createConnection({ host: '127.0.0.1', port: target });
    join(client, upstream);
    join(upstream, client);
    client.resume();
  }

  const server = createServer((client) => void lead(client));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port, // what a server on a port has
    cut() {
      heal();
      whole = new Promise((resolve) => { heal = resolve; });
    },
    heal: () => heal(),
    async end() {
      isEnded = true;
      heal();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
