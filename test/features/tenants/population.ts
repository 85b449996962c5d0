import { randomBytes } from 'node:crypto';
import { newId } from '../../../src/platform/database/queries/new-id.ts';
import type { Client } from '../../support/client/client.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { oidc, providerBody } from '../sso/provider-content.ts';
import { newServiceClient } from '../../support/service-client.ts';

/** One of everything that a tenant owns, and names of more that each test case may use up. */
export interface Population {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly userId: string;
  readonly email: string;
  readonly sessionId: string;
  readonly role: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly resource: string;
  readonly clientId: string;
  readonly providerId: string;
  readonly identityId: string;
  /**
   * Addresses of further users, roleIds of further roles, names of further groups, resources of further memberships; each is given out
   * once.
   */
  readonly next: {
    readonly email: () => string; readonly role: () => string; readonly groupName: () => string; readonly resource: () => string;
  };
  /** Whatever of it no other tenant may be shown. */
  readonly secrets: readonly string[];
}

export const password = 'a long enough password';
const spares = 200;

/** Fills a tenant by its admin's own calls, and with further rows straight into the store. */
export async function populate(
  { stores, anonymous }: TestGatehouse, admin: Client, { tenantId, tenantName }: Pick<Population, 'tenantId' | 'tenantName'>,
): Promise<Population> {
  const [mark, spare] = [randomBytes(5).toString('hex'), randomBytes(5).toString('hex')];
  const [email, role, groupName, resource] = [`user-${mark}@example.com`, `role-${mark}`, `group-${mark}`, `projects/p-${mark}`];
  const { userId } = (await admin.post('/admin/create-user', { email, password, firstName: `First-${mark}` }, 201)).body;
  await admin.post('/roles/create', { roleId: role, type: role, rights: [], description: `about ${mark}` }, 201);
  await admin.post('/roles/assign', { userId, type: role, mode: 'add' }, 200);
  const { groupId } = (await admin.post('/groups/create', { groupName, roles: [role] }, 201)).body;
  await admin.post('/groups/add-users', [{ userId, groupId }], 204);
  await admin.post('/memberships/add', { userId, resource, type: role }, 201);
  const { clientId } = await newServiceClient(admin);
  const { providerId } = (await admin.post('/identity-providers/create', providerBody({ providerName: `provider ${mark}` }), 201)).body;
  const identityId = newId();
  await stores.identities.create([{
    _id: identityId, tenantId, userId, providerId, realm: 'realm', subject: `subject ${mark}`, groups: [], claimsAt: new Date(),
    lastLoginAt: new Date(),
  }]);
  await anonymous.logIn(email, password, tenantName);
  const session = await stores.sessions.findOne({ tenantId, userId }).lean();

  const numbers = Array.from({ length: spares }, (_each, index) => index);
  const address = (index: number) => `more-${index}-${spare}@example.com`;
  await stores.users.insertMany(numbers.map((index) => (
    { _id: newId(), tenantId, email: address(index), emailKey: address(index), roles: [
      'guest',
    ], isActive: true, accessVersion: 1, version: 1, createdAt: new Date() })));
  await stores.roles.insertMany(numbers.map((index) => ({
    _id: newId(), tenantId, roleId: `more-${index}-${spare}`, type: `more-${index}-${spare}`, name: 'More', description: '', rights: [],
    permissions: [], policies: [], inherits: [],
    isSystemRole: false, isDefault: false, version: 1, lockCount: 0, seeded: [],
  })));
  await stores.groups.insertMany(numbers.map(
    (index) => ({ _id: newId(), tenantId, groupName: `more ${index} ${spare}`, roles: [], policies: [], version: 1, lockCount: 0 }),
  ));
  await stores.memberships.insertMany(
    numbers.map((index) => ({ _id: newId(), tenantId, userId, resource: `projects/p-${index}-${spare}`, roleId: role })),
  );
  return {
    tenantId, tenantName, userId, email, sessionId: session?._id ?? '', role, groupId, groupName, resource, clientId, providerId,
    identityId,
    next: { email: counting(address), role: counting(
      (index) => `more-${index}-${spare}`,
    ), groupName: counting((index) => `more ${index} ${spare}`), resource: counting((index) => `projects/p-${index}-${spare}`) },
    secrets: [
      mark, userId, groupId, clientId, providerId, identityId, session?._id ?? mark,
      ...(tenantId === 'default' ? [] : [tenantId, tenantName]),
    ],
  };
}

