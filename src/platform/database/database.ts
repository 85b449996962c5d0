import type { Connection } from 'mongoose';
import { createAuditModel } from '../../features/audit/audit.model.ts';
import { createOutboxModel } from '../changes/outbox.model.ts';
import { createVersionModel } from '../changes/lock-document.ts';
import { createRehearsals } from '../changes/rehearsals.ts';
import { createClientModel } from '../../features/clients/client.model.ts';
import { startError } from '../../errors/errors.ts';
import { createGroupModel } from '../../features/groups/group.model.ts';
import { createRateLimitModel } from '../limits/rate-limit.model.ts';
import { createMembershipModel } from '../../features/memberships/membership.model.ts';
import { createHandle } from './handle.ts';
import { createTenantDatabases } from './tenancy/tenant-databases.ts';
import type { Placements } from './tenancy/tenant-locations.ts';
import { createRoleModel } from '../../features/roles/role.model.ts';
import { createRightSetModel } from '../../features/grants/right-set.model.ts';
import { createSessionModel } from '../../features/sessions/session.model.ts';
import { createSigningKeyModel } from '../../features/signing-keys/signing-key.model.ts';
import { createTenantModel } from '../../features/tenants/tenant.model.ts';
import { createOneTimeTokenModel } from '../../features/links/one-time-token.model.ts';
import { createUserModel } from '../../features/users/user.model.ts';

/**
 * Every collection of a Gatehouse, on the database of a connection of the host's; `prefix` begins their names.
 *
 * What tenants may have in a database of their own is reached by way of `placements`. Throws a StartError for a prefix
 * that is not letters, digits, `_` and `-`, 32 at most, with a letter first.
 */
export function createStorage(connection: Connection, prefix: string, placements: Pick<Placements, 'of'>) {
  if (!/^([a-z][\w-]{0,31})?$/i.test(prefix)) throw startError(`${JSON.stringify(prefix)} cannot begin the names of collections: up to 32 letters, digits, _ and -, with a letter first, can.`);
  const handle = createHandle(connection);
  const rehearsals = createRehearsals();
  handle.plugin(rehearsals.guard);
  const tenantDatabases = createTenantDatabases({ handle, prefix, placements });
  const stores = {
    outbox: createOutboxModel(handle, prefix),
    versions: createVersionModel(handle, prefix),
    clients: createClientModel(handle, prefix),
    rateLimits: createRateLimitModel(handle, prefix),
    signingKeys: createSigningKeyModel(handle, prefix),
    tenants: createTenantModel(handle, prefix),
    tokens: createOneTimeTokenModel(handle, prefix),
    users: createUserModel(handle, prefix),
    auditRecords: tenantDatabases.model(createAuditModel),
    groups: tenantDatabases.model(createGroupModel),
    memberships: tenantDatabases.model(createMembershipModel),
    rightSets: tenantDatabases.model(createRightSetModel),
    roles: tenantDatabases.model(createRoleModel),
    sessions: tenantDatabases.model(createSessionModel),
  };
  return { stores, tenantDatabases, rehearsals };
}

export type Stores = ReturnType<typeof createStorage>['stores'];

/** The collections of the shared database alone, to look at what is stored there. */
export function createStores(connection: Connection, prefix = ''): Stores {
  return createStorage(connection, prefix, { of: () => 'shared' }).stores;
}
