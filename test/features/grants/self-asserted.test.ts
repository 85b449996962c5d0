import { pino } from 'pino';
import type { Condition } from '../../../src/engine/policies/condition.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { codeOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { standardPassword } from '../../support/test-pool.ts';
import { testSettings } from '../../support/test-settings.ts';

const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: standardPassword });
const lines: string[] = [];
const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });

const server = await startGatehouse({ logger, settings });

describe('what users say about themselves', () => {
  const about = (left: string, right: Extract<Condition, { type: 'attribute' }>['right'] = {
    value: 'ann',
  }, operator: Extract<Condition, { type: 'attribute' }>['operator'] = 'eq'): Policy[] => (
    [{ effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'attribute', left, operator, right }] }]);
  const save = (policies: unknown, expected?: number) => server.superadmin.post(
    '/roles/create', { roleId: 'named', type: 'named', rights: [], policies }, expected,
  );

  it.each([
    ['username', about('subject.username')], ['firstName', about('subject.firstName')], ['lastName', about('subject.lastName')],
    ['username, on the right', about('resource.author', 'subject.username')], ['a part of it', about('subject.username.first')],
    ['whether there is one', about('subject.lastName', { value: false }, 'exists')],
  ])('%s, in a condition of a role or a group, refused by name', async (_what, policies) => {
    for (const answer of [
      await save(policies, 422), await server.superadmin.post('/groups/create', { groupName: 'named', policies }, 422),
    ]) {
      expect(codeOf(answer)).toBe('invalid-input');
      expect(JSON.stringify(answer.body)).toMatch(/body\.policies\[0\]\.conditions\[0\]\.(?:left|right)/);
    }
  });

  it('an address, is an attribute from the moment on at which it is confirmed, and no longer once an admin spells it anew', async () => {
    const role = await server.newRole();
    await server.superadmin.put('/roles/update', { type: role, policies: about('resource.billTo', 'subject.email') }, 200);
    const user = await server.newUser(role);
    const may = async () => (await user.client.post(
      '/permissions/check', { checks: [{ action: 'read', resource: 'items/1', attributes: { billTo: user.email } }] }, 200,
    )).body;
    await server.stores.users.updateOne({ tenantId: 'default', _id: user.userId }, { $set: { emailVerified: false } });
    expect(await may()).toMatchObject({ decisions: [{ allowed: false }] });
    await server.stores.users.updateOne({ tenantId: 'default', _id: user.userId }, { $set: { emailVerified: true } });
    await server.superadmin.put(`/admin/update-user/${user.userId}`, { firstName: 'Read anew' }, 200);
    expect(await may()).toMatchObject({ decisions: [{ allowed: true }] });
    await server.superadmin.put(`/admin/update-user/${user.userId}`, { email: user.email.toUpperCase() }, 200);
    expect(await may()).toMatchObject({ decisions: [{ allowed: false }] });
  });

  it('a condition that was stored before, is named at boot with its tenant and its role or group', async () => {
    const role = await server.newRole();
    const { body } = await server.superadmin.post('/groups/create', { groupName: 'old' }, 201);
    const { groupId } = body;
    await server.stores.roles.updateOne(
      { tenantId: 'default', type: role }, { $set: { policies: about('resource.author', 'subject.username') } },
    );
    await server.stores.groups.updateOne({ tenantId: 'default', _id: groupId }, { $set: { policies: about('subject.firstName') } });
    lines.length = 0;
    const again = await startGatehouse({ database: server.database, logger, settings });
    await again.close();
    const named = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(
      ({ msg }) => String(msg).includes('counts as missing'),
    );
    expect(named).toEqual([
      expect.objectContaining({ tenantId: 'default', kind: 'role', id: role }),
      expect.objectContaining({ tenantId: 'default', kind: 'group', id: groupId }),
    ]);
  });
});
