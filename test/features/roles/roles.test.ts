import { bodyOf, codeOf, itemsOf } from '../../support/answers.ts';
import type { RoleBody } from '../../support/answers.ts';
import type { Answer } from '../../support/client/client.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const listUsers = '/admin/load-users';

const server = await startGatehouse();

describe('roles', () => {
  describe('POST /roles/create', () => {
    it('create, all fields sent, the role is answered and loaded as it was sent', async () => {
      const sent = { roleId: 'auditor-1', type: 'auditor', name: 'Auditor', description: 'Reads the trail.', rights: ['/audit/load'] };
      const { body } = await server.superadmin.post('/roles/create', sent, 201);
      const expected = {
        ...sent, permissions: [], policies: [], inherits: [], isSystemRole: false, isDefault: false, version: 1,
        rights: [{ name: 'load', path: '/audit/', url: '/audit/load', access: 'auth', stale: false }],
      };
      expect(body).toEqual(expected);
      expect(itemsOf(await server.superadmin.get('/roles/load?roleId=auditor-1', 200))).toEqual([expected]);
    });

    it('create, name and description left out, the type is the name', async () => {
      const { body } = await server.superadmin.post('/roles/create', { roleId: 'plain-1', type: 'plain', rights: [] }, 201);
      expect(body).toMatchObject({ name: 'plain', description: '', rights: [] });
    });

    it('create, roleId or type taken, refused with role-exists', async () => {
      await server.superadmin.post('/roles/create', { roleId: 'taken-1', type: 'taken', rights: [] }, 201);
      for (const names of [
        { roleId: 'taken-1', type: 'other' }, { roleId: 'taken-2', type: 'taken' }, { roleId: 'superadmin', type: 'root' },
      ]) {
        const answer = await server.superadmin.post('/roles/create', { ...names, rights: [] }, 409);
        expect(codeOf(answer)).toBe('role-exists');
      }
    });

    it.each<[string, { roleId?: string; type?: string }]>([
      ['roleId', { roleId: 'same-id' }], ['type', { type: 'same-type' }], ['roleId and type', { roleId: 'same-both', type: 'same-both' }],
    ])('create, four at once with the same %s, exactly one wins', async (_which, same) => {
      const answers = await Promise.all([1, 2, 3, 4].map((n) =>
        server.superadmin.post('/roles/create', { roleId: `unlike-${n}`, type: `unlike-${n}`, ...same, rights: [listUsers] })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
      expect(answers.filter(({ status }) => status === 409).map(codeOf)).toEqual(['role-exists', 'role-exists', 'role-exists']);
      expect(await server.stores.roles.countDocuments({ tenantId: 'default', ...same })).toBe(1);
      const { roleId } = bodyOf(answers.find(({ status }) => status === 201) as Answer<RoleBody>); // one of them has it, and creates a role
      await server.superadmin.delete(`/roles/delete?roleId=${roleId}`, 204);
    });

    it.each([
      ['no roleId', { type: 'x', rights: [] }],
      ['no rights', { roleId: 'x', type: 'x' }],
      ['a roleId with a slash', { roleId: 'a/b', type: 'x', rights: [] }],
      ['an operator for a type', { roleId: 'x', type: { $ne: null }, rights: [] }],
      ['a field nobody knows', { roleId: 'x', type: 'x', rights: [], isSystemRole: true }],
      ['rights that are no list', { roleId: 'x', type: 'x', rights: listUsers }],
      ['a right that is a number', { roleId: 'x', type: 'x', rights: [7] }],
      ['a right without url', { roleId: 'x', type: 'x', rights: [{ methods: ['GET'] }] }],
      ['a right with an unknown field', { roleId: 'x', type: 'x', rights: [{ url: listUsers, $where: '1' }] }],
      ['a right with a method that is none', { roleId: 'x', type: 'x', rights: [{ url: listUsers, methods: ['BREW'] }] }],
      ['a right with no method at all', { roleId: 'x', type: 'x', rights: [{ url: listUsers, methods: [] }] }],
    ])('create, %s, refused with invalid-input', async (_what, body) => {
      expect(codeOf(await server.superadmin.post('/roles/create', body, 422))).toBe('invalid-input');
    });
  });

  describe('GET /roles/get-rights', () => {
    it('get-rights, no role named, every registered URL is listed with its access class', async () => {
      const { rights } = bodyOf(await server.superadmin.get('/roles/get-rights', 200));
      expect(rights).toEqual(expect.arrayContaining([
        { name: 'login', path: '/users/', url: '/users/login', methods: ['POST'], access: 'simple' },
        { name: 'load-users', path: '/admin/', url: listUsers, methods: ['GET'], access: 'auth' },
        { name: 'assign', path: '/roles/', url: '/roles/assign', methods: ['POST'], access: 'config' },
      ]));
    });

    it('get-rights, a role named by roleId or by type, its own rights and version are answered', async () => {
      await server.superadmin.post('/roles/create', { roleId: 'named-1', type: 'named', rights: [listUsers] }, 201);
      for (const query of ['roleId=named-1', 'type=named']) {
        const { body } = await server.superadmin.get(`/roles/get-rights?${query}`, 200);
        expect(body)
          .toMatchObject({ roleId: 'named-1', type: 'named', version: 1, rights: [{ url: listUsers, access: 'auth', stale: false }] });
      }
    });

    it('get-rights, both names, 422; a role that is not there, 404', async () => {
      expect(codeOf(await server.superadmin.get('/roles/get-rights?roleId=admin&type=admin', 422))).toBe('invalid-input');
      expect(codeOf(await server.superadmin.get('/roles/get-rights?type=nobody', 404))).toBe('role-not-found');
    });
  });

  it('/roles/ URLs, a caller with every right but no superadmin, all refused with 403', async () => {
    const { client } = await server.newUser('admin');
    await client.get('/roles/get-rights', 403);
    await client.get('/roles/load', 403);
    await client.post('/roles/create', { roleId: 'mine', type: 'mine', rights: [] }, 403);
    await client.put('/roles/update-rights', { type: 'admin', add: [] }, 403);
    await client.delete('/roles/delete?type=admin', 403);
    await client.post('/roles/assign', { email: 'root@example.com', type: 'guest' }, 403);
  });
});
