import { bodyOf, codeOf, itemsOf } from '../../support/answers.ts';
import type { AnswerAt } from '../../support/client/routes.ts';
import type { Client } from '../../support/client/client.ts';
import { contentOf } from '../../support/gatehouse/content.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startIdentities } from '../../support/identities.ts';
import { clientSecret, markTested, oidc, providerBody } from './provider-content.ts';
import type { NewProviderBody } from './provider-content.ts';

const server = await startGatehouse({ attributes: ['cost-centre', 'level'] });
const root = server.superadmin;
const acme = await server.newTenant();

async function newProvider(content: Partial<NewProviderBody> = {}, client: Client = root) {
  return bodyOf(await client.post('/identity-providers/create', providerBody(content), 201));
}

async function newActive(content: Partial<NewProviderBody> = {}): Promise<AnswerAt<'POST', '/identity-providers/activate', 200>> {
  const provider = await newProvider(content);
  await markTested(server, provider);
  const { providerId, revision } = provider;
  return bodyOf(await root.post('/identity-providers/activate', { providerId, revision }, 200));
}

describe('an identity provider', () => {
  it('created, is a draft that shows its URLs and never its secrets', async () => {
    const provider = await newProvider({
      domains: [], attributeMapping: { subject: 'oid', groups: { from: ['groups', '/realm/roles'] } },
    });
    expect(provider).toMatchObject({
      protocol: 'OIDC', status: 'draft', isActive: false, revision: 1, version: 1, configuration: oidc, hasSecrets: ['clientSecret'],
      attributeMapping: { subject: 'oid', groups: { from: ['groups', '/realm/roles'] } },
    });
    expect(provider).not.toHaveProperty('liveRevision');
    expect(provider.providerId).toMatch(/^default\.[0-9a-f]{24}$/);
    expect(provider.urls.callback).toMatch(new RegExp(`/sso/callback/${provider.providerId.replace('.', '\\.')}$`));
    expect(bodyOf(await root.get(`/identity-providers/load/${provider.providerId}`, 200))).toEqual(provider);
    expect(itemsOf(await root.get('/identity-providers/load?protocol=OIDC&status=draft&limit=200', 200))).toContainEqual(provider);
    expect(itemsOf(await root.get('/identity-providers/load?protocol=HEADER', 200))).toEqual([]);
    expect(JSON.stringify(await contentOf(server.connection))).not.toContain(clientSecret);
  });

  it('with a name that another one has in other letters, is refused; in another tenant it is not', async () => {
    const { providerName } = await newProvider();
    const same = providerBody({ providerName: providerName.toUpperCase() });
    expect(codeOf(await root.post('/identity-providers/create', same, 409))).toBe('provider-exists');
    await acme.admin.client.post('/identity-providers/create', same, 201);
    const { providerId } = await newProvider();
    expect(codeOf(await root.put('/identity-providers/update', { providerId, providerName: ` ${providerName.toUpperCase()}` }, 409)))
      .toBe('provider-exists');
  });

  it('of a tenant, is its admin\'s and, by its name, a superadmin\'s; nobody else sees it', async () => {
    const other = await server.newTenant();
    const { providerId } = await newProvider({}, acme.admin.client);
    expect(providerId.startsWith(`${acme.tenantId}.`)).toBe(true);
    expect(itemsOf(await root.get(`/identity-providers/load?tenant=${acme.name}&limit=200`, 200)).map((each) => each.providerId))
      .toContain(providerId);
    for (const client of [other.admin.client, root]) {
      expect(codeOf(await client.get(`/identity-providers/load/${providerId}`, 404))).toBe('provider-not-found');
      expect(codeOf(await client.put('/identity-providers/update', { providerId, providerName: 'mine' }, 404))).toBe('provider-not-found');
      expect(codeOf(await client.delete(`/identity-providers/delete?providerId=${providerId}`, 404))).toBe('provider-not-found');
    }
    await (await server.newUser()).client.get('/identity-providers/load', 403);
  });

  it('beyond the limit of the tenant, is refused', async () => {
    const { admin, name } = await server.newTenant({ settings: { limits: { providers: 1 } } });
    await newProvider({}, admin.client);
    expect(codeOf(await root.post(`/identity-providers/create?tenant=${name}`, providerBody(), 409))).toBe('tenant-full');
  });

  it('edited in its trust, gets the next revision beside the live one, and its version', async () => {
    const live = await newActive();
    const { providerId, version } = live;
    expect(live).toMatchObject({ status: 'active', isActive: true, revision: 1, liveRevision: 1, testedRevision: 1 });
    const edited = bodyOf(await root.put('/identity-providers/update', {
      providerId, version, configuration: { ...oidc, clientId: 'other' },
    }, 200));
    expect(edited).toMatchObject({ revision: 2, liveRevision: 1, status: 'active', hasSecrets: ['clientSecret'], version: version + 1 });
    expect(codeOf(await root.put('/identity-providers/update', { providerId, version, providerName: 'late' }, 409)))
      .toBe('version-conflict');
    expect(codeOf(await root.post('/identity-providers/activate', { providerId, revision: 2 }, 409))).toBe('provider-not-tested');
    const stored = await server.stores.identityProviders.findOne({ tenantId: 'default', _id: providerId }).lean();
    expect(stored).toMatchObject({ live: { revision: 1, configuration: oidc }, configuration: { clientId: 'other' } });
    await markTested(server, edited);
    expect(bodyOf(await root.post('/identity-providers/activate', { providerId, revision: 2 }, 200))).toMatchObject({ liveRevision: 2 });
  });

  it('edited in anything else, keeps its revision', async () => {
    const { providerId } = await newProvider();
    const edit = {
      providerName: `renamed ${providerId}`, roleMapping: [{ group: 'staff-*', role: 'user' }], provisioning: { create: true },
    };
    expect(bodyOf(await root.put('/identity-providers/update', { providerId, ...edit }, 200))).toMatchObject({ ...edit, revision: 1 });
    expect(bodyOf(await root.put('/identity-providers/update', { providerId, attributeMapping: { email: 'mail' } }, 200)))
      .toMatchObject({ revision: 1, attributeMapping: { email: 'mail' } });
    expect(bodyOf(await root.put('/identity-providers/update', { providerId, attributeMapping: { email: 'mail', subject: 'oid' } }, 200)))
      .toMatchObject({ revision: 2 });
  });

  it('pointed to another issuer, loses its secret unless it is sent again, so that nobody can have it sent elsewhere', async () => {
    const { providerId } = await newProvider();
    const elsewhere = { ...oidc, issuer: 'https://evil.example' };
    expect(bodyOf(await root.put('/identity-providers/update', { providerId, configuration: elsewhere }, 200)).hasSecrets).toEqual([]);
    const again = { providerId, configuration: oidc, secrets: { clientSecret } };
    expect(bodyOf(await root.put('/identity-providers/update', again, 200)).hasSecrets).toEqual(['clientSecret']);
  });

  it('with mappings, keeps them as they are sent, and names each faulty field of them', async () => {
    const content = {
      attributeMapping: { 'groups': { from: ['groups', '/realm/roles'], prefix: '/' }, 'attributes.cost-centre': 'cc' },
      roleMapping: [{ group: '*-core', role: 'user' }, { group: 'eng-*', role: 'user' }, { from: 'roles', equals: 'a', role: 'user' }],
      provisioning: { create: true, unmatched: 'refuse' as const },
    };
    const { providerId } = await newProvider(content);
    expect(bodyOf(await root.get(`/identity-providers/load/${providerId}`, 200))).toMatchObject(content);
    const undeclared = { providerId, attributeMapping: { 'attributes.colour': 'c' }, roleMapping: [
      { from: 'attributes.level', equals: '7', role: 'user' }, { from: 'attributes.size', equals: 'xl', role: 'user' },
    ] };
    expect((await root.put('/identity-providers/update', undeclared, 422)).body.errors).toEqual([
      { field: 'body.attributeMapping.attributes.colour', message: 'is not a declared attribute' },
      { field: 'body.roleMapping[1].from', message: 'is not a declared attribute' },
    ]);
    const faulty = {
      providerId, attributeMapping: { name: 'x' }, roleMapping: [{ group: 'a*b', role: 'user' }], provisioning: { create: 1 },
    };
    const { errors = [] } = (await root.send('PUT', '/identity-providers/update', { body: faulty, expected: 422 })).body;
    expect(errors.map(({ field }) => field)).toEqual([
      'body.attributeMapping.name', 'body.roleMapping[0].group', 'body.provisioning.create',
    ]);
  });

  it('deactivated and deleted, is gone, and each change is in the trail without a secret', async () => {
    const { providerId } = await newActive();
    await root.put('/identity-providers/update', { providerId, secrets: { clientSecret: 'another secret of it' } }, 200);
    expect(bodyOf(await root.post('/identity-providers/deactivate', { providerId }, 200)).status).toBe('inactive');
    expect(bodyOf(await root.post('/identity-providers/activate', { providerId, revision: 1 }, 200)).status).toBe('active');
    await root.delete(`/identity-providers/delete?providerId=${providerId}`, 204);
    expect(codeOf(await root.get(`/identity-providers/load/${providerId}`, 404))).toBe('provider-not-found');
    const records = itemsOf(await root.get('/audit/load?limit=200', 200)).filter(({ target }) => target?.id === providerId);
    expect(records.map(({ action }) => action).reverse()).toEqual([
      'provider.create', 'provider.activate', 'provider.update', 'provider.deactivate', 'provider.activate', 'provider.delete',
    ]);
    expect(records[3]).toMatchObject({ after: { revision: 2, secrets: 'changed' } });
    expect(JSON.stringify(records)).not.toMatch(/another secret|a secret that/);
  });

  it('whose role is deleted, is given the other one', async () => {
    const [role, other] = [await server.newRole(), await server.newRole()];
    const { providerId } = await newProvider({ roleMapping: [{ group: 'a', role }], provisioning: { defaultRole: role } });
    expect(codeOf(await root.delete(`/roles/delete?roleId=${role}`, 409))).toBe('role-in-use');
    await root.delete(`/roles/delete?roleId=${role}&reassignTo=${other}`, 204);
    expect(bodyOf(await root.get(`/identity-providers/load/${providerId}`, 200)))
      .toMatchObject({ roleMapping: [{ group: 'a', role: other }], provisioning: { defaultRole: other } });
  });
});

