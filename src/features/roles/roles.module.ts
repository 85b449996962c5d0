import type { Logger } from 'pino';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Delegation, GrantResolver } from '../grants/grants.types.ts';
import type { KnownPermissions } from '../policies/policies.types.ts';
import type { RoleLockStore } from './locks/role-locks.store.ts';
import { createLockDefaultRoles, createLockRole } from './locks/role-locks.ts';
import { createRoleRoutes } from './role.routes.ts';
import type { RoleRouteDeps } from './role.routes.ts';
import { createRoleContentCheck } from './role.rules.ts';
import type { RoleContentDeps } from './role.rules.ts';
import { createRoleSeed } from './role.seed.ts';
import { createRoleService } from './role.service.ts';
import type { WithDefaultsDelegationCheck, WithRoleDelegationCheck, RequireMayChangeRole } from './role.service.ts';
import type { RoleStore } from './role.store.ts';
import { guestType } from './role.types.ts';
import type { RoleHolder } from './role.types.ts';
import { createUpdateRole } from './role.update.ts';

interface RoleStorage {
  readonly store: RoleStore;
  readonly registry: () => UrlRegistry;
  readonly permissions: KnownPermissions;
}

export interface RoleRulesDeps extends RoleStorage {
  readonly locks: RoleLockStore;
  readonly attributes: RoleContentDeps['attributes'];
  readonly logger: Pick<Logger, 'warn'>;
  readonly nameOfTenant: (tx: ChangeTransaction) => Promise<string>;
}

/** Creates the parts of roles that other features use: the rules for their content, and the locks for assignments. */
export function createRoleRules({ store, locks, registry, permissions, attributes, logger, nameOfTenant }: RoleRulesDeps) {
  const check = createRoleContentCheck({ locks, permissions, attributes, registry });
  return {
    check,
    lockRole: createLockRole(locks),
    lockRoles: check.lockRoles,
    requireRegistered: check.requireRegistered,
    requireWithinComplexity: check.requireWithinComplexity,
    defaultRoles: createLockDefaultRoles(locks, guestType),
    seedRole: createRoleSeed({
      store, registry, permissions, nameOf: nameOfTenant,
      onKept: (tenant, role) => {
        logger.warn({ tenant, role }, `the tenant "${tenant}" has a role of its own with the roleId or type "${role}" of a declared role: `
          + 'it keeps its own role, and the declared role is not created');
      },
      onLeftOver: (tenant, role, leftOver) => {
        logger.warn({ tenant, role }, `the role "${role}" of the tenant "${tenant}" still has what its declaration no longer names: `
          + `${leftOver.join(', ')}. Take it away with PUT /roles/update-rights and PUT /roles/update, or declare it again`);
      },
    }),
  };
}

export type RoleRules = ReturnType<typeof createRoleRules>;

export interface RolesModuleDeps extends RoleStorage, Pick<Platform, 'changes'>, Pick<RoleRouteDeps, 'defaultRole'> {
  readonly rules: Pick<RoleRules, 'check' | 'lockRole'>;
  readonly delegation: Delegation;
  readonly resolveAssigned: GrantResolver['resolveAssigned'];
  /** The kinds of things that have roles. Users must be the first. */
  readonly holders: readonly RoleHolder[];
}

/** Creates the module of roles: their rights, permissions and policies. */
export function createRolesModule({
  store, registry, permissions, rules, changes, delegation, resolveAssigned, holders, defaultRole,
}: RolesModuleDeps) {
  const { check, lockRole } = rules;
  const withDelegationCheck: WithRoleDelegationCheck = ({ actor: { tenantId }, session }, caller, roleId, work, successor = roleId) => {
    let current = roleId;
    return delegation.withDelegationCheck(caller, async () => ({
      granted: await resolveAssigned(tenantId, { roles: [current] }, session),
    }), async () => {
      const result = await work();
      current = successor;
      return result;
    }, session);
  };
  const requireMayChange: RequireMayChangeRole = ({ session }, caller, roleId) => delegation.requireMayChangeRole(caller, roleId, session);
  const withDefaultsDelegationCheck: WithDefaultsDelegationCheck = (
    tx, caller, work,
  ) => delegation.withDelegationCheck(caller, async () => {
    const roles = await store.defaultRoleIds(tx);
    return { granted: await resolveAssigned(tx.actor.tenantId, { roles }, tx.session), roles };
  }, work, tx.session);
  const shared = { store, changes, check, withDelegationCheck, withDefaultsDelegationCheck, requireMayChange };
  const roles = createRoleService({ ...shared, registry, holders });
  return {
    name: 'roles',
    about: { title: 'Roles', description: 'Named sets of rights, permissions and policies.' },
    routes: createRoleRoutes({ roles, registry, lockRole, update: createUpdateRole(shared), permissions, defaultRole }),
  } satisfies Module;
}
