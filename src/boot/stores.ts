import { createAuditModel } from '../features/audit/audit.model.ts';
import { createAuditStore } from '../features/audit/audit.store.ts';
import { createLogoModel } from '../features/branding/logo.model.ts';
import { createLogoStore } from '../features/branding/logo.store.ts';
import { createClientModel } from '../features/clients/client.model.ts';
import { createClientStore } from '../features/clients/client.store.ts';
import { createClientPrincipalStore } from '../features/clients/principal.store.ts';
import { createDomainModel } from '../features/domains/domain.model.ts';
import { createDomainStore } from '../features/domains/domain.store.ts';
import { createEventPositionModel } from '../features/events/event-position.model.ts';
import { createEventPositionStore } from '../features/events/event-position.store.ts';
import type { GrantReads } from '../features/grants/grant-reads.types.ts';
import { createRightSetModel } from '../features/grants/right-set.model.ts';
import { createRightSetStore } from '../features/grants/right-set.store.ts';
import { createGroupModel, createReadGroups } from '../features/groups/group.model.ts';
import { createGroupPolicySearch } from '../features/groups/group-policies.store.ts';
import { createReadEveryGroup, createReadGroupsOfRoles } from '../features/groups/groups-of-roles.store.ts';
import { createGroupStore } from '../features/groups/group.store.ts';
import { createOneTimeTokenModel } from '../features/links/one-time-token.model.ts';
import { createOneTimeTokenStore } from '../features/links/one-time-token.store.ts';
import { createIdentityModel } from '../features/identities/identity.model.ts';
import { createIdentityStore } from '../features/identities/identity.store.ts';
import { createProvidedRoles } from '../features/identities/provided/provided-roles.ts';
import { createReadMembersOfRoles } from '../features/memberships/members-of-roles.store.ts';
import { createMembershipModel } from '../features/memberships/membership.model.ts';
import { createMembershipStore } from '../features/memberships/membership.store.ts';
import { createRoleLockStore } from '../features/roles/locks/role-locks.store.ts';
import { createRolePolicySearch } from '../features/roles/role-policies.store.ts';
import { userType } from '../features/roles/role.types.ts';
import { createRoleModel } from '../features/roles/role.model.ts';
import { createRoleStore } from '../features/roles/role.store.ts';
import { createSessionModel } from '../features/sessions/session.model.ts';
import { createSessionStore } from '../features/sessions/session.store.ts';
import { createSigningKeyModel } from '../features/signing-keys/signing-key.model.ts';
import { createSigningKeyStore } from '../features/signing-keys/signing-key.store.ts';
import { createLoginCodeModel } from '../features/sso/login/codes/login-code.model.ts';
import { createLoginCodeStore } from '../features/sso/login/codes/login-code.store.ts';
import { createLoginTransactionModel } from '../features/sso/login/transactions/login-transaction.model.ts';
import { createLoginTransactionStore } from '../features/sso/login/transactions/login-transaction.store.ts';
import { createSeenAssertionModel } from '../features/sso/logout/seen-assertion.model.ts';
import { createSeenAssertionStore } from '../features/sso/logout/seen-assertion.store.ts';
import { createProviderMappings } from '../features/sso/provider-mappings.store.ts';
import { createProviderModel } from '../features/sso/provider.model.ts';
import { createProviderStore } from '../features/sso/provider.store.ts';
import { createTokenSessionModel } from '../features/sso/tokens/token-session.model.ts';
import { createTokenSessionStore } from '../features/sso/tokens/token-session.store.ts';
import { createLoginTraceModel } from '../features/sso/traces/login-trace.model.ts';
import { createLoginTraceStore } from '../features/sso/traces/login-trace.store.ts';
import { createProviderTestModel } from '../features/sso/trials/provider-test.model.ts';
import { createProviderTestStore } from '../features/sso/trials/provider-test.store.ts';
import { createTenantMoveStore } from '../features/tenants/moves/tenant-moves.store.ts';
import { createTenantNameStore } from '../features/tenants/tenant-names.store.ts';
import { createTenantRecordStore } from '../features/tenants/tenant-records.store.ts';
import { createEnforceQuota } from '../features/tenants/tenant.limits.ts';
import { createTenantModel } from '../features/tenants/tenant.model.ts';
import { createTenantStates } from '../features/tenants/tenant.store.ts';
import { createReadActiveHolders } from '../features/users/assignments/active-holders.store.ts';
import { createRoleAssignmentStore } from '../features/users/assignments/role-assignment.store.ts';
import { createDomainUserStore } from '../features/users/email/domain-users.store.ts';
import { createEmailAddressStore } from '../features/users/email/email-address.store.ts';
import { createSuperadminStore } from '../features/users/superadmin/superadmin.store.ts';
import { createUserGroupStore } from '../features/users/assignments/user-groups.store.ts';
import { createUserPrincipalStore } from '../features/users/principal.store.ts';
import { createUserListStore } from '../features/users/search/user-list.store.ts';
import { createLinkedUserStore } from '../features/users/provided/linked-users.store.ts';
import { createUserModel } from '../features/users/user.model.ts';
import { createUserStore } from '../features/users/user.store.ts';
import { createLockDocumentModel } from '../platform/changes/lock-document.model.ts';
import { createLockDocumentStore } from '../platform/changes/lock-document.store.ts';
import { createOutboxModel } from '../platform/changes/outbox.model.ts';
import { createOutboxStore } from '../platform/changes/outbox.store.ts';
import type { Connection } from '../platform/database/connection.ts';
import { createCountRows } from '../platform/database/queries/count-rows.ts';
import type { ClientSession } from '../platform/database/session.ts';
import { createDatabase } from '../platform/database/database.ts';
import type { Database } from '../platform/database/database.ts';
import { createTenantLocations } from '../platform/database/tenancy/tenant-locations.ts';
import type { TenantLocations } from '../platform/database/tenancy/tenant-locations.ts';
import { createRateLimitModel } from '../platform/limits/rate-limit.model.ts';
import { createLimitCounters } from '../platform/limits/shared-counters.store.ts';

