import type { IdentityProvider } from '../../../src/features/sso/provider.types.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startIdentities } from '../../support/identities.ts';
import type { TestPerson } from '../../support/identities.ts';

const gatehouse = await startGatehouse();
const { become, link, newProvider, wouldBecome, editProvider, stores, ...identities } = startIdentities(
  gatehouse, { verifiedDomains: ['proved.example'] },
);
const { superadmin } = gatehouse;

let count = 0;
const newEmail = (domain = 'example.com') => `person${(count += 1)}@${domain}`;
/** Somebody with a proven address of their own. */
const newPerson = (claims: object = {}, domain?: string): TestPerson & { readonly email: string; readonly subject: string } => {
  const email = newEmail(domain);
  return { subject: `subject of ${email}`, email, claims: { email, email_verified: true, ...claims } };
};
const refused = (code: string) => expect.objectContaining({ code }) as unknown;
const userOf = async (userId: string) => (await superadmin.get(`/admin/load-user/${userId}`, 200)).body;
const setUser = (userId: string, set: object) => gatehouse.stores.users.updateOne({ tenantId: 'default', _id: userId }, { $set: set });
const recordsOf = async (id: string) => (
  await gatehouse.stores.auditRecords.find({ tenantId: 'default', 'target.id': id }).lean()).map(({ action }) => action);

describe('somebody whom nobody knows', () => {
  it('with a proven address that is free, becomes a user without a password', async () => {
    const provider = await newProvider();
    const person = newPerson({ given_name: 'Ann', family_name: 'Li', preferred_username: 'ann' });
    const { user, identityId, by } = await become(provider, person);
    expect(by).toBe('made');
    expect(await userOf(user._id)).toMatchObject({
      email: person.email, emailVerified: true, firstName: 'Ann', lastName: 'Li', username: 'ann', roles: ['guest'], isActive: true,
      providedRoles: [{ roleId: 'user', providerId: provider._id }],
    });
    const stored = await gatehouse.stores.users.findOne({ tenantId: 'default', _id: user._id }).select('+password').lean();
    expect(stored).toMatchObject({ hasIdentities: true, accessVersion: 1 });
    expect(stored).not.toHaveProperty('password');
    expect(await recordsOf(user._id)).toEqual(['user.provision']);
    expect(await become(provider, person)).toMatchObject({ by: 'identity', identityId, user: { _id: user._id } });
  });

  it.each<[string, Partial<IdentityProvider>, object, string]>([
    ['at a provider that makes no users', { provisioning: {} }, {}, 'identity-not-allowed'],
    ['without a proven address', {}, { email_verified: false }, 'identity-not-allowed'],
    ['with a trusted address of a domain that the tenant has not proved',
      { provisioning: { create: true, trustsEmail: true }, domains: ['example.com'] },
      { email_verified: undefined }, 'identity-not-allowed'],
    ['with an address outside the provider\'s domains', { domains: ['proved.example'] }, {}, 'identity-not-allowed'],
    ['without an address', {}, { email: undefined }, 'identity-not-allowed'],
    ['with an address that is not plain', {}, { email: 'a@b.example,c@d.example' }, 'identity-not-allowed'],
    ['without a group that the mapping names, if these are refused',
      { roleMapping: [{ group: 'eng', role: 'user' }], provisioning: { create: true, unmatched: 'refuse' } }, { groups: ['ops'] },
      'identity-not-allowed'],
    ['with more groups than count', {}, { groups: Array.from({ length: 1_001 }, (_, index) => `g${index}`) }, 'identity-not-allowed'],
  ])('%s, is refused', async (_case, content, claims, code) => {
    const [provider, person] = [await newProvider(content), newPerson(claims)];
    await expect(become(provider, person)).rejects.toEqual(refused(code));
    expect(await wouldBecome(provider, person)).toEqual({ would: 'refused', roles: [], code });
  });

  it('with a trusted address of a domain that the tenant has proved, becomes a user', async () => {
    const provider = await newProvider({ provisioning: { create: true, trustsEmail: true }, domains: ['proved.example'] });
    expect(await become(provider, newPerson({ email_verified: undefined }, 'proved.example'))).toMatchObject({ by: 'made' });
  });

  it('whose provider has more groups than it sent, is refused unless persons without a group get in', async () => {
    const roleMapping = [{ group: 'eng', role: 'admin' }];
    const person = { ...newPerson({ groups: ['eng'] }), hasMoreGroups: true };
    await expect(become(await newProvider({ roleMapping }), person)).rejects.toEqual(refused('identity-not-allowed'));
    const { user } = await become(await newProvider({ roleMapping, provisioning: { create: true, unmatched: 'default' } }), person);
    expect((await userOf(user._id)).providedRoles?.map(({ roleId }) => roleId)).toEqual(['user']); // a part of the groups does not count
  });

  it('at two first logins at once, and eight, becomes one user', async () => {
    const [provider, person] = [await newProvider(), newPerson()];
    const became = await Promise.all(Array.from({ length: 8 }, () => become(provider, person)));
    expect(new Set(became.map(({ user }) => user._id)).size).toBe(1);
    expect(became.filter(({ by }) => by === 'made')).toHaveLength(1);
    expect(await recordsOf(became[0]?.user._id ?? '')).toEqual(['user.provision']);
    expect(await stores.identities.listOf('default', became[0]?.user._id ?? '')).toHaveLength(1);
  });

  it('with one subject at two providers, and at a provider that points elsewhere now, is several persons', async () => {
    const [one, other] = [await newProvider(), await newProvider()];
    const persons = [newPerson(), newPerson(), newPerson()].map((person, index) => (
      { ...person, subject: 'the same', ...(index === 2 && { realm: 'elsewhere' }) }));
    const became = await Promise.all(persons.map((person, index) => become(index === 1 ? other : one, person)));
    expect(new Set(became.map(({ user }) => user._id)).size).toBe(3);
  });
});

