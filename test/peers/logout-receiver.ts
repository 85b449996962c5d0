import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { closeLater } from '../../scripts/test-run/closing.ts';

/** A server on 127.0.0.1 that takes logout tokens as a client of a peer does. */
export interface LogoutReceiver {
  readonly url: string;
  /** The tokens that came, in their order. */
  readonly tokens: readonly string[];
}

/** Starts one; it ends when the test, the describe or the file is over. */
export async function startLogoutReceiver(): Promise<LogoutReceiver> {
  const tokens: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const token = new URLSearchParams(body).get('logout_token');
      if (request.method === 'POST' && token !== null) tokens.push(token);
      response.writeHead(token === null ? 400 : 200, { 'cache-control': 'no-store' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // what a server on a port has
  closeLater(() => new Promise((resolve) => { server.close(resolve).closeAllConnections(); }));
  return { url: `http://127.0.0.1:${port}/back-channel`, tokens };
}
