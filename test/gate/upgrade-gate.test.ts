import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { guardUpgrades } from '../../src/gate/upgrade-gate.ts';
import type { UpgradeHandler, UpgradeHandlers } from '../../src/gate/upgrade-gate.ts';
import { rawRequest } from '../gatehouse/raw-request.ts';
import { closeListeners, createGatedApp, listen } from './gated-app.ts';

const socketHeaders = [
  'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];
const bearer = (name: string) => [...socketHeaders, `Authorization: Bearer ${name}`];

/** The same handler for each of these URLs. */
const everywhere = (handler: UpgradeHandler): UpgradeHandlers => Object.fromEntries(
  ['/open', '/live', '/live/:room'].map((url) => [url, handler]),
);

async function serve(handlers?: UpgradeHandlers) {
  const ran: string[] = [];
  const gated = createGatedApp({
    urls: { simple: { '/': ['open'] }, auth: { '/': [{ name: 'live', external: true }, 'live/:room'] } },
    tokens: { ada: ['/live', '/live/:room'], bob: [] },
    host: (app) => {
      for (const path of ['/open', '/live/:room']) app.get(path, (_request, response) => void response.end(`${ran.push(path)}`));
    },
  });
  gated.open();
  const { server, origin } = await listen(gated.app);
  const allowed: string[] = [];
  guardUpgrades(server, { gate: gated.gate, refuse: gated.refuse, onAllowed: (reason) => void allowed.push(reason) }, handlers);
  return {
    ...gated, server, origin, ran, allowed,
    async ask(line: string, headers: readonly string[] = socketHeaders) {
      const { status, text } = await rawRequest(origin, `${line} HTTP/1.1`, headers);
      return `${status} ${text.startsWith('{') ? (JSON.parse(text) as { code: string }).code : text}`;
    },
  };
}

describe('the upgrade guard', () => {
  afterEach(closeListeners);

  it('without a handler, refuses every upgrade, also of what the caller may reach, and runs no route', async () => {
    const server = await serve();
    expect([await server.ask('GET /open'), await server.ask('GET /live', bearer('ada')), await server.ask(
      'GET /live/7', bearer('ada'),
    ), await server.ask('OPTIONS /open')])
      .toEqual(['404 unknown-url', '404 unknown-url', '404 unknown-url', '404 unknown-url']);
    expect([server.ran, server.allowed]).toEqual([[], []]);
    expect(await server.ask('GET /open', [])).toBe('200 1');
  });

  it('with a handler, hands it what the gate lets through, with the caller', async () => {
    const calls: string[] = [];
    const server = await serve(everywhere((request, socket, head, caller) => {
      calls.push(`${request.url} ${caller?.userId} ${head.toString()}`);
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
    }));
    expect([await server.ask('GET /live', bearer('ada')), await server.ask('GET /live/7?x', bearer('ada')), await server.ask('GET /open')])
      .toEqual(['101 hello', '101 hello', '101 hello']);
    expect(calls).toEqual(['/live ada ', '/live/7?x ada ', '/open undefined ']);
    expect(server.allowed).toEqual(['auth', 'auth', 'simple']);
    expect(server.ran).toEqual([]);
  });

  it('with a handler, asks the gate first: what it refuses is answered with its problem and noted', async () => {
    let calls = 0;
    const server = await serve(everywhere(() => { calls += 1; }));
    expect([
      await server.ask('GET /live'), await server.ask('GET /live', bearer('bob')), await server.ask('GET /live', bearer('eve')),
      await server.ask('GET /nowhere'), await server.ask('POST /open'),
      await server.ask('OPTIONS /live'), await server.ask('GET /live', [...bearer('ada'), 'Authorization: Bearer ada']),
    ]).toEqual([
      '401 token-missing', '403 right-missing', '401 token-invalid', '404 unknown-url', '405 method-not-allowed', '404 unknown-url',
      '400 authorization-repeated',
    ]);
    expect(calls).toBe(0);
    expect(server.refused.map(({ code }) => code)).toEqual(
      ['token-missing', 'right-missing', 'token-invalid', 'unknown-url', 'method-not-allowed', 'unknown-url', 'authorization-repeated'],
    );
  });

  it('with a handler, hostile spellings of a URL that the caller may reach, are refused', async () => {
    let calls = 0;
    const server = await serve(everywhere(() => { calls += 1; }));
    const targets = [
      '//live', '/./live', '/x/../live', '/live;x', '/%6Cive', '/live%00', '/live/%2e%2e', '/live%2F7', 'http://a/live', '/live#x',
      '/live?#', '/live//7', '/live\\7', '*', `/live/${'a'.repeat(2_048)}`,
    ];
    for (const target of targets) {
      expect([target, await server.ask(`GET ${target}`, bearer('ada'))]).toEqual([target, '400 target-not-plain']);
    }
    expect(calls).toBe(0);
  });

  it('each URL, has a handler of its own; a caller who may reach another, or one without any, opens nothing there', async () => {
    const calls: string[] = [];
    const named = (name: string): UpgradeHandler => (_request, socket) => {
      calls.push(name);
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    };
    const server = await serve({ '/LIVE/': named('live'), '/live/:anything': named('room') });
    expect([await server.ask('GET /live', bearer('ada')), await server.ask('GET /Live/7/', bearer('ada'))]).toEqual(['101 ', '101 ']);
    expect(calls).toEqual(['live', 'room']);
    expect([await server.ask('GET /open'), await server.ask('GET /live', bearer('bob'))]).toEqual(['404 unknown-url', '403 right-missing']);
    expect([calls, server.ran]).toEqual([['live', 'room'], []]);
    expect(() => guardUpgrades(createServer(), server, { 'live': named('no URL') })).toThrow('does not start with a slash');
  });

  it('a handler that throws, is answered 500', async () => {
    const server = await serve(everywhere(() => { throw new Error('down'); }));
    expect(await server.ask('GET /open')).toBe('500 internal');
  });

  it('before init, refuses as not ready', async () => {
    const gated = createGatedApp(
      { urls: { simple: { '/': ['open'] } }, host: (app) => void app.get('/open', (_request, response) => void response.end()) },
    );
    const { server, origin } = await listen(gated.app);
    guardUpgrades(server, gated, { '/open': () => { throw new Error('must not run'); } });
    expect((await rawRequest(origin, 'GET /open HTTP/1.1', socketHeaders)).status).toBe(503);
  });

  it('a refused client that never closes its half, is cut off', async () => {
    const server = await serve();
    const { port } = server.server.address() as AddressInfo; // it listens on a port, not a pipe
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.resume();
    socket.write(['GET /live HTTP/1.1', 'Host: a', ...socketHeaders, '', ''].join('\r\n'));
    const refusedAt = await new Promise<number>((resolve) => socket.on('end', () => resolve(performance.now())));
    const connections = () => new Promise<number>((resolve, reject) => server.server.getConnections(
      (error, count) => (error ? reject(error) : resolve(count)),
    ));
    while ((await connections()) > 0 && performance.now() - refusedAt < 5_000) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await connections()).toBe(0);
    socket.destroy();
  });

  it('a listener of the server for upgrade or CONNECT, earlier or later, throws', () => {
    const { gate, refuse } = createGatedApp({ urls: {}, host: () => undefined });
    const listeners: ((server: Server) => void)[] = [
      (server) => server.on('upgrade', () => undefined), (server) => server.once('upgrade', () => undefined),
      (server) => server.prependListener('upgrade', () => undefined), (server) => server.on('connect', () => undefined),
    ];
    for (const listenOn of listeners) {
      const [earlier, later] = [createServer(), createServer()];
      listenOn(earlier);
      expect(() => guardUpgrades(earlier, { gate, refuse })).toThrow('would bypass the gate');
      guardUpgrades(later, { gate, refuse });
      expect(() => listenOn(later)).toThrow('would bypass the gate');
      expect([later.listenerCount('upgrade'), later.listenerCount('connect')]).toEqual([1, 0]);
    }
  });

  it('CONNECT, reaches nothing', async () => {
    const server = await serve();
    await expect(rawRequest(server.origin, 'CONNECT /open HTTP/1.1').then(({ status }) => status, () => 'closed')).resolves.not.toBe(200);
    expect(server.ran).toEqual([]);
  });
});
