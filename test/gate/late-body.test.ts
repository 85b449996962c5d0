import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { eventually } from '../support/eventually.ts';

/** A request whose body is held back. */
interface HeldBack {
  /** Sends the body and answers the status and the code of the problem, if it is one. */
  finish(): Promise<string>;
  /** What was answered. */
  answer(): unknown;
}

const written: string[] = [];

describe.each(['fast', 'plain'] as const)('a request on the %s server whose body comes after its caller has lost the right', (kind) => {
  let server: TestGatehouse;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    server = await startGatehouse({
      server: kind,
      urls: { auth: { '/host/': ['parsed-by-app', 'parsed-by-route', 'open', 'files/*path'] } }, afterGate: ['parse', 'disguise'],
      host(app) {
        app.use(function disguise(request, _response, next) {
          const as = request.headers['x-as'];
          if (typeof as === 'string') request.originalUrl = as;
          next();
        });
        app.post('/host/open', (_request, response) => void response.json({}));
        app.post('/host/parsed-by-route', express.json(), (request, response) => void response.json({ wrote: written.push(request.path) }));
        app.use(function parse(request, response, next) { express.json()(request, response, next); });
        app.post('/host/parsed-by-app', (request, response) => void response.json(
          { wrote: written.push(request.path), by: request.access?.caller.roles },
        ));
        app.use('/host/files', (request, response) => void response.json({ wrote: written.push(request.path) }));
      },
    });
  });
  afterAll(() => { for (const socket of sockets) socket.destroy(); });

  /**
   * Sends the head, of a body of no chunks if it is null; resolves once the gate has let it through, which the decisions that it counts
   * tell.
   */
  async function begin(path: string, token: string, body: object | null, as = path): Promise<HeldBack> {
    const content = body ? JSON.stringify(body) : '0\r\n\r\n';
    const { hostname, port } = new URL(server.origin);
    const before = await allowed();
    const socket = connect(Number(port), hostname);
    sockets.add(socket);
    const answer = text(socket).catch(() => ''); // one that a failed test left behind
    socket.write([
      `POST ${path} HTTP/1.1`, 'Host: a', 'Connection: close', `Authorization: Bearer ${token}`, 'Content-Type: application/json',
      `X-As: ${as}`, body ? `Content-Length: ${Buffer.byteLength(content)}` : 'Transfer-Encoding: chunked', '', '',
    ].join('\r\n'));
    while ((await allowed()) === before) await new Promise((resolve) => setImmediate(resolve));
    let answered: { code?: string } = {};
    return {
      answer: () => answered,
      async finish() {
        socket.write(content);
        const whole = await answer;
        answered = JSON.parse(/\{.*\}/s.exec(whole)?.[0] ?? '{}') as typeof answered; // a problem, or what the routes above answer
        return `${whole.split(' ')[1]} ${answered.code ?? ''}`.trim();
      },
    };
  }

  async function allowed(): Promise<number> {
    const lines = (await server.gatehouse.metrics()).split('\n').filter(
      (line) => line.startsWith('gatehouse_decisions_total{result="allowed"'),
    );
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  /** Four ways to lose it, and what the late request is answered. */
  const losses: readonly (readonly [string, string, (userId: string, type: string, sessionToken: string) => Promise<unknown>])[] = [
    ['the role is taken away', '403 right-missing', (userId, type) => server.superadmin.post(
      '/roles/assign', { userId, type, mode: 'remove' }, 200,
    )],
    ['the right is taken from the role', '403 right-missing', (_userId, type) => server.superadmin.put(
      '/roles/update-rights', { type, rights: [] }, 200,
    )],
    ['the user is disabled', '401 session-ended', (userId) => server.superadmin.post('/admin/disable-user', { userId }, 200)],
    ['the session is ended', '401 session-ended', (_userId, _type, token) => server.anonymous.withToken(token).post(
      '/users/logout', undefined, 204,
    )],
  ];

  it.each(losses)('%s, answered %s by Gatehouse\'s own routes and by those of a host, and nothing is written', async (
    _what, expected, lose,
  ) => {
    const type = await server.newRole('/admin/create-user', '/host/parsed-by-app', '/host/parsed-by-route', '/host/files/*path');
    const { userId, client } = await server.newUser(type);
    const token = client.token ?? '';
    const email = `late-${type}@example.com`;
    const held = [
      await begin('/admin/create-user', token, { email, password: 'a long enough password' }),
      await begin('/host/parsed-by-app', token, {}),
      await begin('/host/parsed-by-route', token, {}),
      await begin('/host/files/any', token, {}),
    ];
    await lose(userId, type, token);
    const already = written.length;
    for (const request of held) {
      expect(await request.finish())
        .toMatch(expected === '401 session-ended' ? /^401 (session-ended|user-disabled)$/ : new RegExp(`^${expected}$`));
    }
    expect(written).toHaveLength(already);
    expect(await server.stores.users.countDocuments({ tenantId: 'default', email })).toBe(0);
  }, 30_000);

  it('a body of chunks, of which none comes but the end, answered by the new rights', async () => {
    const type = await server.newRole('/host/parsed-by-app');
    const { client } = await server.newUser(type);
    const late = await begin('/host/parsed-by-app', client.token ?? '', null);
    await server.superadmin.put('/roles/update-rights', { type, rights: [] }, 200);
    const already = written.length;
    expect(await late.finish()).toBe('403 right-missing');
    expect(written).toHaveLength(already);
  }, 30_000);

  it('a host has given it the URL of another route meanwhile, answered by the rights to what the gate decided about', async () => {
    const type = await server.newRole('/host/parsed-by-app', '/host/open');
    const { client } = await server.newUser(type);
    const late = await begin('/host/parsed-by-app', client.token ?? '', {}, '/host/open');
    await server.superadmin.put('/roles/update-rights', { type, rights: ['/host/open'] }, 200);
    const already = written.length;
    expect(await late.finish()).toBe('403 right-missing');
    expect(written).toHaveLength(already);
    await server.superadmin.put('/roles/update-rights', { type, rights: ['/host/parsed-by-app'] }, 200);
    const other = await begin('/host/parsed-by-app', client.token ?? '', {}, '/host/open');
    await server.superadmin.put('/roles/update', { type, policies: [] }, 200);
    expect(await other.finish()).toBe('200');
  }, 30_000);

  it('it is refused, becomes a record like any refusal', async () => {
    const type = await server.newRole('/host/parsed-by-app');
    const { userId, client } = await server.newUser(type);
    const late = await begin('/host/parsed-by-app', client.token ?? '', {});
    await server.superadmin.put('/roles/update-rights', { type, rights: [] }, 200);
    expect(await late.finish()).toBe('403 right-missing');
    const refused = async () => (await server.superadmin.get(`/audit/load?result=refused&userId=${userId}`, 200)).body;
    await eventually(async () => (await refused()).items.length > 0);
    expect((await refused()).items).toMatchObject([{ code: 'right-missing', url: '/host/parsed-by-app' }]);
  }, 30_000);

  it('an unchanged caller, a body that comes late is answered as usual', async () => {
    const { client } = await server.newUser(await server.newRole('/host/parsed-by-app', '/host/parsed-by-route'));
    const held = [await begin('/host/parsed-by-app', client.token ?? '', {}), await begin('/host/parsed-by-route', client.token ?? '', {})];
    const { client: somebodyElse } = await server.newUser();
    expect((await fetch(
      `${server.origin}/host/parsed-by-app`, { method: 'POST', headers: { Authorization: `Bearer ${somebodyElse.token}` } },
    )).status).toBe(403);
    for (const request of held) expect(await request.finish()).toBe('200');
  }, 30_000);

  it('it was changed for another that allows it as well, is run for the caller as they are now', async () => {
    const type = await server.newRole('/host/parsed-by-app');
    const { userId, client } = await server.newUser(type);
    const late = await begin('/host/parsed-by-app', client.token ?? '', {});
    const other = await server.newRole('/host/parsed-by-app');
    await server.superadmin.post('/roles/assign', { userId, type: other }, 200);
    expect(await late.finish()).toBe('200');
    expect(late.answer()).toMatchObject({ by: [other] });
  }, 30_000);
});
