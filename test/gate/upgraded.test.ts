import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../support/gatehouse/start-gatehouse.ts';

// What happens is awaited, however late: that it comes within the bound is for test/gate/upgrade-watch.test.ts to show.

const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: feed\r\n\r\n';

/** Ends with its client. */
function accept(socket: Duplex): void {
  socket.on('end', () => socket.end()).resume();
  socket.write(switched);
}

describe('a connection that was upgraded', () => {
  let server: TestGatehouse;
  const signals = new Map<string, AbortSignal>();
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    server = await startGatehouse({
      urls: { auth: { '/live/': ['feed', 'polite'].map((name) => ({ name, external: true })) }, simple: {
        '/live/': [{ name: 'open', external: true }],
      } },
      upgrades: {
        '/live/feed': (_request, socket) => accept(socket),
        '/live/open': (_request, socket, _head, _caller, signal) => {
          signals.set('nobody', signal);
          accept(socket);
        },
        '/live/polite': (_request, socket, _head, caller, signal) => {
          signals.set(caller?.userId ?? '', signal);
          signal.addEventListener('abort', () => void socket.end('bye'));
          accept(socket);
        },
      },
    });
  });
  afterAll(() => { for (const socket of sockets) socket.destroy(); });

  /** Resolves once it is open; `rest` is what comes until it is closed. */
  async function open(path: string, user?: TestUser): Promise<{ readonly rest: Promise<string>; readonly isClosed: () => boolean }> {
    const { hostname, port } = new URL(server.origin);
    const socket = connect(Number(port), hostname);
    sockets.add(socket);
    socket.write([`GET ${path} HTTP/1.1`, 'Host: a', 'Connection: Upgrade', 'Upgrade: feed', ...(user ? [
      `Authorization: Bearer ${user.client.token ?? ''}`,
    ] : []), '', ''].join('\r\n'));
    const [head] = await new Promise<[Buffer]>((resolve, reject) => socket.once('data', (data: Buffer) => resolve([data])).once(
      'error', reject,
    ));
    expect(head.toString()).toBe(switched);
    return { rest: text(socket).catch(() => ''), isClosed: () => socket.closed };
  }

  const losses: readonly (readonly [string, (userId: string, type: string, token: string) => Promise<unknown>])[] = [
    ['the role is taken away', (userId, type) => server.superadmin.post('/roles/assign', { userId, type, mode: 'remove' }, 200)],
    ['a policy denies it', (_userId, type) => server.superadmin.put(
      '/roles/update', { type, policies: [{ effect: 'deny', actions: ['GET'], resources: ['/live/*'] }] }, 200,
    )],
    ['the user is disabled', (userId) => server.superadmin.post('/admin/disable-user', { userId }, 200)],
    ['the session is ended', (_userId, _type, token) => server.anonymous.withToken(token).post('/users/logout', undefined, 204)],
  ];

  it.each(losses)('and whose caller may no longer stay, because %s, is closed, or its handler is told', async (_what, lose) => {
    const type = await server.newRole('/live/feed', '/live/polite');
    const user = await server.newUser(type);
    const other = await server.newUser(await server.newRole('/live/feed'));
    const [feed, polite, others] = [await open('/live/feed', user), await open('/live/polite', user), await open('/live/feed', other)];
    await lose(user.userId, type, user.client.token ?? '');
    expect([await feed.rest, await polite.rest]).toEqual(['', 'bye']);
    expect(signals.get(user.userId)?.aborted).toBe(true);
    expect(others.isClosed()).toBe(false);
  }, 30_000);

  it('and whose caller has changed without losing the right, stays, as does one of nobody', async () => {
    const type = await server.newRole('/live/feed', '/live/polite');
    const user = await server.newUser(type);
    const [polite, nobodys, last] = [
      await open('/live/polite', user), await open('/live/open'), await open('/live/feed', await server.newUser(type)),
    ];
    await server.superadmin.put(`/admin/update-user/${user.userId}`, { firstName: 'Still here' }, 200);
    await server.superadmin.post('/roles/assign', { userId: user.userId, type: 'admin', mode: 'add' }, 200);
    await server.superadmin.post('/roles/assign', { userId: user.userId, type: 'admin', mode: 'remove' }, 200);
    // By the time at which another one has been ended, these have been looked at as well.
    const doomed = await server.newUser(type);
    const feed = await open('/live/feed', doomed);
    await server.superadmin.post('/admin/disable-user', { userId: doomed.userId }, 200);
    await feed.rest;
    expect([polite, nobodys, last].map(({ isClosed }) => isClosed())).toEqual([false, false, false]);
    expect([signals.get(user.userId)?.aborted, signals.get('nobody')?.aborted]).toEqual([false, false]);
  }, 30_000);
});