describe('an account that was made beforehand', () => {
  it('and never confirmed, does not hold the address against its owner', async () => {
    const person = newPerson();
    await superadmin.post('/users/register', { email: person.email, password: 'a long enough password' }, 201);
    const before = await gatehouse.stores.users.findOne({ tenantId: 'default', email: person.email }).lean();
    const squatter = await gatehouse.anonymous.logIn(person.email, 'a long enough password');
    const { user, by } = await become(await newProvider(), person);
    expect({ by, isOther: user._id !== before?._id }).toEqual({ by: 'made', isOther: true });
    expect(await recordsOf(before?._id ?? '')).toContain('user.displaced');
    expect(await gatehouse.stores.sessions.countDocuments({ tenantId: 'default', userId: before?._id ?? '' })).toBe(0);
    expect(squatter.token).toBeDefined();
  });

  it('and holds more than a new user, must be linked', async () => {
    const user = await gatehouse.newUser('admin');
    const claims = { email: user.email, email_verified: true };
    await expect(become(await newProvider(), { claims })).rejects.toEqual(refused('link-required'));
  });
});

describe('linking by address', () => {
  const byEmail = { provisioning: { create: true, linkByEmail: 'verified-domain' }, domains: ['proved.example'] } as const;
  async function newAccount(set: object = {}): Promise<{ readonly userId: string; readonly person: TestPerson }> {
    const { userId } = await gatehouse.newUser();
    const person = newPerson({}, 'proved.example');
    await setUser(userId, { email: person.email, emailKey: person.email, emailVerified: true, ...set });
    return { userId, person };
  }

  it('of an account that holds nothing but what the provider could give, works', async () => {
    const { userId, person } = await newAccount();
    const provider = await newProvider(byEmail);
    expect(await wouldBecome(provider, person)).toMatchObject({ would: 'link', userId });
    expect(await become(provider, person)).toMatchObject({ by: 'linked', user: { _id: userId } });
    expect(await become(provider, person)).toMatchObject({ by: 'identity', user: { _id: userId } });
    // It has an identity of the provider already.
    await expect(become(provider, { ...person, subject: 'another' })).rejects.toEqual(refused('link-required'));
  });

  it('of an account with a role that only another provider could give, is refused; with the role in the mapping, works', async () => {
    const role = await gatehouse.newRole('/audit/load');
    const { person } = await newAccount({ roles: ['guest', role] });
    await expect(become(await newProvider(byEmail), person)).rejects.toEqual(refused('link-required'));
    expect(await become(await newProvider({ ...byEmail, roleMapping: [{ group: 'none', role }] }), person)).toMatchObject({ by: 'linked' });
  });

  it.each([
    ['an admin', { roles: ['guest', 'admin'] }], ['a superadmin', { roles: ['superadmin'] }],
    ['somebody with an unconfirmed address', { emailVerified: false, verifiedRoleGiven: true }],
    ['an admin from next year on', { roles: ['guest', 'admin'], roleTimes: [{ roleId: 'admin', validFrom: new Date('2999-01-01') }] }],
    ['somebody who is disabled', { isActive: false }],
  ])('of %s, is refused', async (_who, set) => {
    const { person } = await newAccount(set);
    const provider = await newProvider({ ...byEmail, roleMapping: [{ group: 'none', role: 'admin' }] });
    await expect(become(provider, person)).rejects.toEqual(refused('link-required'));
    expect(await wouldBecome(provider, person)).toEqual({ would: 'link required', roles: [], code: 'link-required' });
  });
});

