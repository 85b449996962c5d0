import { exceedsComplexity } from '../../engine/grants/compiled-grants.ts';
import { findUndeclaredAttributes } from '../../engine/policies/subject-attributes.ts';
import type { Permission, Policy } from '../../engine/policies/policy.ts';
import { unregisteredUrls } from '../../engine/urls/policy-urls.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { KnownPermissions } from '../policies/policies.types.ts';
import type { RoleLockStore } from './locks/role-locks.store.ts';
import { superadminType } from './role.types.ts';

/** The content of a role, except its rights. */
export interface RoleContent {
  readonly permissions?: readonly Permission[];
  readonly policies?: readonly Policy[];
  /** roleIds */
  readonly inherits?: readonly string[];
}

export interface RoleContentCheck {
  /** Throws `permission-not-known`. */
  requireKnown(permissions: readonly Permission[]): void;
  /**
   * Throws `right-not-registered` for a policy about a URL that matches no registered URL, and `invalid-input` for one with a condition
   * on an attribute of the subject that is not declared.
   */
  requireRegistered(policies: readonly Policy[]): void;
  /** Throws `policies-too-complex` if one check could compare too many patterns and conditions of these. */
  requireWithinComplexity(content: Pick<RoleContent, 'permissions' | 'policies'>): void;
  /**
   * Refuses parents that do not exist, that are the superadmin, or that inherit the role itself.
   *
   * Throws `role-not-found`, `superadmin-not-inherited`, `role-circle`.
   */
  requireParents(tx: ChangeTransaction, roleId: string, inherits: readonly string[]): Promise<void>;
  /** The same for roles of a holder that is no role, such as a group. Throws `role-not-found`, `superadmin-not-inherited`. */
  lockRoles(tx: ChangeTransaction, roleIds: readonly string[]): Promise<void>;
}

/** How many errors one answer lists. */
const maxNamed = 50;

export interface RoleContentDeps {
  readonly locks: Pick<RoleLockStore, 'lockAll'>;
  readonly permissions: KnownPermissions;
  /** The declared names in `subject.attributes.NAME`. */
  readonly attributes: readonly string[];
  readonly registry: () => UrlRegistry;
}

/** Creates the check of the content of roles. */
export function createRoleContentCheck({ locks, permissions: known, attributes, registry }: RoleContentDeps): RoleContentCheck {
  /** Writes to the roles, so that a delete or a change of their parents at the same moment conflicts. */
  async function lock(tx: ChangeTransaction, roleIds: readonly string[]) {
    const found = await locks.lockAll(tx, roleIds);
    if (found.length < roleIds.length) throw new AppError('role-not-found');
    if (found.some(({ type }) => type === superadminType)) throw new AppError('superadmin-not-inherited');
    return found;
  }

  return {
    requireKnown(permissions) {
      const errors = known.faultsOf(permissions, 'body.permissions');
      if (errors.length > 0) throw new AppError('permission-not-known', { errors: errors.slice(0, maxNamed) });
    },
    requireRegistered(policies) {
      const errors = unregisteredUrls(registry(), policies, 'body.policies');
      if (errors.length > 0) throw new AppError('right-not-registered', { errors: errors.slice(0, maxNamed) });
      const undeclared = findUndeclaredAttributes(attributes, policies, 'body.policies');
      if (undeclared.length > 0) throw new AppError('invalid-input', { errors: undeclared.slice(0, maxNamed) });
    },
    requireWithinComplexity({ permissions = [], policies = [] }) {
      if (exceedsComplexity(policies, permissions)) throw new AppError('policies-too-complex');
    },
    async lockRoles(tx, roleIds) {
      if (roleIds.length > 0) await lock(tx, [...new Set(roleIds)]);
    },
    async requireParents(tx, roleId, inherits) {
      const seen = new Set<string>();
      for (let next = [...new Set(inherits)]; next.length > 0;) {
        if (next.includes(roleId)) throw new AppError('role-circle');
        const found = await lock(tx, next);
        for (const role of found) seen.add(role.roleId);
        next = [...new Set(found.flatMap((role) => role.inherits))].filter((parent) => !seen.has(parent));
      }
    },
  };
}