describe('what a provider gives', () => {
  it('is no more than the caller holds: mapping and default role, before and after', async () => {
    const { admin, name } = acme;
    const strong = bodyOf(await root.post(`/roles/create?tenant=${name}`, {
      roleId: 'strong', type: 'strong', rights: [], policies: [{ effect: 'allow', actions: ['read'], resources: ['payroll'] }],
    }, 201)).roleId;
    const create = (content: Partial<NewProviderBody>) => admin.client.post('/identity-providers/create', providerBody(content), 403);
    expect(codeOf(await create({ roleMapping: [{ group: 'all', role: strong }] }))).toBe('grants-exceed-own');
    expect(codeOf(await create({ provisioning: { defaultRole: strong } }))).toBe('grants-exceed-own');
    const { providerId } = await newProvider({ roleMapping: [{ from: 'roles', equals: 'staff', role: 'user' }] }, admin.client);
    const update = (edit: object) => admin.client.put('/identity-providers/update', { providerId, ...edit }, 403);
    expect(codeOf(await update({ roleMapping: [{ group: 'all', role: strong }] }))).toBe('grants-exceed-own');
    await root.put(`/identity-providers/update?tenant=${name}`, { providerId, roleMapping: [{ group: 'all', role: strong }] }, 200);
    for (const edit of [
      { roleMapping: [] }, { attributeMapping: { groups: 'mine' } }, { provisioning: { trustsEmail: true } },
      { provisioning: { linkByEmail: 'verified-domain' } }, { configuration: { ...oidc, clientId: 'mine' } },
    ]) expect(codeOf(await update(edit))).toBe('grants-exceed-own');
    await markTested(server, { providerId, revision: 1 });
    expect(codeOf(await admin.client.post('/identity-providers/activate', { providerId, revision: 1 }, 403))).toBe('grants-exceed-own');
  });

  it('counts what conditions hold back on attributes that its mapping sets', async () => {
    const { admin, name } = await server.newTenant();
    const policy = { effect: 'allow', actions: ['read'], resources: ['ledgers/*'], conditions: [
      { type: 'attribute', left: 'subject.department', operator: 'eq', right: 'resource.department' },
      { type: 'attribute', left: 'subject.attributes.level', operator: 'gt', right: { value: 2 } },
    ] } as const;
    const clerk = { roleId: 'clerk', type: 'clerk', rights: [], policies: [policy] };
    await root.post(`/roles/create?tenant=${name}`, clerk, 201);
    await root.put(`/roles/update?tenant=${name}`, { type: 'admin', policies: [policy] }, 200);
    const { providerId } = await newProvider({ roleMapping: [{ group: 'all', role: 'clerk' }] }, admin.client);
    const attributeMapping = { 'department': 'dep', 'attributes.level': 'level' };
    expect(codeOf(await admin.client.put('/identity-providers/update', { providerId, attributeMapping }, 403))).toBe('grants-exceed-own');
    await root.put(`/identity-providers/update?tenant=${name}`, { providerId, attributeMapping }, 200);
  });

  it('is never the superadmin role, nor a role that does not exist', async () => {
    const map = (role: string) => providerBody({ roleMapping: [{ group: 'all', role }] });
    expect(codeOf(await root.post('/identity-providers/create', map('superadmin'), 422))).toBe('superadmin-not-inherited');
    expect(codeOf(await root.post('/identity-providers/create', map('nobody'), 404))).toBe('role-not-found');
    expect(codeOf(await root.post('/identity-providers/create', providerBody({ provisioning: { defaultRole: 'superadmin' } }), 422)))
      .toBe('superadmin-not-inherited');
  });

  it('its domains, are verified ones of the tenant, and of one provider alone', async () => {
    const { admin, name } = await server.newTenant({ domain: 'domains.example' });
    const body = (domains: string[]) => providerBody({ domains });
    expect(codeOf(await admin.client.post('/identity-providers/create', body(['foreign.example']), 409))).toBe('domain-not-verified');
    expect(codeOf(await root.post('/identity-providers/create', body(['domains.example']), 409))).toBe('domain-not-verified');
    const { domains } = bodyOf(await admin.client.post('/identity-providers/create', body(['DOMAINS.example', 'domains.example']), 201));
    expect(domains).toEqual(['domains.example']);
    expect((await root.post(`/identity-providers/create?tenant=${name}`, body(['domains.example']), 422)).body)
      .toMatchObject({ code: 'provider-invalid', errors: [{ field: 'body.domains[0]' }] });
  });

  it('a mapping that was edited, is read anew by every node at once', async () => {
    const versionOf = async () => (await server.stores.tenants.findOne({ _id: 'default' }).lean())?.policyVersion ?? 0;
    const { providerId } = await newProvider();
    const before = await versionOf();
    await root.put('/identity-providers/update', { providerId, secrets: { clientSecret } }, 200);
    expect(await versionOf()).toBe(before);
    await root.put('/identity-providers/update', { providerId, roleMapping: [{ group: 'a', role: 'user' }] }, 200);
    expect(await versionOf()).toBe(before + 1);
  });
});

