import { setTimeout as sleep } from 'node:timers/promises';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { Actor } from '../../platform/changes/change.service.ts';
import type { Database } from '../../platform/database/database.ts';
import { locationLifetime } from '../../platform/database/tenancy/tenant-locations.ts';
import type { Isolation } from '../../platform/database/tenancy/tenant-locations.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { TenantSource } from '../../settings/tenant-sources.ts';
import { parseOneTimeToken } from '../../tokens/one-time-token.ts';
import type { Delegation, GrantResolver } from '../grants/grants.types.ts';
import { superadminType, userType } from '../roles/role.types.ts';
import type { SeededRole } from '../roles/role.types.ts';
import type { TenantMoveStore } from './moves/tenant-moves.store.ts';
import type { TenantNameStore } from './tenant-names.store.ts';
import type { TenantRecordStore } from './tenant-records.store.ts';
import { createDefaultRole } from './roles/tenant.default-role.ts';
import { createTenantDirectory } from './tenant.directory.ts';
import { limitsOf } from './tenant.limits.ts';
import { createRequireUnusedDomain } from './tenant.domain.ts';
import type { UnusedDomainDeps } from './tenant.domain.ts';
import { createMoveTenant } from './moves/tenant.move.ts';
import { createRemoveTenant } from './moves/tenant.removal.ts';
import type { TenantRemovalDeps } from './moves/tenant.removal.ts';
import { createTenantRoles } from './roles/tenant.roles.ts';
import type { TenantRoleDeps } from './roles/tenant.roles.ts';
import { createTenantRoutes } from './tenant.routes.ts';
import { createTenantService } from './tenant.service.ts';
import type { TenantDeps } from './tenant.service.ts';

export interface TenantsModuleDeps extends
  Pick<Platform, 'changes' | 'clock' | 'invalidation' | 'logger' | 'lockDocument' | 'tenantLocations'>,
  Pick<TenantDeps, 'createAdmin' | 'keepLogo' | 'requireWayIn'>, Pick<TenantRoleDeps, 'seedRole'>, Pick<TenantRemovalDeps, 'digestOf'>,
  Pick<UnusedDomainDeps, 'countUsers'> {
  readonly stores: {
    readonly tenantNames: TenantNameStore;
    readonly tenantRecords: TenantRecordStore;
    readonly tenantMoves: TenantMoveStore;
    readonly domains: { readonly isVerifiedElsewhere: TenantDeps['isVerifiedElsewhere'] };
  };
  readonly database: Pick<Database, 'tenants' | 'purges'>;
  readonly settings: { readonly publicUrl: string; readonly tenantFrom: readonly TenantSource[] };
  readonly registry: () => UrlRegistry;
  /** The roles that each tenant is seeded with. */
  readonly roles: readonly SeededRole[];
  readonly lockRoles: TenantDeps['lockRoles'] & Parameters<typeof createDefaultRole>[0]['lockRoles'];
  readonly delegation: Pick<Delegation, 'withDelegationCheck'>;
  readonly resolveAssigned: GrantResolver['resolveAssigned'];
}

/** Creates the module of tenants: it finds the tenant of a request, manages tenants for superadmins, and moves their rows. */
export function createTenantsModule({
  stores, database, settings, registry, roles, seedRole, lockRoles, createAdmin, keepLogo, requireWayIn, countUsers, delegation,
  resolveAssigned, digestOf, changes, clock, invalidation, logger, lockDocument, tenantLocations,
}: TenantsModuleDeps) {
  const { tenantNames: names, tenantRecords: store, tenantMoves: moves } = stores;
  const databases = database.tenants;
  const recordLocation = tenantLocations.record;
  const directory = createTenantDirectory({
    names, order: settings.tenantFrom, publicHost: new URL(settings.publicUrl).hostname, tenantOfToken: parseOneTimeToken, recordLocation,
  });
  invalidation.onTenantChange(directory.forget);
  const tenantRoles = createTenantRoles({
    store, changes, registry, seedRole, recordLocation, databases,
    declarations: roles.filter(({ type }) => type !== superadminType),
    onFault: (tenant, error) => {
      const text = `the tenant "${tenant}" was not given the declared roles: ${error.message} The next start tries again`;
      logger.error({ err: error, tenant }, text);
    },
  });
  const defaultRole = createDefaultRole({
    store, changes, usual: userType, lockRoles,
    withDelegationCheck: ({ actor: { tenantId }, session }, caller, read, work) => delegation.withDelegationCheck(caller, async () => {
      const held = [await read()];
      return { granted: await resolveAssigned(tenantId, { roles: held }, session), roles: held };
    }, work, session),
  });
  const tenants = createTenantService({
    store, changes, clock, lockDocument, seedRoles: tenantRoles.seed, recordLocation, databases, lockRoles, createAdmin, keepLogo,
    requireWayIn, isVerifiedElsewhere: stores.domains.isVerifiedElsewhere,
    requireUnusedDomain: createRequireUnusedDomain({ names, isLoginByEmail: settings.tenantFrom.includes('email'), countUsers }),
  });
  const removeTenant = createRemoveTenant({
    store: moves, changes, digestOf, recordLocation, dropDatabase: databases.drop, purges: database.purges(),
  });
  return {
    name: 'tenants',
    about: { title: 'Tenants', description: 'Organizations, each with users, roles and an audit trail of its own.' },
    routes: createTenantRoutes({ tenants, removeTenant }),
    roleHolder: defaultRole.holder,
    directory, defaultRole, limitsOf,
    seedTenants: tenantRoles.seedAll,
    moveTenant: (actor: Actor, name: string, to: Isolation, report: (line: string) => void) => createMoveTenant({
      store: moves, changes, report, rowsOf: databases.rowsOf, prepare: databases.prepare, drop: databases.drop,
      // Requests that began with the old location have ended by then.
      untilForgotten: () => sleep(locationLifetime + 5_000),
    })(actor, name, to),
  } satisfies Module & Record<string, unknown>;
}