describe('a linked user', () => {
  it('who logs in with nothing changed, leaves no event and no write but the time', async () => {
    const provider = await newProvider({
      roleMapping: [{ group: 'eng', role: 'user' }], attributeMapping: { 'attributes.level': 'level', 'department': 'dep' },
    });
    const person = newPerson({ groups: ['eng', 'all'], given_name: 'Ann', level: [1, 2], dep: 'Sales' });
    const { user, identityId } = await become(provider, person);
    const state = async () => ({
      outbox: await gatehouse.stores.outbox.countDocuments({ beat: { $exists: false } }),
      records: await gatehouse.stores.auditRecords.countDocuments({ tenantId: 'default' }),
      user: await gatehouse.stores.users.findOne({ tenantId: 'default', _id: user._id }).lean(),
      identity: { ...await gatehouse.stores.identities.findOne({ tenantId: 'default', _id: identityId }).lean(), lastLoginAt: null },
    });
    const before = await state();
    for (let time = 0; time < 3; time += 1) await become(provider, person);
    await become(provider, { ...person, claims: { ...person.claims, groups: ['all', 'eng', 'eng'], dep: ['Sales'] } });
    expect(await state()).toEqual(before);
  });

  it('whose groups change, has other roles at once; roles given by hand survive', async () => {
    const [first, second, own] = [await gatehouse.newRole(), await gatehouse.newRole(), await gatehouse.newRole()];
    const provider = await newProvider({ roleMapping: [{ group: 'one', role: first }, { group: 'two', role: second }] });
    const person = newPerson({ groups: ['one'] });
    const { user } = await become(provider, person);
    await superadmin.post('/roles/assign', { userId: user._id, type: own, mode: 'add' }, 200);
    const providedOf = async () => (await userOf(user._id)).providedRoles;
    expect(await providedOf()).toEqual([{ roleId: first, providerId: provider._id, group: 'one' }]);
    const { accessVersion } = (await become(provider, { ...person, claims: { ...person.claims, groups: ['TWO'] } })).user;
    expect(accessVersion).toBe(3); // made, assigned, provisioned
    expect(await providedOf()).toEqual([{ roleId: second, providerId: provider._id, group: 'TWO' }]);
    await become(provider, { ...person, claims: { ...person.claims, groups: undefined } });
    expect(await providedOf()).toEqual([{ roleId: 'user', providerId: provider._id }]);
    expect((await userOf(user._id)).roles).toEqual(['guest', own]);
    expect(await recordsOf(user._id)).toEqual(['user.provision', 'user.assign', 'user.provision', 'user.provision']);
  });

  it('with a new address, gets it only if it is proven and free', async () => {
    const [provider, person, other] = [await newProvider(), newPerson(), newPerson()];
    const { user, identityId } = await become(provider, person);
    const taken = (await become(provider, other)).user.email;
    const logInWith = async (claims: object) => {
      await become(provider, { ...person, claims: { ...person.claims, ...claims } });
      const note = (await gatehouse.stores.identities.findOne({ tenantId: 'default', _id: identityId }).lean())?.emailNote;
      return [(await userOf(user._id)).email, note];
    };
    const fresh = newEmail();
    expect(await logInWith({ email: fresh, email_verified: false })).toEqual([person.email, 'not-proven']);
    expect(await logInWith({ email: taken })).toEqual([person.email, 'taken']);
    expect(await logInWith({ email: `${fresh},${person.email}` })).toEqual([person.email, 'not-plain']);
    expect(await logInWith({ email: person.email.toUpperCase() })).toEqual([person.email, undefined]);
    expect(await logInWith({ email: fresh })).toEqual([fresh, undefined]);
    expect(await recordsOf(user._id)).toEqual(['user.provision', 'user.provision']);
  });

  it('who is disabled, or whose identity the provider switched off, gets in no more', async () => {
    const [provider, person, other] = [await newProvider(), newPerson(), newPerson()];
    const { user } = await become(provider, person);
    await superadmin.post('/admin/disable-user', { userId: user._id }, 200);
    await expect(become(provider, person)).rejects.toEqual(refused('user-disabled'));
    const { identityId } = await become(provider, other);
    await gatehouse.stores.identities.updateOne({ tenantId: 'default', _id: identityId }, { $set: { disabledHere: true } });
    await expect(become(provider, other)).rejects.toEqual(refused('identity-not-allowed'));
    const isLinked = (userId: string) => identities.inTenant('default', (tx) => identities.becoming.isLinked(tx, identityId, userId));
    expect(await isLinked(user._id)).toBe(false);
  });

  it('department and attributes, are those of the last login, and go with the mapping', async () => {
    const provider = await newProvider({ attributeMapping: { 'department': 'dep', 'attributes.level': 'level' } });
    const person = newPerson({ dep: 'Sales', level: 3 });
    const { user } = await become(provider, person);
    expect(await userOf(user._id)).toMatchObject({ department: 'Sales', attributes: { level: 3 } });
    await become(provider, { ...person, claims: { ...person.claims, level: undefined } });
    expect(await userOf(user._id)).not.toHaveProperty('attributes');
    await become(await editProvider(provider, { attributeMapping: {} }), person);
    expect(await userOf(user._id)).not.toHaveProperty('department');
  });
});

