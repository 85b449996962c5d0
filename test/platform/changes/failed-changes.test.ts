import { systemActor } from '../../../src/platform/changes/actor.ts';
import { createChangeService } from '../../../src/platform/changes/change.service.ts';
import { createOutboxStore } from '../../../src/platform/changes/outbox.store.ts';
import { createRehearsals } from '../../../src/platform/database/rehearsals.ts';
import type { ChangeTransaction } from '../../../src/platform/changes/change.service.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const server = await startGatehouse();

describe('a change that fails', () => {
  /** All that a change would leave: records, feed, versions, roles, users and sessions. */
  async function traces(): Promise<unknown> {
    const { auditRecords, outbox, tenants, roles, users, sessions, lockDocuments } = server.stores;
    const tenantId = 'default';
    return {
      records: await auditRecords.countDocuments({ tenantId, result: 'done' }), rows: await outbox.countDocuments(),
      tenants: await tenants.find().lean(), versions: await lockDocuments.find().lean(),
      sessions: await sessions.countDocuments({ tenantId }),
      roles: await roles.find({ tenantId }).sort({ _id: 1 }).lean(), users: await users.find({ tenantId }).sort({ _id: 1 }).lean(),
    };
  }

  it.each([
    ['a role that exists', 'POST', '/roles/create', { roleId: 'admin', type: 'other', rights: [] }, 409],
    ['an unregistered right', 'PUT', '/roles/update-rights', { type: 'admin', add: ['/no/where'] }, 422],
    ['an old version', 'PUT', '/roles/update-rights', { type: 'admin', add: [], version: 99 }, 409],
    ['a system role deleted', 'DELETE', '/roles/delete?type=user', undefined, 409],
    ['the last superadmin demoted', 'POST', '/roles/assign', { email: 'root@example.com', type: 'admin' }, 409],
    ['an unknown role assigned', 'POST', '/roles/assign', { email: 'root@example.com', type: 'nobody', mode: 'add' }, 404],
    ['an address that is taken', 'POST', '/admin/create-user', { email: 'ROOT@example.com', password: 'a long enough password' }, 409],
    ['a login with a wrong password', 'POST', '/users/login', { email: 'root@example.com', password: 'not the password' }, 401],
    ['a session that is none', 'DELETE', '/admin/delete-session/none', undefined, 404],
  ])('%s, no record, no row of the feed, no raised version, nothing changed', async (_what, method, path, body, expected) => {
    const before = await traces();
    await server.superadmin.send(method, path, { body, expected });
    expect(await traces()).toEqual(before);
  });

  it('a role in use, deleted with an heir that is not there, nothing changed', async () => {
    const role = await server.newRole();
    await server.newUser(role);
    const before = await traces();
    await server.superadmin.delete(`/roles/delete?type=${role}&reassignTo=nobody`, 404);
    await server.superadmin.delete(`/roles/delete?type=${role}`, 409);
    expect(await traces()).toEqual(before);
  });

  const working = {
    clock: Date.now, raisePolicyVersion: () => Promise.resolve(), enforceQuota: () => Promise.resolve(),
    writeAudit: () => Promise.resolve([]),
  };
  const failing = async () => Promise.reject(new Error('cut off here'));
  it.each([['its record', { writeAudit: failing }], ['its raised version', { raisePolicyVersion: failing }]])(
    '%s cannot be written, the change itself is undone', async (_which, broken) => {
      const { stores, connection } = server;
      const changes = createChangeService(
        { rehearsals: createRehearsals(), ...working, connection, outbox: createOutboxStore(stores.outbox), ...broken },
      );
      const before = await traces();
      await expect(changes.transact(systemActor('default'), renameGuest)).rejects.toThrow('cut off here');
      expect(await traces()).toEqual(before);
    });

  it('the process is cut off before the end of the work, nothing changed', async () => {
    const { stores, connection } = server;
    const changes = createChangeService(
      { rehearsals: createRehearsals(), ...working, connection, outbox: createOutboxStore(stores.outbox) },
    );
    const before = await traces();
    const cut = changes.transact(systemActor('default'), async (tx) => {
      await renameGuest(tx);
      await failing();
    });
    await expect(cut).rejects.toThrow('cut off here');
    expect(await traces()).toEqual(before);
  });

  async function renameGuest({ session, record }: ChangeTransaction): Promise<void> {
    await server.stores.roles.updateOne({ tenantId: 'default', type: 'guest' }, { $set: { name: 'Renamed' } }, { session });
    record({ action: 'role.update', target: { kind: 'role', id: 'guest' }, raisesPolicy: true });
  }
});
