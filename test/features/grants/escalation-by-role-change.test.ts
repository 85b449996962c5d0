import type { Policy } from '../../../src/engine/policies/policy.ts';
import { codeOf } from '../../support/answers.ts';
import type { InvitedTenant } from '../../support/invited-tenant.ts';
import { inHours, startFirms } from './firms.ts';

const { server, newFirm, newUser, nextName } = await startFirms();

describe('an admin who changes a role', () => {
  let firm: InvitedTenant;
  let boss: string;
  const asRoot = (url: string, body: object) => server.superadmin.post(`${url}?tenant=${firm.name}`, body);
  const deny: Policy[] = [{ effect: 'deny', actions: ['read'], resources: ['papers'] }];
  beforeAll(async () => {
    firm = await newFirm();
    boss = await newUser(firm.admin);
    await asRoot('/roles/assign', { userId: boss, roleId: 'finance', mode: 'add' });
  }, 60_000);

  async function groupWith(roleId: string): Promise<string> {
    const { body } = await asRoot('/groups/create', { groupName: `of ${roleId}`, roles: [roleId] });
    return (body as { groupId: string }).groupId; // the answer of a group that was created
  }
  const ways: readonly (readonly [string, (roleId: string) => Promise<unknown>])[] = [
    ['an assignment', (roleId) => asRoot('/roles/assign', { userId: boss, roleId, mode: 'add' })],
    ['an assignment to come', (roleId) => asRoot('/roles/assign', { userId: boss, roleId, mode: 'add', validFrom: inHours(1) })],
    ['a group', async (roleId) => asRoot('/groups/add-users', [{ userId: boss, groupId: await groupWith(roleId) }] as object)],
    ['a membership', (roleId) => asRoot('/memberships/add', { userId: boss, resource: 'papers/7', roleId })],
    ['a role that inherits it, and one that inherits that', async (roleId) => {
      await asRoot('/roles/create', { roleId: `${roleId}-heir`, type: `${roleId}-heir`, rights: [], inherits: [roleId] });
      await asRoot(
        '/roles/create', { roleId: `${roleId}-heirs-heir`, type: `${roleId}-heirs-heir`, rights: [], inherits: [`${roleId}-heir`] },
      );
      return asRoot('/roles/assign', { userId: boss, roleId: `${roleId}-heirs-heir`, mode: 'add' });
    }],
    ['a client', (roleId) => asRoot('/clients/create', { name: 'robot', roles: [roleId, 'finance'] })],
  ];

  it.each(ways)('that a user who outranks them holds by %s, refused, whatever the change takes or grants', async (_way, give) => {
    const roleId = nextName('held-');
    await firm.admin.post('/roles/create', { roleId, type: roleId, rights: [] }, 201);
    expect((await give(roleId) as { status: number }).status).toBeLessThan(300);
    expect(codeOf(await firm.admin.put('/roles/update', { roleId, policies: deny }, 403))).toBe('target-outranks-caller');
    expect(codeOf(await firm.admin.put('/roles/update-rights', { roleId, add: ['/audit/load'] }, 403))).toBe('target-outranks-caller');
    expect(codeOf(await firm.admin.post('/roles/preview', { method: 'PUT', url: '/roles/update', body: { roleId, policies: deny } }, 403)))
      .toBe('target-outranks-caller');
    await firm.admin.put('/roles/update', { roleId, description: 'Takes nothing from anybody.' }, 200);
  }, 60_000);

  it('that everybody holds, refused while a user outranks them', async () => {
    expect(codeOf(await firm.admin.put('/roles/update', { type: 'guest', policies: deny }, 403))).toBe('target-outranks-caller');
  }, 60_000);

  it('that no user who outranks them holds any more, done, and the preview shows the deny as lost', async () => {
    const roleId = nextName('held-');
    await firm.admin.post('/roles/create', { roleId, type: roleId, rights: [] }, 201);
    await asRoot('/roles/assign', { userId: boss, roleId, mode: 'add', validUntil: inHours(1) });
    await server.stores.users.collection.updateOne(
      { _id: boss as never }, // the type of the driver says ObjectId
      { $set: { 'roleTimes.$[ended].validUntil': new Date(inHours(-1)) } }, { arrayFilters: [{ 'ended.roleId': roleId }] },
    );
    const userId = await newUser(firm.admin, roleId);
    const { body } = await firm.admin.post(
      '/roles/preview', { method: 'PUT', url: '/roles/update', body: { roleId, policies: deny } }, 200,
    );
    const [policy] = deny;
    expect(body).toEqual({
      summary: [{ policy, gained: 0, lost: 1 }], users: 1, items: [{ userId, gained: [], lost: [{ policy }] }], nextCursor: null,
    });
    await firm.admin.put('/roles/update', { roleId, policies: deny }, 200);
    expect((await asRoot('/roles/preview', { method: 'PUT', url: '/roles/update', body: { roleId, policies: [] } })).body)
      .toEqual({
        summary: [{ policy, gained: 1, lost: 0 }], users: 1, items: [{ userId, gained: [{ policy }], lost: [] }], nextCursor: null,
      });
  }, 60_000);

  it('in several previewed calls, of which one takes rights from themselves, decided in the next one without these rights', async () => {
    const { admin } = await newFirm();
    const drop = (url: string) => ({ method: 'PUT', url: '/roles/update-rights', body: { type: 'admin', remove: [url] } } as const);
    const give = { method: 'POST', url: '/roles/create', body: { roleId: 'r', type: 'r', rights: ['/audit/load'] } } as const;
    expect((await admin.post('/roles/preview', { calls: [give, drop('/audit/load')] }, 200)).body).toMatchObject({ users: 1 });
    expect((await admin.post('/roles/preview', { calls: [drop('/audit/load'), give] }, 403)).body)
      .toMatchObject({ code: 'grants-exceed-own', call: 1 });
    expect((await admin.post('/roles/preview', { calls: [drop('/roles/create'), give] }, 403)).body)
      .toMatchObject({ code: 'right-missing', required: 'POST /roles/create', call: 1 });
    await admin.send('PUT', '/roles/update-rights', { body: drop('/audit/load').body, expected: 200 });
    expect(codeOf(await admin.send('POST', '/roles/create', { body: give.body }))).toBe('grants-exceed-own');
  }, 60_000);
});
