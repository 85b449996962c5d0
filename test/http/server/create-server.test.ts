import express from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from '../../../src/http/server/create-server.ts';
import type { GatehouseServer, ServedApp, ServerOptions } from '../../../src/http/server/create-server.ts';
import type { StopTimes } from '../../../src/http/server/stop-server.ts';
import { keepAlive, send, sendSlowly } from '../../support/nodes.ts';
import { eventually } from '../../support/eventually.ts';

type Held = [IncomingMessage, ServerResponse];

const started: GatehouseServer[] = [];
afterEach(async () => { await Promise.all(started.splice(0).map((server) => server.stop({ patience: 0 }))); });

/** A server that answers what begins with /now at once, and holds the rest until it is told. */
async function start(limits: ServerOptions = {}) {
  const held: Held[] = [];
  let refused = 0;
  const serve: RequestListener = (request, response) => {
    if (request.url?.startsWith('/now') === true || request.url === '/livez') answer([request, response]);
    else held.push([request, response]);
  };
  const server = createServer(serve, { maxRequests: 3, onRefused: () => { refused += 1; }, ...limits });
  started.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // what a server on a port has
  const stop = (times: StopTimes) => server.stop(times);
  return { stop, port, origin: `http://127.0.0.1:${port}`, held, refused: () => refused };
}

function answer([request, response]: Held): void {
  request.resume().once('end', () => response.setHeader('Content-Type', 'application/json').end('{"ok":true}'));
}

interface Raw {
  readonly socket: Socket;
  readonly received: () => string;
  readonly isClosed: () => boolean;
}

async function open(port: number, text = ''): Promise<Raw> {
  let received = '';
  let isClosed = false;
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (chunk: Buffer) => { received += chunk.toString(); }).on('error', () => undefined).on(
    'close', () => { isClosed = true; },
  );
  await new Promise((resolve) => socket.once('connect', resolve));
  if (text !== '') socket.write(text);
  return { socket, received: () => received, isClosed: () => isClosed };
}

