import type { Caller } from '../../engine/caller.ts';
import type { Actor, ChangeService } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { RoleContent, RoleContentCheck } from './role.rules.ts';
import type { Role } from './role.model.ts';
import { requireRole, roleAuditView } from './role.service.ts';
import type { WithDefaultsDelegationCheck, WithRoleDelegationCheck, RequireMayChangeRole } from './role.service.ts';
import type { RoleStore } from './role.store.ts';
import { superadminType } from './role.types.ts';
import type { RoleRef } from './role.types.ts';

/** The changes of an edit. Absent fields do not change. */
export interface RoleEdit extends RoleContent {
  readonly name?: string;
  readonly description?: string;
  /** Whether new users get the role. */
  readonly isDefault?: boolean;
  /** The version that the edit is based on. Absent: the newest one. */
  readonly version?: number;
}

/**
 * Edits everything of a role except its rights.
 *
 * Throws `role-not-found`, `version-conflict`, `superadmin-rights-fixed`, `ladder-fixed`, `permission-not-known`,
 * `right-not-registered`, `policies-too-complex`, `superadmin-not-inherited`, `role-circle`, `grants-exceed-own`,
 * `target-outranks-caller`.
 */
export type UpdateRole = (actor: Actor, caller: Caller, ref: RoleRef, edit: RoleEdit) => Promise<Role>;

export interface UpdateRoleDeps {
  readonly store: Pick<RoleStore, 'findByRef' | 'edit'>;
  readonly changes: ChangeService;
  readonly check: RoleContentCheck;
  readonly withDelegationCheck: WithRoleDelegationCheck;
  readonly withDefaultsDelegationCheck: WithDefaultsDelegationCheck;
  readonly requireMayChange: RequireMayChangeRole;
}

export function createUpdateRole(
  { store, changes, check, withDelegationCheck, withDefaultsDelegationCheck, requireMayChange }: UpdateRoleDeps,
): UpdateRole {
  return async (actor, caller, ref, { version, ...edit }) => {
    check.requireKnown(edit.permissions ?? []);
    check.requireRegistered(edit.policies ?? []);
    return changes.transact(actor, async (tx) => {
      const role = await requireRole(store, actor.tenantId, ref, tx);
      if (version !== undefined && version !== role.version) throw new AppError('version-conflict');
      if (role.type === superadminType) throw new AppError('superadmin-rights-fixed');
      if (edit.inherits && role.isSystemRole) throw new AppError('ladder-fixed');
      if (edit.inherits) await check.requireParents(tx, role.roleId, edit.inherits);
      const set = copied(edit);
      const after: Role = { ...role, ...set, version: role.version + 1 };
      if (edit.permissions ?? edit.policies) check.requireWithinComplexity(after);
      const gives = Boolean(edit.permissions ?? edit.policies ?? edit.inherits);
      if (gives) await requireMayChange(tx, caller, role.roleId);
      const write = () => withDelegationCheck(tx, caller, role.roleId, () => store.edit(tx, role._id, set));
      await (after.isDefault === role.isDefault ? write() : withDefaultsDelegationCheck(tx, caller, write));
      tx.record({ action: 'role.update', target: {
        kind: 'role', id: role.roleId,
      }, before: roleAuditView(role), after: roleAuditView(after), raisesPolicy: gives });
      return after;
    });
  };
}

/** A copy of an edit, without duplicates in its lists. */
function copied({ permissions, policies, inherits, ...rest }: Omit<RoleEdit, 'version'>): Partial<Role> {
  return {
    ...rest, ...(permissions && { permissions: [...new Set(permissions)] }), ...(policies && { policies: [...policies] }),
    ...(inherits && { inherits: [...new Set(inherits)] }),
  };
}