describe('linking to a logged-in user', () => {
  it('links once; the identity of another account is taken', async () => {
    const [provider, person] = [await newProvider(), newPerson()];
    const [ann, bob] = [await gatehouse.newUser(), await gatehouse.newUser()];
    const { identityId } = await link(provider, person, ann.userId);
    expect(await link(provider, person, ann.userId)).toEqual({ identityId });
    await expect(link(provider, person, bob.userId)).rejects.toEqual(refused('identity-taken'));
    expect(await become(provider, person)).toMatchObject({ by: 'identity', identityId, user: { _id: ann.userId } });
    expect(await recordsOf(identityId)).toEqual(['identity.link']);
    expect(await wouldBecome(provider, person)).toMatchObject({ would: 'identity', userId: ann.userId });
  });
});

describe('what a person would become', () => {
  it('is said with roles and reasons, and nothing is stored', async () => {
    const provider = await newProvider({ status: 'draft', roleMapping: [{ group: 'eng', role: 'admin' }] });
    const person = newPerson({ groups: ['Eng'] });
    const users = await gatehouse.stores.users.countDocuments({ tenantId: 'default' });
    expect(await wouldBecome(provider, person)).toEqual({
      would: 'make a user', email: person.email, roles: [{ roleId: 'admin', because: 'group Eng' }],
    });
    expect(await gatehouse.stores.users.countDocuments({ tenantId: 'default' })).toBe(users);
  });
});