/** Creates every model. When a tenant is removed, its rows are removed in this order, with the audit trail last. */
export function createModels({ shared, perTenant }: Pick<Database, 'shared' | 'perTenant'>) {
  return {
    sessions: perTenant(createSessionModel),
    tokens: shared(createOneTimeTokenModel),
    loginTransactions: shared(createLoginTransactionModel),
    loginCodes: shared(createLoginCodeModel),
    seenAssertions: shared(createSeenAssertionModel),
    loginTraces: shared(createLoginTraceModel),
    providerTests: shared(createProviderTestModel),
    tokenSessions: shared(createTokenSessionModel),
    identityProviders: shared(createProviderModel),
    clients: shared(createClientModel),
    identities: shared(createIdentityModel),
    users: shared(createUserModel),
    domains: shared(createDomainModel),
    memberships: perTenant(createMembershipModel),
    groups: perTenant(createGroupModel),
    roles: perTenant(createRoleModel),
    rightSets: perTenant(createRightSetModel),
    eventPositions: shared(createEventPositionModel),
    outbox: shared(createOutboxModel),
    logos: shared(createLogoModel),
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

/** Creates all stores before the modules, because a store needs no module. */
export function createStores(
  { clients, memberships, sessions, users, roles, groups, rightSets, tenants, ...models }: Models, { clock, tenantLocations }: StoreDeps,
) {
  const membershipStore = createMembershipStore(memberships);
  const roleStore = createRoleStore(roles);
  const userPrincipals = createUserPrincipalStore(users);
  const clientPrincipals = createClientPrincipalStore(clients);
  const tenantNames = createTenantNameStore(tenants);
  const tenantStore = createTenantStates(tenants, tenantLocations);
  const tenantRecords = createTenantRecordStore(tenants);
  const identities = createIdentityStore(models.identities);
  const providerMappings = createProviderMappings(models.identityProviders);
  const defaultRoleOf = async (tenantId: string, session?: ClientSession) => {
    const tenant = await tenantRecords.readDefaultRole(tenantId, session && { session });
    return tenant ? tenant.defaultRole ?? userType : undefined;
  };
  return {
    audit: createAuditStore(models.auditRecords),
    clients: createClientStore({ model: clients, clock }),
    domains: createDomainStore(models.domains, tenantNames),
    eventPositions: createEventPositionStore(models.eventPositions),
    groups: createGroupStore(groups),
    grantReads: {
      readRoles: roleStore.readWithParents, readHeirs: roleStore.childrenOf,
      readGroups: createReadGroups(groups), readGroupsOfRoles: createReadGroupsOfRoles(groups),
      readAllRoles: roleStore.readEvery, readAllGroups: createReadEveryGroup(groups),
      readMembershipsOn: membershipStore.readOn, countCombinations: userPrincipals.countCombinations,
      readMemberships: membershipStore.readOf, readMembersOfRoles: createReadMembersOfRoles(memberships),
      readUsersAfter: userPrincipals.readAfter, readUserHolders: userPrincipals.readHolders,
      readEveryUserHolder: userPrincipals.readEveryHolder, lockUser: userPrincipals.lock, tenantOfUser: userPrincipals.tenantOf,
      readClientHolders: clientPrincipals.readHolders, lockClient: clientPrincipals.lock,
      usersCollection: users.collection.collectionName,
      ...createProvidedRoles({ identities, providers: providerMappings, defaultRoleOf }),
    } satisfies GrantReads,
    identities, providerMappings, defaultRoleOf,
    linkedUsers: createLinkedUserStore(users),
    memberships: membershipStore,
    oneTimeTokens: createOneTimeTokenStore(models.tokens),
    identityProviders: createProviderStore(models.identityProviders),
    loginTransactions: createLoginTransactionStore(models.loginTransactions),
    loginCodes: createLoginCodeStore(models.loginCodes),
    seenAssertions: createSeenAssertionStore(models.seenAssertions),
    loginTraces: createLoginTraceStore({ model: models.loginTraces, clock }),
    providerTests: createProviderTestStore({ model: models.providerTests, clock }),
    tokenSessions: createTokenSessionStore(models.tokenSessions),
    rightSets: createRightSetStore(rightSets),
    sessions: createSessionStore({ model: sessions, clock }),
    signingKeys: createSigningKeyStore(models.signingKeys),
    roleLocks: createRoleLockStore(roles),
    roles: roleStore,
    policySearches: { role: createRolePolicySearch(roles), group: createGroupPolicySearch(groups) },
    outbox: createOutboxStore(models.outbox),
    logos: createLogoStore(models.logos),
    lockDocuments: createLockDocumentStore(models.lockDocuments),
    limitCounters: createLimitCounters(models.rateLimits),
    tenants: tenantStore,
    tenantMoves: createTenantMoveStore(tenants),
    tenantNames,
    tenantRecords,
    users: createUserStore({ model: users, clock }),
    userLists: createUserListStore({ model: users, clock }),
    userGroups: createUserGroupStore(users),
    roleAssignments: createRoleAssignmentStore(users),
    superadmins: createSuperadminStore(users),
    emailAddresses: createEmailAddressStore(users),
    domainUsers: createDomainUserStore(users),
    activeHolders: createReadActiveHolders(users),
    /** The functions that every change calls. */
    ports: {
      raisePolicyVersion: tenantStore.raisePolicyVersion,
      enforceQuota: createEnforceQuota({
        tenants: tenantStore,
        count: {
          users: createCountRows(users), roles: createCountRows(roles), groups: createCountRows(groups), clients: createCountRows(clients),
          providers: createCountRows(models.identityProviders),
        },
      }),
    },
  };
}

export type Stores = ReturnType<typeof createStores>;

/** Creates the database of one Gatehouse, and all stores in it. */
export function createStorage(
  { connection, prefix, clock }: { readonly connection: Connection; readonly prefix: string } & Pick<StoreDeps, 'clock'>,
) {
  const tenantLocations = createTenantLocations();
  const database = createDatabase(connection, prefix, tenantLocations);
  return { tenantLocations, database, stores: createStores(createModels(database), { clock, tenantLocations }) };
}

/** Creates the models of the shared database alone, for scripts and tests that read stored rows. */
export function createSharedModels(connection: Connection, prefix = ''): Models {
  return createModels(createDatabase(connection, prefix, { of: () => 'shared' }));
}
