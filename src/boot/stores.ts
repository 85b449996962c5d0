import { createAuditModel } from '../features/audit/audit.model.ts';
import { createClientModel } from '../features/clients/client.model.ts';
import { createClientPrincipals } from '../features/clients/client.store.ts';
import { createRightSetModel } from '../features/grants/right-set.model.ts';
import { createGroupModel } from '../features/groups/group.model.ts';
import { createOneTimeTokenModel } from '../features/links/one-time-token.model.ts';
import { createMembershipModel } from '../features/memberships/membership.model.ts';
import { createMembershipStore } from '../features/memberships/membership.store.ts';
import { createRoleModel } from '../features/roles/role.model.ts';
import { createSessionModel } from '../features/sessions/session.model.ts';
import { createSessionStore } from '../features/sessions/session.store.ts';
import { createSigningKeyModel } from '../features/signing-keys/signing-key.model.ts';
import { countOf, createEnforceQuota } from '../features/tenants/tenant.limits.ts';
import { createTenantModel } from '../features/tenants/tenant.model.ts';
import { createTenantStates } from '../features/tenants/tenant.store.ts';
import { createUserModel } from '../features/users/user.model.ts';
import { createUserStore } from '../features/users/user.store.ts';
import { createLockDocumentModel } from '../platform/changes/lock-document.model.ts';
import { createLockDocumentStore } from '../platform/changes/lock-document.store.ts';
import { createOutboxModel } from '../platform/changes/outbox.model.ts';
import { createOutboxStore } from '../platform/changes/outbox.store.ts';
import type { Connection } from '../platform/database/connection.ts';
import { createDatabase } from '../platform/database/database.ts';
import type { Database } from '../platform/database/database.ts';
import type { TenantLocations } from '../platform/database/tenancy/tenant-locations.ts';
import { createRateLimitModel } from '../platform/limits/rate-limit.model.ts';
import { createLimitCounters } from '../platform/limits/shared-counters.store.ts';

/** Creates every model; a tenant that is removed loses its rows in this order, and the audit trail as the last. */
export function createModels({ shared, perTenant }: Pick<Database, 'shared' | 'perTenant'>) {
  return {
    sessions: perTenant(createSessionModel),
    tokens: shared(createOneTimeTokenModel),
    clients: shared(createClientModel),
    users: shared(createUserModel),
    memberships: perTenant(createMembershipModel),
    groups: perTenant(createGroupModel),
    roles: perTenant(createRoleModel),
    rightSets: perTenant(createRightSetModel),
    outbox: shared(createOutboxModel),
    lockDocuments: shared(createLockDocumentModel),
    rateLimits: shared(createRateLimitModel),
    signingKeys: shared(createSigningKeyModel),
    tenants: shared(createTenantModel),
    auditRecords: perTenant(createAuditModel),
  };
}

export type Models = ReturnType<typeof createModels>;

export interface StoreDeps {
  /** ms since 1970 */
  readonly clock: () => number;
  readonly tenantLocations: TenantLocations;
}

/** Creates the stores that several features read. */
export function createStores(
  { clients, memberships, sessions, users, roles, groups, tenants, ...models }: Models, { clock, tenantLocations }: StoreDeps,
) {
  const tenantStore = createTenantStates(tenants, tenantLocations);
  return {
    clients: createClientPrincipals({ model: clients, clock }),
    memberships: createMembershipStore(memberships),
    sessions: createSessionStore(sessions),
    outbox: createOutboxStore(models.outbox),
    lockDocuments: createLockDocumentStore(models.lockDocuments),
    limitCounters: createLimitCounters(models.rateLimits),
    tenants: tenantStore,
    users: createUserStore({ model: users, clock }),
    /** What every change has to ask and tell. */
    ports: {
      raisePolicyVersion: tenantStore.raisePolicyVersion,
      enforceQuota: createEnforceQuota({ tenants, count: { users: countOf(users), roles: countOf(roles), groups: countOf(groups), clients: countOf(clients) } }),
    },
  };
}

export type Stores = ReturnType<typeof createStores>;

/** The collections of the shared database alone, to look at what is stored there. */
export function createSharedModels(connection: Connection, prefix = ''): Models {
  return createModels(createDatabase(connection, prefix, { of: () => 'shared' }));
}