function counting(make: (index: number) => string): () => string {
  let index = 0;
  return () => {
    if (index === spares) throw new Error('Too few spare names: raise their number.');
    return make(index++);
  };
}

/** What each operation with ids in its body, or in its query, is sent when all of them are one's own. */
export function ownInput(
  { userId, email, role, groupId, groupName, resource, clientId, providerId, identityId }: Population,
): Record<string, unknown> {
  return {
    'POST /users/login': { email, password: 'not the right password' },
    'POST /login': { email, password: 'not the right password' },
    'POST /users/register': { email, password },
    'POST /users/resend-verification': { email },
    'POST /users/forgot-password': { email },
    'POST /profile/change-email': { email, password },
    'POST /admin/create-user': { email, password },
    'PUT /admin/update-user/{userId}': { email },
    'POST /admin/set-new-password': { userId },
    'POST /admin/disable-user': { userId },
    'POST /admin/enable-user': { userId },
    'POST /admin/unlink-identity': { userId, identityId },
    'POST /profile/link-identity': { providerId, returnTo: 'https://app.example.com/', codeChallenge: 'A'.repeat(43) },
    'POST /sso/discover': { email },
    'POST /permissions/check': { checks: [{ userId, action: 'read', resource }, { userId, method: 'GET', url: '/profile/me' }] },
    'POST /permissions/explain': { userId, action: 'read', resource },
    'POST /permissions/who-can': { action: 'read', resource },
    'POST /roles/preview': { method: 'POST', url: '/roles/assign', body: { userId, type: role, mode: 'remove' } },
    'POST /roles/create': { roleId: role, type: role, rights: [], inherits: [role] },
    'PUT /roles/update': { type: role, inherits: [] },
    'PUT /roles/update-rights': { type: role, rights: [] },
    'PUT /roles/set-default': { type: role },
    'POST /roles/assign': { userId, type: role, mode: 'add' },
    'POST /groups/create': { groupName, roles: [role] },
    'PUT /groups/update': { groupId, groupName, roles: [role] },
    'POST /groups/add-users': [{ userId, groupId }],
    'POST /memberships/add': { userId, resource, type: role },
    'POST /tenants/create': { name: 'not-theirs', admin: { email } },
    'PUT /tenants/update': { tenantId: 'default', name: 'default' },
    'POST /tenants/suspend': { tenantId: 'default' },
    'POST /tenants/resume': { tenantId: 'default' },
    'POST /clients/create': { name: 'robot', roles: [role] },
    'POST /clients/rotate-secret': { clientId },
    'POST /clients/disable': { clientId },
    'POST /clients/enable': { clientId },
    'DELETE /clients/delete': { clientId },
    // A header, because the clientId of OpenID Connect is one of the provider's own.
    'POST /identity-providers/create': providerBody({
      protocol: 'HEADER', configuration: { header: 'x-user', secretHeader: 'x-secret' }, secrets: { headerSecret: 'x'.repeat(40) },
      roleMapping: [{ group: 'staff', role }], provisioning: { defaultRole: role },
    }),
    'PUT /identity-providers/update': { providerId, roleMapping: [{ group: 'staff', role }] },
    'POST /identity-providers/test': { providerId },
    'POST /identity-providers/validate-token': { providerId, token: 'made-up' },
    'POST /identity-providers/activate': { providerId, revision: 1 },
    'POST /identity-providers/deactivate': { providerId },
    'POST /identity-providers/invite': { providerId, email },
    'DELETE /identity-providers/delete': { providerId },
    'POST /sso/setup/update': { token: 'made-up', configuration: oidc },
    'DELETE /roles/delete': { type: role, reassignTo: role },
    'DELETE /groups/delete': { groupId },
    'DELETE /groups/remove-user': { userId, groupId },
    'DELETE /memberships/remove': { userId, resource, type: role },
    'GET /permissions/what-can': { userId },
    'GET /roles/get-rights': { type: role },
  };
}

/** The place of a row in a list, as the server writes it. */
export function cursorOf(id: string): string {
  return Buffer.from(id).toString('base64url');
}
