import { codeOf } from '../support/answers.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { proof } from '../support/proof.ts';

// What one row gives up by an update is free for another. The fast local database keeps the old value in unique indexes
// and refuses it, so this runs on the other one. To start that takes seconds of processor time: not in the short form.
const isRun = proof({ short: false, ci: true, full: true });
const password = 'a long enough password';

(isRun ? describe : describe.skip)('a value that was unique and is given up', () => {
  let server: TestGatehouse;
  beforeAll(async () => { server = await startGatehouse({ database: 'slow' }); }, 120_000);
  const created = async (url: string, body: object) => (await server.superadmin.post(url, body, 201)).body as Record<string, string>;
  const update = (url: string, body: object) => server.superadmin.put(url, body, 200);

  it('the freed address of a user, is free for another user, and then taken for the first', async () => {
    const user = (email: string) => created('/admin/create-user', { email, password });
    const { userId = '' } = await user('first@example.com');
    await update(`/admin/update-user/${userId}`, { email: 'moved@example.com' });
    await user('first@example.com');
    expect(codeOf(await server.superadmin.put(`/admin/update-user/${userId}`, { email: 'first@example.com' }))).toBe('email-taken');
    await update(`/admin/update-user/${userId}`, { email: 'again@example.com' });
    await update(`/admin/update-user/${userId}`, { email: 'moved@example.com' });
  }, 60_000);

  it('the freed name of a group, is free for another group', async () => {
    const { groupId } = await created('/groups/create', { groupName: 'first', roles: [] });
    await update('/groups/update', { groupId, groupName: 'renamed' });
    await created('/groups/create', { groupName: 'first', roles: [] });
  }, 60_000);

  it('the freed name and domain of a tenant, are free for another tenant', async () => {
    const tenant = (index: number) => created(
      '/tenants/create', { name: 'first', domain: 'first.example', admin: { email: `boss${index}@first.test` } },
    );
    const { tenantId } = await tenant(1);
    await update('/tenants/update', { tenantId, name: 'renamed', domain: '' });
    await tenant(2);
  }, 60_000);

  it('the role that a membership lost to a successor, is free for another membership', async () => {
    const role = (type: string) => created('/roles/create', { roleId: type, type, rights: [] });
    await role('old');
    await role('heir');
    const { userId } = await created('/admin/create-user', { email: 'member@example.com', password });
    const join = (type: string) => server.superadmin.post('/memberships/add', { userId: userId ?? '', resource: 'projects/1', type }, 201);
    await join('old');
    await server.superadmin.delete('/roles/delete?type=old&reassignTo=heir', 204);
    await role('old');
    await join('old');
  }, 60_000);
});
