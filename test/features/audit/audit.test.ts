import type { RecordBody } from '../../support/answers.ts';
import { codeOf, itemsOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';

const facts = { ip: '127.0.0.1', userAgent: 'audit-test/1' };
let requests = 0;

/** A request, and what its record must hold. */
interface Recorded {
  readonly request: readonly [method: string, path: string, body: unknown, expected: number];
  readonly action: string;
  readonly target: object;
  readonly changed: object;
}

describe('the audit trail', () => {
  let server: TestGatehouse;
  let root: { readonly userId: string; readonly sessionId: string };
  beforeAll(async () => {
    server = await startGatehouse();
    const [session] = itemsOf(await server.superadmin.get('/profile/sessions', 200));
    root = { userId: session?.userId ?? '', sessionId: session?.sessionId ?? '' };
  });

  /** Sends a request with an id of its own and answers the records that carry it. */
  async function recordsAfter(method: string, path: string, body: unknown, expected: number): Promise<RecordBody[]> {
    const requestId = `audit-request-${(requests += 1)}`;
    await server.superadmin.send(method, path, { body, expected, headers: { 'X-Request-Id': requestId, 'User-Agent': facts.userAgent } });
    return itemsOf(await server.superadmin.get('/audit/load', 200)).filter((record) => record.requestId === requestId);
  }

  function recordOf(action: string, target: object, changed: object): unknown {
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown;
    return {
      recordId: expect.stringMatching(/^[0-9a-f]{24}$/) as unknown, at: instant, lastAt: instant, requestId: expect.any(String) as unknown,
      action, result: 'done', ...root, ...facts, target, count: 1, ...changed,
    };
  }

  const urls = { list: '/admin/load-users', one: '/admin/load-user/:userId' };
  const changes: readonly (readonly [string, (subject: { user: TestUser; role: string }) => Recorded])[] = [
    ['a role is created', ({ role }) => ({
      request: ['POST', '/roles/create', {
        roleId: `${role}-new`, type: `${role}-new`, rights: [urls.list, { url: urls.one, methods: ['GET'] }],
      }, 201],
      action: 'role.create', target: { kind: 'role', id: `${role}-new` },
      changed: {
        before: {
          roleId: null, type: null, name: null, description: null, rights: null, permissions: null, policies: null, inherits: null,
          isDefault: null,
        },
        after: { roleId: `${role}-new`, type: `${role}-new`, name: `${role}-new`, description: '', rights: [
          urls.list, `GET ${urls.one}`,
        ], permissions: [], policies: [], inherits: [], isDefault: false },
      },
    })],
    ['rights of a role change', ({ role }) => ({
      request: ['PUT', '/roles/update-rights', { type: role, add: [urls.one] }, 200],
      action: 'role.update-rights', target: { kind: 'role', id: role },
      changed: { before: { rights: [urls.list] }, after: { rights: [urls.list, urls.one] } },
    })],
    ['a role is assigned', ({ user, role }) => ({
      request: ['POST', '/roles/assign', { userId: user.userId, type: role, mode: 'add' }, 200],
      action: 'user.assign', target: { kind: 'user', id: user.userId },
      changed: { before: { roles: ['guest'] }, after: { roles: ['guest', role] } },
    })],
    ['a user is updated', ({ user }) => ({
      request: ['PUT', `/admin/update-user/${user.userId}`, { firstName: 'Ann', email: user.email }, 200],
      action: 'user.update', target: { kind: 'user', id: user.userId },
      changed: { before: { firstName: null }, after: { firstName: 'Ann' } },
    })],
    ['a user is disabled', ({ user }) => ({
      request: ['POST', '/admin/disable-user', { userId: user.userId }, 200],
      action: 'user.disable', target: { kind: 'user', id: user.userId },
      changed: { before: { isActive: true }, after: { isActive: false } },
    })],
    ['a user is deleted', ({ user }) => ({
      request: ['DELETE', `/admin/delete-user/${user.userId}`, undefined, 204],
      action: 'user.delete', target: { kind: 'user', id: user.userId },
      changed: { before: { roles: ['guest'], isActive: true }, after: { roles: null, isActive: null } },
    })],
  ];

  it.each(changes)('%s, one record tells who, what, from where, and the changed fields alone', async (_what, change) => {
    const subject = { user: await server.newUserByApi(), role: await server.newRole(urls.list) };
    const { request, action, target, changed } = change(subject);
    expect(await recordsAfter(...request)).toEqual([recordOf(action, target, changed)]);
  });

  it('a user is created, one record, without password, hash or compared address', async () => {
    const credentials = { email: 'New@example.com', password: 'a secret that is long' };
    const [record, ...others] = await recordsAfter('POST', '/admin/create-user', credentials, 201);
    expect(others).toEqual([]);
    expect(record).toMatchObject({ action: 'user.create', after: { email: 'New@example.com', roles: ['guest'], isActive: true } });
    expect(JSON.stringify(record)).not.toMatch(/hash|pepper|\$2|secret|emailKey/i);
  });

  it('a role is deleted with reassignTo, one record for the users and one for the role', async () => {
    const [old, heir] = [await server.newRole(), await server.newRole()];
    const { userId } = await server.newUserByApi(old);
    const records = await recordsAfter('DELETE', `/roles/delete?type=${old}&reassignTo=${heir}`, undefined, 204);
    expect(records.map(({ action }) => action).sort()).toEqual(['role.delete', 'role.reassign']);
    const reassigned = { target: { kind: 'role', id: old }, after: { reassignedTo: heir, users: [userId] } };
    expect(records.find(({ action }) => action === 'role.reassign')).toMatchObject(reassigned);
  });

  it('login and logout, one record each with the user and the session', async () => {
    const { userId, client } = await server.newUserByApi();
    await client.post('/users/logout', undefined, 204);
    const records = itemsOf(await server.superadmin.get(`/audit/load?userId=${userId}`, 200));
    expect(records.map(({ action }) => action)).toEqual(['session.logout', 'session.login']);
    expect(records[0])
      .toMatchObject({ target: { kind: 'session', id: records[1]?.sessionId }, sessionId: records[1]?.sessionId, result: 'done' });
  });

  it('a session is ended by somebody else, the record names the ender and the session', async () => {
    const { userId } = await server.newUserByApi();
    const [session] = itemsOf(await server.superadmin.get(`/admin/load-sessions?userId=${userId}`, 200));
    const id = session?.sessionId ?? '';
    const records = await recordsAfter('DELETE', `/admin/delete-session/${id}`, undefined, 204);
    expect(records).toEqual([recordOf('session.end', { kind: 'session', id }, {})]);
  });

  it('all records and rows of the feed, after all of the above, hold no hash, token or pepper', async () => {
    const stored = [
      ...(await server.stores.auditRecords.find({ tenantId: 'default' }).lean()), ...(await server.stores.outbox.find().lean()),
    ];
    expect(stored.length).toBeGreaterThan(10);
    // Some URLs, which are rights, have the word in their names.
    const text = JSON.stringify(stored).replace(/\/[a-z]+\/[a-z-]*password/g, '');
    expect(text).not.toMatch(/\$2[ab]\$|pepper|password|eyJ|emailKey/i);
  });

  it('load, each filter and two together, only the records that fit', async () => {
    const { userId } = await server.newUserByApi();
    const load = async (query: string) => itemsOf(await server.superadmin.get(`/audit/load?limit=200&${query}`, 200));
    expect((await load(`userId=${userId}`)).every((record) => record.userId === userId)).toBe(true);
    expect(new Set((await load('action=user.create')).map(({ action }) => action))).toEqual(new Set(['user.create']));
    expect(new Set((await load('result=done')).map(({ result }) => result))).toEqual(new Set(['done']));
    expect(await load(`userId=${userId}&action=user.create`)).toEqual([]);
    expect(await load(`userId=${userId}&action=session.login`)).toHaveLength(1);
  });

  it('load, from and to, from is included and to is not, the newest first', async () => {
    await server.newRole();
    const all = itemsOf(await server.superadmin.get('/audit/load?limit=200', 200));
    const times = all.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
    const middle = times[Math.floor(times.length / 2)] ?? '';
    const since = itemsOf(await server.superadmin.get(`/audit/load?limit=200&from=${middle}`, 200));
    const before = itemsOf(await server.superadmin.get(`/audit/load?limit=200&to=${middle}`, 200));
    expect(since.map(({ at }) => at)).toEqual(times.filter((at) => at >= middle));
    expect(before.map(({ at }) => at)).toEqual(times.filter((at) => at < middle));
    expect(itemsOf(await server.superadmin.get('/audit/load?from=2000-01-01&to=2000-01-02', 200))).toEqual([]);
  });

  it.each(['from=yesterday', 'to=2026-13-01', 'result=maybe', 'userId[$ne]=x', 'action=', 'who=me'])('load, %s, refused', async (query) => {
    expect(codeOf(await server.superadmin.get(`/audit/load?${query}`, 422))).toBe('invalid-input');
  });

  it('a record, stored, expires after AUDIT_DAYS', async () => {
    const [record] = await server.stores.auditRecords.find({ tenantId: 'default' }).sort({ _id: -1 }).limit(1).lean();
    expect((record?.expiresAt.getTime() ?? 0) - (record?.at.getTime() ?? 0)).toBe(400 * 24 * 60 * 60 * 1_000);
  });
});
