import { setTimeout as sleep } from 'node:timers/promises';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { watchCommands } from '../support/watch-commands.ts';

const url = '/host/gated';

/** A server with a gated URL of a host, and what it sends to the database but for the feed and what is not about requests. */
async function startWatched(settings: Parameters<typeof testSettings>[0] = {}) {
  const server = await startGatehouse({
    monitorCommands: true, urls: { auth: { '/host/': ['gated'] } },
    host: (app) => void app.get(url, (_request, response) => void response.json({})),
    settings: testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', ...settings }),
  });
  const commands = watchCommands(server.connection);
  return {
    server,
    // The signing keys are read again from time to time, for every caller.
    during: async (work: () => Promise<unknown>) => (await commands.during(work)).filter((command) => command !== 'find signingKeys'),
    close: server.close,
  };
}

/** Not by the client of the user, which knows documented URLs only. */
async function get({ origin }: TestGatehouse, { client }: TestUser, expected: number): Promise<void> {
  const { status } = await fetch(`${origin}${url}`, { headers: { Authorization: `Bearer ${client.token ?? ''}` } });
  expect(status).toBe(expected);
}

/** Asks until memory answers: a feed is fresh only once its first heartbeat has come back. */
async function warm({ server, during }: Awaited<ReturnType<typeof startWatched>>, user: TestUser): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await during(() => get(server, user, 200))).length === 0) return;
    await sleep(25);
  }
  throw new Error('The database is asked on each request.');
}

describe('a gated request of a session that is in memory', () => {
  let watched: Awaited<ReturnType<typeof startWatched>>;
  let server: TestGatehouse;
  beforeAll(async () => {
    watched = await startWatched();
    ({ server } = watched);
  });
  afterAll(() => watched.close());

  it('asks the database for nothing', async () => {
    const user = await server.newUserByApi(await server.newRole(url));
    await warm(watched, user);
    const askFiftyTimes = () => watched.during(async () => {
      for (let request = 0; request < 50; request += 1) await get(server, user, 200);
    });
    // The mail that greets the user may be sent meanwhile, but not each time.
    let commands = await askFiftyTimes();
    for (let tries = 0; tries < 10 && commands.length > 0; tries += 1) commands = await askFiftyTimes();
    expect(commands).toEqual([]);
  });

  it('is refused at once when the right is taken, the user disabled or the session ended, and let in again by a new right', async () => {
    const role = await server.newRole(url);
    const user = await server.newUser(role);
    await warm(watched, user);
    await server.superadmin.put('/roles/update-rights', { type: role, remove: [url] }, 200);
    await get(server, user, 403);
    await server.superadmin.put('/roles/update-rights', { type: role, add: [url] }, 200);
    await get(server, user, 200);
    await warm(watched, user);
    await server.superadmin.post('/admin/disable-user', { userId: user.userId }, 200);
    await get(server, user, 401);
    const other = await server.newUser(role);
    await warm(watched, other);
    await other.client.post('/users/logout', {}, 204);
    await get(server, other, 401);
  });

  it('by an address that an admin has changed, is decided by the new one, which nobody has confirmed', async () => {
    const user = await server.newUser();
    await server.stores.users.updateOne({ tenantId: 'default', _id: user.userId }, { $set: { emailVerified: true } });
    await server.superadmin.post('/roles/create', {
      roleId: 'anne', type: 'anne', rights: [],
      policies: [{ effect: 'allow', actions: ['GET'], resources: [url], conditions: [
        { type: 'attribute', left: 'subject.email', operator: 'eq', right: { value: user.email } },
      ] }],
    }, 201);
    await server.superadmin.post('/roles/assign', { userId: user.userId, type: 'anne', mode: 'add' }, 200);
    await get(server, user, 200);
    await server.superadmin.put(`/admin/update-user/${user.userId}`, { email: user.email.toUpperCase() }, 200);
    await get(server, user, 403);
  });
});

describe('a gated request where nothing is kept in memory', () => {
  it('asks the database each time', async () => {
    const watched = await startWatched({ MAX_STALENESS: '0' });
    try {
      const user = await watched.server.newUser(await watched.server.newRole(url));
      for (let request = 0; request < 5; request += 1) {
        expect(await watched.during(() => get(watched.server, user, 200)))
          .toEqual(expect.arrayContaining(['find sessions', 'find users', 'find tenants']));
      }
    } finally {
      await watched.close();
    }
  });
});
