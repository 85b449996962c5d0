import type { Connection } from 'mongoose';
import { createAuditModel } from './audit/audit.model.ts';
import { createOutboxModel } from './changes/outbox.model.ts';
import { createVersionModel } from './changes/version.model.ts';
import { createGroupModel } from './groups/group.model.ts';
import { createRateLimitModel } from './limits/rate-limit.model.ts';
import { createMembershipModel } from './memberships/membership.model.ts';
import { createRoleModel } from './roles/role.model.ts';
import { createRightSetModel } from './sessions/right-set.model.ts';
import { createSessionModel } from './sessions/session.model.ts';
import { createSigningKeyModel } from './signing-keys/signing-key.model.ts';
import { createTenantModel } from './tenants/tenant.model.ts';
import { createOneTimeTokenModel } from './tokens/one-time-token.model.ts';
import { createUserModel } from './users/user.model.ts';

/** Every collection of a Gatehouse, on a connection of the host's. */
export function createStores(connection: Connection) {
  return {
    auditRecords: createAuditModel(connection),
    outbox: createOutboxModel(connection),
    versions: createVersionModel(connection),
    groups: createGroupModel(connection),
    memberships: createMembershipModel(connection),
    rateLimits: createRateLimitModel(connection),
    roles: createRoleModel(connection),
    rightSets: createRightSetModel(connection),
    sessions: createSessionModel(connection),
    signingKeys: createSigningKeyModel(connection),
    tenants: createTenantModel(connection),
    tokens: createOneTimeTokenModel(connection),
    users: createUserModel(connection),
  };
}

export type Stores = ReturnType<typeof createStores>;