describe('requests in progress', () => {
  it('as many as there may be, one more is answered 503 with Retry-After; then, when one is answered, the next is let in', async () => {
    const { origin, held, refused } = await start();
    const first = Array.from({ length: 3 }, () => send(origin, '/held'));
    await eventually(() => held.length === 3);
    expect(await send(origin, '/now')).toMatchObject({
      status: 503,
      headers: {
        'retry-after': '2', 'content-type': 'application/problem+json', 'x-request-id': expect.any(String) as string,
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'strict-transport-security': expect.any(String) as string, 'cross-origin-resource-policy': 'same-origin',
      },
      body: { code: 'overloaded' },
    });
    expect(refused()).toBe(1);
    const one = held.pop();
    if (one) answer(one);
    await Promise.any(first);
    expect((await send(origin, '/now')).status).toBe(200);
    held.forEach(answer);
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('as many as there may be, /livez and /readyz are let in, and nothing that only looks like them', async () => {
    const { origin, held } = await start({ maxRequests: 1 });
    void send(origin, '/held').catch(() => undefined);
    await eventually(() => held.length === 1);
    expect((await send(origin, '/livez')).status).toBe(200);
    const asked = send(origin, '/readyz?x=1');
    await eventually(() => held.length === 2);
    held.forEach(answer);
    expect((await asked).status).toBe(200);
    void send(origin, '/held').catch(() => undefined);
    await eventually(() => held.length === 3);
    for (const path of ['/livez/', '/LIVEZ', '/livez2', '/now/livez']) {
      expect([path, (await send(origin, path)).status]).toEqual([path, 503]);
    }
  });

  it('bodies that are still on their way, keep nobody out', async () => {
    const { origin, held } = await start();
    const slow = Array.from({ length: 10 }, () => sendSlowly(origin, '/held', { body: { some: 'thing' } }));
    await eventually(() => held.length === 10);
    expect((await send(origin, '/now')).status).toBe(200);
    const finished = slow.map((each) => each.finish());
    await eventually(() => held.every(([request]) => request.complete));
    expect((await send(origin, '/now')).status).toBe(503);
    held.forEach(answer);
    expect((await Promise.all(finished)).map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  it('pipelined on a connection that ends, are no longer in progress', async () => {
    const { origin, port, held } = await start();
    const { socket } = await open(port, 'GET /held HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5));
    await eventually(() => held.length === 3);
    expect((await send(origin, '/now')).status).toBe(503);
    socket.destroy();
    await eventually(() => held[0]?.[0].socket.destroyed === true);
    expect((await send(origin, '/now')).status).toBe(200);
  });
});

describe('connections', () => {
  it('as many as there may be, one more is closed at once', async () => {
    const { port } = await start({ maxConnections: 2 });
    const [one, two] = [await open(port), await open(port)];
    await sleep(20);
    const three = await open(port);
    await eventually(() => three.isClosed());
    expect([one, two].map(({ isClosed }) => isClosed())).toEqual([false, false]);
    one.socket.destroy();
    await eventually(async () => (await send(`http://127.0.0.1:${port}`, '/now').catch(() => null))?.status === 200);
  });

  it.each([
    ['that send nothing', '', 400],
    ['that send half a head', 'GET /now HTTP/1.1\r\nX-Slow: ', 400],
    ['that send half a body', 'POST /now HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{', 800],
  ])('%s, are closed after their time', async (_situation, text, milliseconds) => {
    const { port } = await start({ times: { head: 400, request: 800 } });
    const began = performance.now();
    const { isClosed } = await open(port, text);
    await eventually(isClosed);
    expect(performance.now() - began).toBeGreaterThanOrEqual(milliseconds - 20);
    expect(performance.now() - began).toBeLessThan(milliseconds + 700);
  });
});

describe('the requests of an Express app', () => {
  async function serve(app: ServedApp, options?: ServerOptions): Promise<readonly unknown[]> {
    const server = createServer(app, options);
    started.push(server);
    const prototypes: unknown[] = [];
    server.prependListener('request', (request, response) => {
      prototypes.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // what a server on a port has
    expect((await send(`http://127.0.0.1:${port}`, '/')).status).toBe(200);
    return prototypes;
  }

  it('have the prototypes of the app before it gets them', async () => {
    const app = express();
    app.use((_request, response) => void response.end('{}'));
    const [request, response] = await serve(app);
    expect(request).toBe(app.request);
    expect(response).toBe(app.response);
  });

  it('that cannot be created with its prototypes, are those of Node, and one line of the log says so', async () => {
    const listener: RequestListener = (_request, response) => void response.end('{}');
    const app = Object.assign(listener, { request: Object, response: Object }); // a prototype of no request
    const warned: string[] = [];
    expect(await serve(app, { logger: { warn: (_facts, message) => void warned.push(message) } }))
      .toEqual([IncomingMessage.prototype, ServerResponse.prototype]);
    expect(warned).toEqual(['this Node cannot create requests for Express directly: they are served, but more slowly']);
  });
});

describe('stop', () => {
  it('each request in progress is answered, each answer closes its connection, and none is taken after the delay', async () => {
    const { origin, held, stop } = await start();
    const agent = keepAlive();
    expect((await send(origin, '/now', { agent })).headers.connection).toBe('keep-alive');
    const asked = send(origin, '/held', { agent: keepAlive() });
    await eventually(() => held.length === 1);
    let isStopped = false;
    const stopping = stop({ delay: 300, patience: 5_000 }).then(() => { isStopped = true; });
    expect(await send(origin, '/now', { agent })).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect((await send(origin, '/now')).status).toBe(200);
    await sleep(400);
    await expect(send(origin, '/now')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(isStopped).toBe(false);
    held.forEach(answer);
    expect(await asked).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await stopping;
  });

  it('connections that are idle or have sent nothing, hold nobody up', async () => {
    const { origin, port, stop } = await start();
    await send(origin, '/now', { agent: keepAlive() });
    await open(port);
    const began = performance.now();
    await stop({ patience: 10_000 });
    expect(performance.now() - began).toBeLessThan(2_500);
  });

  it('what takes longer than the patience, is cut off', async () => {
    const { origin, port, held, stop } = await start();
    const asked = send(origin, '/held').catch((error: unknown) => error);
    await eventually(() => held.length === 1);
    const half = await open(port, 'GET /now HTTP/1.1\r\n');
    await sleep(20);
    const began = performance.now();
    await stop({ delay: 100, patience: 500 });
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(await asked).toBeInstanceOf(Error);
    await eventually(half.isClosed);
  });
});
