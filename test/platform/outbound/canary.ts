import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { closeLater } from '../../../scripts/test-run/closing.ts';

/** A server that counts each connection, even one that sends nothing. */
export interface Canary {
  readonly port: number;
  /** How many connections were opened to it. */
  readonly connections: () => number;
}

/** Starts a canary that ends with the test, the describe or the file. Without `answer`, it never answers. */
export async function startCanary(host: string, port = 0, answer: RequestListener = () => undefined): Promise<Canary> {
  let connections = 0;
  const server = createServer(answer);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
  });
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, host, resolve));
  closeLater(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections }; // a listening TCP server
}
