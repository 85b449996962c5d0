import { bodyOf, codeOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const limit = 10_000;

describe('a role of very many rights', () => {
  let server: TestGatehouse;
  const urls = Array.from({ length: limit + 1 }, (_, index) => `/h/${index}`);
  beforeAll(async () => {
    server = await startGatehouse(
      { urls: { auth: { '/h/': urls.map((url) => ({ name: url.slice(3), methods: ['GET'], external: true })) } } },
    );
  }, 60_000);
  it('update-rights, 10,000 rights, stored; one more, refused and nothing changes', async () => {
    const type = await server.newRole(...urls.slice(0, 5_000));
    const { rights } = bodyOf(await server.superadmin.put('/roles/update-rights', { type, add: urls.slice(5_000, limit) }, 200));
    expect(rights).toHaveLength(limit);
    expect(codeOf(await server.superadmin.put('/roles/update-rights', { type, add: urls.slice(limit) }, 422))).toBe('too-many-rights');
    const stored = await server.stores.roles.findOne({ tenantId: 'default', type }, { rights: 1, version: 1 }).lean();
    expect({ version: stored?.version, rights: stored?.rights.length }).toEqual({ version: 2, rights: limit });
  }, 60_000);
});
