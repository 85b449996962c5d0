import type { Connection } from 'mongoose';
import { createAuditModel } from './audit/audit.model.ts';
import { createOutboxModel } from './changes/outbox.model.ts';
import { createVersionModel } from './changes/version.model.ts';
import { createClientModel } from './clients/client.model.ts';
import { startError } from './errors.ts';
import { createGroupModel } from './groups/group.model.ts';
import { createRateLimitModel } from './limits/rate-limit.model.ts';
import { createMembershipModel } from './memberships/membership.model.ts';
import { createHandle } from './mongo/handle.ts';
import { createRoleModel } from './roles/role.model.ts';
import { createRightSetModel } from './sessions/right-set.model.ts';
import { createSessionModel } from './sessions/session.model.ts';
import { createSigningKeyModel } from './signing-keys/signing-key.model.ts';
import { createTenantModel } from './tenants/tenant.model.ts';
import { createOneTimeTokenModel } from './tokens/one-time-token.model.ts';
import { createUserModel } from './users/user.model.ts';

/**
 * Every collection of a Gatehouse, on the database of a connection of the host's; `prefix` begins their names.
 *
 * Throws a StartError for a prefix that is not letters, digits, `_` and `-`, 32 at most, with a letter first.
 */
export function createStores(connection: Connection, prefix = '') {
  if (!/^([a-z][\w-]{0,31})?$/i.test(prefix)) throw startError(`${JSON.stringify(prefix)} cannot begin the names of collections: up to 32 letters, digits, _ and -, with a letter first, can.`);
  const handle = createHandle(connection);
  return {
    auditRecords: createAuditModel(handle, prefix),
    outbox: createOutboxModel(handle, prefix),
    versions: createVersionModel(handle, prefix),
    clients: createClientModel(handle, prefix),
    groups: createGroupModel(handle, prefix),
    memberships: createMembershipModel(handle, prefix),
    rateLimits: createRateLimitModel(handle, prefix),
    roles: createRoleModel(handle, prefix),
    rightSets: createRightSetModel(handle, prefix),
    sessions: createSessionModel(handle, prefix),
    signingKeys: createSigningKeyModel(handle, prefix),
    tenants: createTenantModel(handle, prefix),
    tokens: createOneTimeTokenModel(handle, prefix),
    users: createUserModel(handle, prefix),
  };
}

export type Stores = ReturnType<typeof createStores>;