describe('the last way in', () => {
  it('of a tenant where nobody can log in by password, is neither deactivated nor deleted', async () => {
    const { name, tenantId, admin } = await server.newTenant();
    const draft = await newProvider({}, admin.client);
    const { providerId } = draft;
    await markTested(server, draft);
    await admin.client.post('/identity-providers/activate', { providerId, revision: 1 }, 200);
    await root.put('/tenants/update', { tenantId, settings: { loginMethods: ['sso'] } }, 200);
    expect(codeOf(await root.post(`/identity-providers/deactivate?tenant=${name}`, { providerId }, 409))).toBe('last-way-in');
    expect(codeOf(await admin.client.delete(`/identity-providers/delete?providerId=${providerId}`, 409))).toBe('last-way-in');
    await root.put('/tenants/update', { tenantId, settings: { loginMethods: ['password'] } }, 200);
    await admin.client.post('/identity-providers/deactivate', { providerId, keepSessions: true }, 200);
    expect(bodyOf(await admin.client.post('/identity-providers/deactivate', { providerId }, 200)).status).toBe('inactive');
    await root.put('/tenants/update', { tenantId, settings: { loginMethods: [] } }, 200);
    await admin.client.delete(`/identity-providers/delete?providerId=${providerId}`, 204);
  });

  it('of another tenant, is closed by a superadmin on purpose; of their own, by nobody', async () => {
    const own = await startGatehouse();
    const { superadmin, stores } = own;
    const { tenantId, admin } = await own.newTenant();
    await superadmin.put('/tenants/update', { tenantId, settings: { loginMethods: [] } }, 200);
    expect(codeOf(await admin.client.put('/tenants/update', { tenantId, settings: { loginMethods: [] } }, 403))).toBe('right-missing');

    const identities = startIdentities(own);
    const user = await own.newUser();
    await identities.link(await identities.newProvider(), {}, user.userId);
    await stores.users.updateMany({ tenantId: 'default' }, { $unset: { password: 1 } });
    const open = (...loginMethods: ('password' | 'sso')[]) => (
      superadmin.put('/tenants/update', { tenantId: 'default', settings: { loginMethods } }));
    expect(codeOf(await open('password'))).toBe('last-way-in');
    expect((await open('password', 'sso')).status).toBe(200);
    await superadmin.post('/admin/disable-user', { userId: user.userId }, 200);
    expect(codeOf(await open('password', 'sso'))).toBe('last-way-in');
  });
});
