import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSession, Model } from 'mongoose';
import type { Logger } from 'pino';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { AuditExport } from '../audit/audit.export.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { placementLifetime } from '../../platform/database/tenancy/tenant-locations.ts';
import type { Isolation } from '../../platform/database/tenancy/tenant-locations.ts';
import type { TenantDatabases } from '../../platform/database/tenancy/tenant-databases.ts';
import type { ClaimRole } from '../roles/role-locks.ts';
import { adminType, guestType, superadminType } from '../roles/role.ladder.ts';
import type { SeededRole } from '../roles/role.ladder.ts';
import type { SeedRole } from '../roles/role.seed.ts';
import type { Settings } from '../../settings/load-settings.ts';
import type { Stores } from '../../platform/database/database.ts';
import { createMoveTenant } from './tenant.move.ts';
import { createRemoveTenant } from './tenant.removal.ts';
import { createRequireUnusedDomain } from './tenant.domain.ts';
import { createTenantDirectory } from './tenant.directory.ts';
import type { NotePlacement } from './tenant.store.ts';
import { createTenantRoles } from './tenant.roles.ts';
import { createTenantService } from './tenant.service.ts';
import { parseOneTimeToken } from '../../tokens/one-time-token.ts';
import { createCountUsersOfDomain } from '../users/email/domain-users.ts';
import { createFirstAdmin } from '../users/create-admin.ts';

export interface TenantServiceDeps {
  readonly stores: Stores;
  readonly settings: Settings;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly registry: () => UrlRegistry;
  readonly roles: readonly SeededRole[];
  readonly seedRole: SeedRole;
  readonly claimRole: ClaimRole;
  readonly claimRoles: (tx: ChangeTransaction, roleIds: readonly string[]) => Promise<void>;
  readonly logger: Pick<Logger, 'error'>;
  readonly auditExport: Pick<AuditExport, 'digest'>;
  readonly tenantDatabases: TenantDatabases;
  readonly notePlacement: NotePlacement;
  readonly raiseGuard: (name: string, session: ClientSession) => Promise<void>;
}

/** Wires what has to do with tenants as such. */
export function createTenantServices({ stores, tenantDatabases, notePlacement, settings, changes, clock, registry, roles, seedRole, claimRole, claimRoles, logger, auditExport, raiseGuard }: TenantServiceDeps) {
  const directory = createTenantDirectory({ model: stores.tenants, order: settings.tenantFrom, publicHost: new URL(settings.publicUrl).hostname, tenantOfToken: parseOneTimeToken, notePlacement });
  const tenantRoles = createTenantRoles({
    model: stores.tenants, changes, registry, declarations: roles.filter(({ type }) => type !== superadminType), seedRole, notePlacement, databases: tenantDatabases,
    onFault: (tenant, error) => logger.error({ err: error, tenant }, `the tenant "${tenant}" was not given what is declared now: ${error.message} It is tried again at the next start`),
  });
  const { users, clients, roles: roleRows, groups, memberships, sessions, rightSets, tokens, outbox, auditRecords } = stores;
  return {
    directory,
    removeTenant: createRemoveTenant({
      model: stores.tenants, changes, digestOf: auditExport.digest, notePlacement, dropDatabase: tenantDatabases.drop,
      purges: [
        purge(sessions), purge(tokens), purge(clients), purge(users), purge(memberships), purge(groups), purge(roleRows), purge(rightSets), purge(outbox), purge(auditRecords),
      ],
    }),
    moveTenant: (actor: Actor, name: string, to: Isolation, say: (line: string) => void) => createMoveTenant({
      model: stores.tenants, changes, say,
      rowsOf: tenantDatabases.rowsOf, prepare: tenantDatabases.prepare, drop: tenantDatabases.drop,
      // Requests that were begun before have ended by then.
      untilForgotten: () => sleep(placementLifetime + 5_000),
    })(actor, name, to),
    seedTenants: tenantRoles.seedAll,
    tenants: createTenantService({
      model: stores.tenants, changes, clock, raiseGuard, seedRoles: tenantRoles.seed,
      notePlacement, databases: tenantDatabases,
      requireUnusedDomain: createRequireUnusedDomain({
        model: stores.tenants, isLoginByEmail: settings.tenantFrom.includes('email'), countUsers: createCountUsersOfDomain(stores.users, guestType),
      }),
      claimRoles,
      createAdmin: createFirstAdmin({
        model: stores.users, clock,
        claimRoles: async (tx) => [await claimRole(tx, { type: guestType }), await claimRole(tx, { type: adminType })],
      }),
    }),
  };
}

function purge<T extends { tenantId: string }>(model: Model<T>) {
  return (tenantId: string): Promise<unknown> => model.deleteMany({ tenantId }).exec();
}
