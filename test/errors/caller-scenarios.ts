import type { ErrorCode } from '../../src/errors/table.ts';
import { rawRequest } from '../gatehouse/raw-request.ts';
import { askService, undocumented } from '../gatehouse/undocumented.ts';
import type { Answer } from '../support/client/client.ts';
import { password } from './error-world.ts';
import type { ErrorWorld } from './error-world.ts';

/** One way to meet each code that is about the caller: who asks, and what they may do. */
export function createCallerScenarios(
  {
      server, ann, admin, root, guest, anybody, logIn, withRightTo, withToken, newTenant, askLater, askWithOldLogin, ask, rootId,
      identities, becomes,
  }: ErrorWorld,
) {
  return {
    'target-not-plain': () => anybody('GET', '/profile//me'),
    'authorization-repeated': async () => {
      const { status, headers, text } = await rawRequest(
        server.origin, 'GET /livez HTTP/1.1', ['Authorization: Bearer a', 'Authorization: Bearer b'],
      );
      const pairs = [...headers].flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
      return { status, headers: new Headers(pairs), body: JSON.parse(text) as unknown };
    },
    'host-not-plain': () => anybody('GET', '/livez', { headers: { Host: 'a b' } }),
    'unknown-url': () => anybody('GET', '/nowhere'),
    'method-not-allowed': () => anybody('POST', '/livez'),

    'actor-refused': () => undocumented(server.origin, '/host/acts'),
    'token-missing': () => anybody('GET', '/profile/me'),
    'token-malformed': () => withToken('rubbish'),
    'token-expired': () => askLater(6_061_000),
    'token-invalid': () => {
      const altered = (_all: string, head: string, one: string) => head + (one === 'A' ? 'B' : 'A');
      return withToken((ann.client.token ?? '').replace(/(\.[^.]+\..{9})(.)/, altered));
    },
    'token-not-yet-valid': () => askLater(-600_000),
    'token-of-other-tenant': async () => ann.client.send('GET', '/profile/me', { headers: { Host: `${await newTenant()}.example` } }),
    'session-ended': async () => {
      const session = await server.anonymous.logIn(ann.email, password);
      await session.post('/users/logout', undefined, 204);
      return session.get('/profile/me');
    },
    'user-disabled': async () => {
      const bob = await server.newUser();
      await root('POST', '/admin/disable-user', { body: { userId: bob.userId }, expected: 200 });
      return bob.client.get('/profile/me');
    },
    'refresh-token-invalid': () => anybody('POST', '/users/refresh', { body: { refresh_token: 'made-up' } }),
    'invalid-credentials': () => logIn({ body: { email: ann.email, password: 'another long password' } }),
    'client-refused': () => ask({ grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'made-up' }),
    'too-many-requests': async () => {
      const { email } = await server.newUser();
      for (let time = 0; time < 10; time += 1) await logIn({ body: { email, password: 'another long password' }, expected: 401 });
      return logIn({ body: { email, password } });
    },
    'wrong-password': () => ann.client.post('/profile/change-email', { email: 'new@example.com', password: 'another long password' }),
    'recent-login-required': () => askWithOldLogin(),
    'right-missing': () => guest('GET', '/admin/load-users'),
    'permission-missing': () => withRightTo('/host/items/:itemId', '/host/items/7'),
    'role-missing': () => withRightTo('/host/staff'),
    'policy-denies': async () => {
      const denied = await server.newRole('/admin/load-users');
      await root('PUT', '/roles/update', {
        body: { type: denied, policies: [{ effect: 'deny', actions: ['GET'], resources: ['/admin/**'] }] }, expected: 200,
      });
      return (await server.newUser(denied)).client.get('/admin/load-users');
    },
    'grants-not-in-token': async () => {
      const items = Array.from({ length: 100 }, (_, index) => ({ effect: 'allow', actions: ['read'], resources: [`items/${index}`] }));
      const much = await server.newRole();
      await root('PUT', '/roles/update', { body: { type: much, policies: items }, expected: 200 });
      return askService({ jwksUrl: `${server.origin}/.well-known/jwks.json` }, (await server.newUser(much)).client.token);
    },
    'target-outranks-caller': async () => admin.client.post('/admin/disable-user', { userId: await rootId() }),
    'grants-exceed-own': async () => admin.client.post(
      '/groups/create', { groupName: 'beyond', roles: [await server.newRole('/host/items/:itemId')] },
    ),
    'login-method-closed': async () => logIn({ body: { email: ann.email, password, tenant: await newTenant({ loginMethods: [] }) } }),
    'tenant-not-yours': () => ann.client.post('/permissions/check?tenant=default', { checks: [] }),
    'identity-not-found': () => guest('DELETE', '/profile/identities/unknown'),
    'identity-not-allowed': () => becomes(async () => identities.become(await identities.newProvider(), {})),
    'link-required': () => becomes(async () => identities.become(
      await identities.newProvider(), { claims: { email: admin.email, email_verified: true } },
    )),
    'identity-taken': () => becomes(async () => {
      const provider = await identities.newProvider();
      await identities.link(provider, { subject: 'shared' }, admin.userId);
      await identities.link(provider, { subject: 'shared' }, ann.userId);
    }),
    'last-way-in': async () => {
      const { userId, client } = await server.newUser();
      const { identityId } = await identities.link(await identities.newProvider(), {}, userId);
      await server.stores.users.updateOne({ tenantId: 'default', _id: userId }, { $unset: { password: 1 } });
      return client.send('DELETE', `/profile/identities/${identityId}`);
    },
    'self-not-allowed': async () => root('POST', '/admin/disable-user', { body: { userId: await rootId() } }),
    'last-superadmin': () => root('POST', '/roles/assign', { body: { email: 'root@example.com', type: 'guest' } }),
  } satisfies Partial<Record<ErrorCode, () => Promise<Answer>>>;
}
