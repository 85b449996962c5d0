import { codeOf, itemsOf } from '../../support/answers.ts';
import { eventually } from '../../support/eventually.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startIdentities } from '../../support/identities.ts';

const gatehouse = await startGatehouse();
const identities = startIdentities(gatehouse);

/** A user with an identity, and a session that it opened beside the one of the password. */
async function newLinked(...roles: readonly string[]) {
  const role = await gatehouse.newRole('/audit/load');
  const provider = await identities.newProvider({ roleMapping: [{ group: 'auditors', role }] });
  const user = await gatehouse.newUser(...roles);
  const person = { subject: user.email, claims: { groups: ['auditors'] } };
  const { identityId } = await identities.link(provider, person, user.userId);
  const other = await gatehouse.anonymous.logIn(user.email, user.password);
  const { body: { items } } = await other.get('/profile/sessions', 200);
  const opened = items.find(({ current }) => current)?.sessionId ?? '';
  // The login of a provider writes this; here a login with a password takes its place.
  const sessions = gatehouse.connection.collection<{ _id: string }>('sessions');
  await sessions.updateOne({ _id: opened }, { $set: { auth: { providerId: provider._id, identityId } } });
  return { ...user, provider, role, identityId, other };
}

describe('identities', () => {
  it('of a user, are shown to them and to admins, with the name of the provider', async () => {
    const { client, userId, email, provider, identityId } = await newLinked();
    const shown = {
      identityId, providerId: provider._id, providerName: 'Example', subject: email, groups: ['auditors'],
      claimsAt: expect.any(String) as string,
      lastLoginAt: expect.any(String) as string,
    };
    expect(itemsOf(await client.get('/profile/identities', 200))).toEqual([shown]);
    const admin = await gatehouse.newUser('admin');
    expect(itemsOf(await admin.client.get(`/admin/load-identities/${userId}`, 200))).toEqual([shown]);
    expect(codeOf(await client.get(`/admin/load-identities/${userId}`, 403))).toBe('right-missing');
    expect(codeOf(await admin.client.get('/admin/load-identities/nobody', 404))).toBe('user-not-found');
    expect((await (await gatehouse.newUser()).client.get('/profile/identities', 200)).body).toEqual({ items: [] });
  });

  it('unlinked by the user, end with the sessions that they opened and the roles that they gave', async () => {
    const { client, userId, identityId, other } = await newLinked();
    await eventually(async () => (await client.get('/audit/load')).status === 200);
    await client.send('DELETE', `/profile/identities/${identityId}`, { expected: 204 });
    expect(codeOf(await other.get('/profile/me', 401))).toBe('session-ended');
    expect(codeOf(await client.get('/audit/load', 403))).toBe('right-missing');
    expect(itemsOf(await client.get('/profile/identities', 200))).toEqual([]);
    expect(await gatehouse.stores.users.findOne({ tenantId: 'default', _id: userId }).lean()).not.toHaveProperty('hasIdentities');
    expect(codeOf(await client.send('DELETE', `/profile/identities/${identityId}`))).toBe('identity-not-found');
  });

  it('linked and unlinked, are told to the user by mail', async () => {
    const { client, userId, identityId } = await newLinked();
    const mails = async () => (await gatehouse.stores.outbox.find(
      { action: /^mail\.identity-/, 'target.id': userId },
    ).lean()).map(({ action }) => action).sort();
    expect(await mails()).toEqual(['mail.identity-linked']);
    await client.send('DELETE', `/profile/identities/${identityId}`, { expected: 204 });
    expect(await mails()).toEqual(['mail.identity-linked', 'mail.identity-unlinked']);
  });

  it('that are the last way in, stay for the user, and can be unlinked by an admin', async () => {
    const { client, userId, identityId } = await newLinked();
    await gatehouse.stores.users.updateOne({ tenantId: 'default', _id: userId }, { $unset: { password: 1 } });
    expect(codeOf(await client.send('DELETE', `/profile/identities/${identityId}`))).toBe('last-way-in');
    const admin = await gatehouse.newUser('admin');
    await gatehouse.superadmin.post('/roles/assign', { userId: admin.userId, type: 'admin', mode: 'add' }, 200);
    // The admin holds all that the provider gives to the user.
    await admin.client.post('/admin/unlink-identity', { userId, identityId }, 204);
    expect(codeOf(await admin.client.post('/admin/unlink-identity', { userId, identityId }, 404))).toBe('identity-not-found');
  });

  it('of somebody who holds more by a provider than an admin, cannot be unlinked by the admin', async () => {
    const role = await gatehouse.newRole('/admin/delete-session/:sessionId');
    const { userId, identityId, provider } = await newLinked();
    const weak = await gatehouse.newUser(await gatehouse.newRole('/admin/unlink-identity', '/audit/load'));
    await identities.editProvider(provider, { roleMapping: [{ group: 'auditors', role }] });
    expect(codeOf(await weak.client.post('/admin/unlink-identity', { userId, identityId }, 403))).toBe('target-outranks-caller');
  });

  it('of other users, and of other tenants, are not found', async () => {
    const { identityId } = await newLinked();
    const { client } = await gatehouse.newUser();
    expect(codeOf(await client.send('DELETE', `/profile/identities/${identityId}`))).toBe('identity-not-found');
    const tenant = await gatehouse.newTenant();
    expect(codeOf(await gatehouse.superadmin.get(`/admin/load-identities/${tenant.admin.userId}`, 404))).toBe('user-not-found');
    const query = `?tenant=${tenant.name}` as const;
    expect((await gatehouse.superadmin.get(`/admin/load-identities/${tenant.admin.userId}${query}`, 200)).body).toEqual({ items: [] });
  });

  it('of an erased user, are removed; those of a deleted provider too, and the users stay', async () => {
    const [erased, { userId, provider }] = [await newLinked(), await newLinked()];
    await gatehouse.superadmin.send('DELETE', `/admin/delete-user/${erased.userId}`, { expected: 204 });
    expect(await gatehouse.stores.identities.countDocuments({ tenantId: 'default', userId: erased.userId })).toBe(0);
    await identities.inTenant('default', (tx) => identities.identities.forgetProvider(tx, provider._id));
    expect(await gatehouse.stores.identities.countDocuments({ tenantId: 'default', userId })).toBe(0);
    const stored = await gatehouse.stores.users.findOne({ tenantId: 'default', _id: userId }).lean();
    expect(stored).toMatchObject({ isActive: true });
    expect(stored).not.toHaveProperty('hasIdentities');
  });
});
