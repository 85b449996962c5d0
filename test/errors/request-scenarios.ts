import type { ErrorCode } from '../../src/errors/table.ts';
import { alternating, hostilePolicies } from '../engine/hostile-policies.ts';
import { oidc, providerBody } from '../features/sso/provider-content.ts';
import type { Answer } from '../support/client/client.ts';
import { postForm } from '../support/service-client.ts';
import { exchangeForm, exchangeGrant } from '../support/sso/token-issuer.ts';
import { password } from './error-world.ts';
import type { ErrorWorld } from './error-world.ts';

/** One way to meet each code that is about the request: what it asks for, and what is stored. */
export function createRequestScenarios(
  { server, ann, role, root, anybody, logIn, newTenant, tenantIdOf, deleteTenant, ask, newClient, newProvider }: ErrorWorld,
) {
  return {
    'malformed-body': () => logIn({ body: '{"email":' }),
    'body-too-large': () => logIn({ body: { email: 'x'.repeat(200_000), password } }),
    'unsupported-media-type': () => logIn({ body: 'email=a', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
    'oauth-request-malformed': () => ask('grant_type=a&grant_type=b'),
    'grant-type-unsupported': async () => ask({ grant_type: 'password', ...await newClient() }),
    'scope-unknown': async () => ask({ grant_type: 'client_credentials', scope: 'all', ...await newClient() }),
    'token-exchange-malformed': async () => ask({ grant_type: exchangeGrant, ...await newClient() }),
    'token-target-unknown': async () => ask({ ...exchangeForm('x', { audience: 'y' }), ...await newClient() }),
    'subject-token-refused': async () => ask({ ...exchangeForm('x'), ...await newClient() }),
    'invalid-input': () => logIn({ body: { email: { $gt: '' }, password, isActive: true } }),
    'weak-password': () => root('POST', '/admin/create-user', { body: { email: 'weak@example.com', password: 'short' } }),
    'right-not-registered': () => root('POST', '/roles/create', { body: { roleId: 'r', type: 'r', rights: ['/nowhere'] } }),
    'right-is-config': () => root('POST', '/roles/create', { body: { roleId: 'r', type: 'r', rights: ['/roles/create'] } }),
    'not-previewable': () => root('POST', '/roles/preview', { body: { method: 'POST', url: '/users/login', body: {} } }),
    'permission-not-known': () => root('PUT', '/roles/update', { body: { type: role, permissions: ['read:items', 'read:minds'] } }),
    'policies-too-complex': () => root('POST', '/roles/create', {
      body: { roleId: 'heavy', type: 'heavy', rights: [], policies: hostilePolicies({ pattern: alternating, count: 100 }) },
    }),
    'superadmin-not-inherited': () => root('PUT', '/roles/update', { body: { type: role, inherits: ['superadmin'] } }),
    'superadmin-not-timed': () => root(
      'POST', '/roles/assign', { body: { userId: ann.userId, type: 'superadmin', mode: 'add', validUntil: '2100-01-01T00:00:00Z' } },
    ),
    'role-circle': async () => {
      const [parent, child] = [await server.newRole(), await server.newRole()];
      await root('PUT', '/roles/update', { body: { type: child, inherits: [parent] }, expected: 200 });
      return root('PUT', '/roles/update', { body: { type: parent, inherits: [child] } });
    },
    'too-many-rights': async () => {
      const full = await server.newRole();
      const rights = Array.from(
        { length: 10_000 }, (_, index) => ({ name: `${index}`, path: '/old/', url: `/old/${index}`, access: 'auth' as const }),
      );
      await server.stores.roles.updateOne({ tenantId: 'default', roleId: full }, { $set: { rights } });
      return root('PUT', '/roles/update-rights', { body: { roleId: full, add: ['/admin/load-users'] } });
    },

    'domain-not-found': () => root('POST', '/domains/verify', { body: { domain: 'never-added.example' } }),
    'domain-not-verified': async () => {
      await root('POST', '/domains/add', { body: { domain: 'unproven.example' }, expected: 201 });
      return root('POST', '/domains/verify', { body: { domain: 'unproven.example' } });
    },
    'domain-taken': async () => root('POST', '/domains/add', { body: { domain: `${await newTenant()}.example`, withoutProof: true } }),
    'domain-proof-required': async () => (await server.newTenant()).admin.client.send(
      'POST', '/domains/add', { body: { domain: 'vouched.example', withoutProof: true } },
    ),
    'domain-public': () => root('POST', '/domains/add', { body: { domain: 'gmail.com' } }),

    'tenant-not-found': () => root('GET', '/roles/load?tenant=nobody'),
    'tenant-exists': () => root('POST', '/tenants/create', { body: { name: 'default', admin: { email: 'boss@example.com' } } }),
    'domain-in-use': () => root(
      'POST', '/tenants/create', { body: { name: 'taker', domain: 'example.com', admin: { email: 'boss@example.com' } } },
    ),
    'tenant-not-suspended': async () => deleteTenant(await newTenant()),
    'audit-not-exported': async () => {
      const name = await newTenant();
      await root('POST', '/tenants/suspend', { body: { tenantId: await tenantIdOf(name) }, expected: 200 });
      return deleteTenant(name);
    },
    'default-tenant-fixed': () => root('POST', '/tenants/suspend', { body: { tenantId: 'default' } }),
    'tenant-full': async () => root('POST', `/roles/create?tenant=${await newTenant({ limits: { roles: 3 } })}`, {
      body: { roleId: 'one-more', type: 'one-more', rights: [] },
    }),
    'role-not-found': () => root('GET', '/roles/get-rights?roleId=nobody'),
    'user-not-found': () => root('GET', '/admin/load-user/nobody'),
    'session-not-found': () => root('DELETE', '/profile/sessions/nothing'),
    'file-not-found': () => anybody('GET', '/docs/nothing.js'),
    'role-exists': () => root('POST', '/roles/create', { body: { roleId: role, type: 'another', rights: [] } }),
    'role-in-use': async () => {
      await server.newUser(role);
      return root('DELETE', `/roles/delete?roleId=${role}`);
    },
    'group-not-found': () => root('GET', '/groups/load/nothing'),
    'group-exists': async () => {
      await root('POST', '/groups/create', { body: { groupName: 'twice' }, expected: 201 });
      return root('POST', '/groups/create', { body: { groupName: 'twice' } });
    },
    'user-not-in-group': async () => {
      const { body } = await root('POST', '/groups/create', { body: { groupName: 'empty' }, expected: 201 });
      return root('DELETE', `/groups/remove-user?userId=${ann.userId}&groupId=${(body as { groupId: string }).groupId}`);
    },
    'client-not-found': () => root('POST', '/clients/disable', { body: { clientId: 'nobody' } }),
    'membership-not-found': () => root('DELETE', `/memberships/remove?userId=${ann.userId}&resource=projects/7&roleId=${role}`),
    'role-inherited': async () => {
      const parent = await server.newRole();
      await root('PUT', '/roles/update', { body: { type: await server.newRole(), inherits: [parent] }, expected: 200 });
      return root('DELETE', `/roles/delete?type=${parent}`);
    },
    'ladder-fixed': () => root('PUT', '/roles/update', { body: { type: 'user', inherits: [] } }),
    'system-role': () => root('DELETE', '/roles/delete?type=user'),
    'superadmin-rights-fixed': () => root('PUT', '/roles/update-rights', { body: { type: 'superadmin', remove: ['/roles/create'] } }),
    'email-taken': () => root('POST', '/admin/create-user', { body: { email: ann.email.toUpperCase(), password } }),
    'set-up-link-invalid': () => anybody(
      'POST', '/users/set-up-superadmin', { body: { token: 'made-up', email: 'me@example.com', password } },
    ),
    'link-invalid': () => anybody('POST', '/users/reset-password', { body: { token: 'made-up', password } }),
    'return-url-not-allowed': () => anybody(
      'POST', '/users/forgot-password', { body: { email: 'me@example.com', returnTo: 'https://evil.example' } },
    ),
    'mail-not-possible': async () => {
      const { userId } = await server.newUser();
      await root('POST', '/admin/disable-user', { body: { userId }, expected: 200 });
      return root('POST', '/admin/set-new-password', { body: { userId } });
    },
    'provider-not-found': () => root('GET', '/identity-providers/load/nothing'),
    'provider-test-not-found': () => root('GET', '/identity-providers/load-test/nothing'),
    'login-not-found': () => root('GET', '/identity-providers/load-login/nothing'),
    'provider-inactive': async () => {
      const providerId = await newProvider();
      await server.stores.identityProviders.updateOne(
        { tenantId: 'default', _id: providerId },
        { status: 'inactive', live: { revision: 1, configuration: oidc, sealed: {} } },
      );
      await root('PUT', '/identity-providers/update', { body: { providerId, providerName: providerId }, expected: 200 });
      return root('POST', '/profile/link-identity', {
        body: { providerId, returnTo: 'https://app.example.com/', codeChallenge: 'A'.repeat(43) },
      });
    },
    'sso-refused': () => anybody('GET', '/sso/callback/nothing?code=x', { headers: { Accept: 'application/json' } }),
    'code-invalid': () => anybody('POST', '/users/exchange-code', { body: { code: 'made-up', codeVerifier: 'A'.repeat(43) } }),
    'logout-token-invalid': () => postForm(server.anonymous, '/sso/back-channel/nothing', { logout_token: 'made-up' }),
    'provider-unreachable': async () => {
      const providerId = await newProvider({ configuration: { ...oidc, issuer: 'https://127.0.0.1:1' } });
      const { body } = await root('POST', '/identity-providers/test', { body: { providerId }, expected: 200 });
      const { testId } = body as { testId: string };
      // The start of the test has noticed it too. The provider went away a moment later.
      await server.stores.providerTests.updateOne({ tenantId: 'default', _id: testId }, { result: 'pending' });
      return anybody('GET', `/sso/start?providerId=${providerId}&test=${testId}`, { headers: { Accept: 'application/json' } });
    },
    'provider-exists': async () => {
      await newProvider({ providerName: 'twice' });
      return root('POST', '/identity-providers/create', { body: providerBody({ providerName: 'Twice' }) });
    },
    'provider-not-tested': async () => root(
      'POST', '/identity-providers/activate', { body: { providerId: await newProvider(), revision: 1 } },
    ),
    'provider-invalid': () => root('POST', '/identity-providers/create', { body: providerBody({ configuration: { issuer: 'no url' } }) }),
    'version-conflict': () => root('PUT', `/admin/update-user/${ann.userId}`, { body: { firstName: 'Ann', version: 99 } }),
  } satisfies Partial<Record<ErrorCode, () => Promise<Answer>>>;
}
