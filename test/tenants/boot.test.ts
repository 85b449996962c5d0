import { startServer } from '../support/server.ts';
import { testSettings } from '../support/test-settings.ts';

describe('a boot with newly declared roles', () => {
  it('of two nodes at once, gives them to every tenant once', async () => {
    const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
    const first = await startServer({ settings });
    const { body } = await first.superadmin.post('/tenants/create', { name: 'acme', admin: { email: 'boss@acme.test' } }, 201);
    const { tenantId } = body as { tenantId: string };
    const roles = [{ type: 'helper', name: 'Helper', description: 'Reads the trail.', rights: ['/audit/load'], inherits: [] }];
    const options = { settings, database: first.connection.name, roles };
    const nodes = await Promise.all([startServer(options), startServer(options)]);
    const stored = await first.stores.roles.find({ tenantId }, { type: 1, version: 1 }).lean();
    expect(stored.map(({ type, version }) => `${type} ${version}`).sort()).toEqual(['admin 1', 'guest 1', 'helper 1', 'user 1']);
    for (const node of nodes) await node.close();
    await first.close();
  }, 60_000);
});
