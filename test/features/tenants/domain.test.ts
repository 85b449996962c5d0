import type { User } from '../../../src/features/users/user.model.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const password = 'a long enough password';
const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password });

const server = await startGatehouse({ settings });

describe('a tenant that takes a domain', () => {
  let counter = 0;

  /** A user of the default tenant. */
  async function newUser(email: string, changes: Partial<User> = {}): Promise<void> {
    const id = `user-${(counter += 1)}`;
    await server.stores.users.create([{
      _id: id, tenantId: 'default', email, emailKey: email, roles: ['guest'], isActive: true, accessVersion: 1, version: 1,
      createdAt: new Date(), ...changes,
    }]);
  }
  const create = (name: string, domain: string, on = server) => on.superadmin.post(
    '/tenants/create', { name, domain, admin: { email: `boss@${name}.test` } },
  );

  it.each<[string, Partial<User>]>([
    ['have confirmed it', { emailVerified: true }], ['had confirmed another one', { verifiedRoleGiven: true }],
    ['have more than the guest role', { roles: ['guest', 'admin'] }], ['are known to the host', { externalId: 'ext-1' }],
  ])('of which people of another tenant have addresses who %s, is refused and told whose they are', async (_who, changes) => {
    const name = `taker-${(counter += 1)}`;
    await newUser(`ann@${name}.example`, changes);
    const { status, body } = await create(name, `${name}.example`);
    expect([status, body]).toEqual([409, expect.objectContaining(
      { code: 'domain-in-use', errors: [{ field: 'body.domain', message: 'is in the addresses of 1 user of the tenant default' }] },
    )]);
    const { body: made } = await server.superadmin.post('/tenants/create', { name, admin: { email: `boss@${name}.test` } }, 201);
    const { tenantId } = made;
    await server.superadmin.put('/tenants/update', { tenantId, domain: `${name}.example` }, 409);
  });

  it('of which others have never confirmed theirs, or have the domain below it, takes it, and may say so again', async () => {
    await newUser('ann@free.example');
    await newUser('ann@below.free.example', { emailVerified: true });
    await newUser('ann@freexexample', { emailVerified: true });
    const { body: { tenantId } } = await server.superadmin.post(
      '/tenants/create', { name: 'free', domain: 'free.example', admin: { email: 'boss@free.test' } }, 201,
    );
    await server.superadmin.post('/admin/create-user?tenant=free', { email: 'bob@free.example', password }, 201);
    await server.stores.users.updateMany({ tenantId }, { $set: { emailVerified: true } });
    await newUser('bob@free.example', { emailVerified: true });
    await server.superadmin.put('/tenants/update', { tenantId, domain: 'free.example' }, 200);
  });

  it('where no login goes by the address, takes any', async () => {
    await newUser('ann@hosts.example', { emailVerified: true });
    const other = await startGatehouse({ settings: { ...settings, tenantFrom: ['body', 'host'] }, database: server.database });
    expect((await create('hosts', 'hosts.example', other)).status).toBe(201);
    await other.close();
  });
});
