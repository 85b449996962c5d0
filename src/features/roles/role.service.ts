import { isMethod } from '../../engine/urls/method.ts';
import { endpointsOfRight, grantRights, isStale, resolveRights, subtractRights } from '../../engine/grants/right.ts';
import type { Right, RightInput } from '../../engine/grants/right.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { Caller } from '../../engine/caller.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { RoleContent, RoleContentCheck } from './role.rules.ts';
import { isTenantAdmin } from './role.ladder.ts';
import { maxRights } from './role.model.ts';
import type { Role } from './role.model.ts';
import type { RoleStore } from './role.store.ts';
import { superadminType } from './role.types.ts';
import type { RoleHolder, RoleRef } from './role.types.ts';

export interface RightsEdit {
  /** Replaces all own rights of the role. Not allowed together with `add` or `remove`. */
  readonly rights?: readonly RightInput[];
  readonly add?: readonly RightInput[];
  readonly remove?: readonly RightInput[];
  /** The version that the edit is based on. Absent: the newest one. */
  readonly version?: number;
}

export interface NewRole extends RoleContent {
  readonly roleId: string;
  readonly type: string;
  readonly name?: string;
  readonly description?: string;
  readonly rights: readonly RightInput[];
  readonly isDefault?: boolean;
}

/**
 * Loads and changes roles.
 *
 * A change throws `grants-exceed-own` if the role has a grant that the caller does not have, before or after the change.
 */
export interface RoleService {
  load(tenantId: string, filter: { readonly roleId?: string }, page: PageRequest): Promise<Page<Role>>;
  /** Throws `role-not-found`. */
  find(tenantId: string, ref: RoleRef): Promise<Role>;
  /** Throws `right-not-registered`, `right-is-config`, `too-many-rights`, `role-exists`, and the errors of `RoleContentCheck`. */
  create(actor: Actor, caller: Caller, role: NewRole): Promise<Role>;
  /**
   * Throws `right-not-registered`, `right-is-config`, `too-many-rights`, `role-not-found`, `superadmin-rights-fixed`,
   * `version-conflict`, `target-outranks-caller`.
   */
  updateRights(actor: Actor, caller: Caller, ref: RoleRef, edit: RightsEdit): Promise<Role>;
  /**
   * Deletes a role. If it has holders, `reassignTo` replaces it.
   *
   * Throws `role-not-found`, `system-role`, `role-inherited`, `role-in-use`, `superadmin-not-inherited`, and the errors of
   * `RoleHolder.reassign`.
   */
  remove(actor: Actor, caller: Caller, ref: RoleRef, reassignTo: string | undefined): Promise<void>;
  /** Whether the URL of a stored right is no longer registered. */
  isStale(right: Right): boolean;
}

/** How many errors one answer lists. */
const maxNamed = 50;

/**
 * Runs a change of a role. The caller must have all grants of the role before and after it.
 *
 * `successor` is the role that its holders have afterwards, if it is another one. Throws `grants-exceed-own`.
 */
export type WithRoleDelegationCheck = <T>(
  tx: ChangeTransaction, caller: Caller, roleId: string, work: () => Promise<T>, successor?: string,
) => Promise<T>;

/** Throws `target-outranks-caller` if a holder of the role has a grant that the caller does not have. */
export type RequireMayChangeRole = (tx: ChangeTransaction, caller: Caller, roleId: string) => Promise<void>;

/**
 * Runs a change of the roles of new users. The caller must have all grants of these roles before and after it.
 *
 * Throws `grants-exceed-own`.
 */
export type WithDefaultsDelegationCheck = <T>(tx: ChangeTransaction, caller: Caller, work: () => Promise<T>) => Promise<T>;

export interface RoleDeps {
  readonly store: RoleStore;
  readonly changes: ChangeService;
  readonly registry: () => UrlRegistry;
  readonly check: RoleContentCheck;
  /** The kinds of things that may have roles. */
  readonly holders: readonly RoleHolder[];
  readonly withDelegationCheck: WithRoleDelegationCheck;
  readonly withDefaultsDelegationCheck: WithDefaultsDelegationCheck;
  readonly requireMayChange: RequireMayChangeRole;
}

/**
 * Creates the service that loads, creates, changes and deletes roles.
 *
 * Each change is one transaction. It applies from the next request on.
 */
export function createRoleService({
  store, changes, registry, check, holders, withDelegationCheck, withDefaultsDelegationCheck, requireMayChange,
}: RoleDeps): RoleService {
  function resolve(inputs: readonly RightInput[], field: string, role?: Role): Right[] {
    const { rights, unregistered, config } = resolveRights(registry(), inputs, field, role && isTenantAdmin(role));
    if (unregistered.length > 0) throw new AppError('right-not-registered', { errors: unregistered.slice(0, maxNamed) });
    if (config.length > 0) throw new AppError('right-is-config', { errors: config.slice(0, maxNamed) });
    return rights;
  }

  const findIn = (tenantId: string, ref: RoleRef, tx?: ChangeTransaction) => requireRole(store, tenantId, ref, tx);

  function edited(role: Role, { rights, add, remove }: RightsEdit): Right[] {
    if (rights) return capped(resolve(rights, 'body.rights', role));
    const united = grantRights(role.rights, resolve(add ?? [], 'body.add', role));
    const methodsOf = (right: Right) => endpointsOfRight(registry(), right).map(({ method }) => method);
    return capped(subtractRights(united, removalsOf(registry(), remove ?? []), methodsOf));
  }

  return {
    load: store.page,

    find: (tenantId, ref) => findIn(tenantId, ref),

    create(actor, caller, { roleId, type, name, description, rights, permissions = [], policies = [], inherits = [], isDefault = false }) {
      const resolved = capped(resolve(rights, 'body.rights'));
      check.requireKnown(permissions);
      check.requireRegistered(policies);
      check.requireWithinComplexity({ permissions, policies });
      return changes.transact(actor, async (tx) => {
        const { tenantId } = actor;
        // Only the default tenant has a superadmin role.
        if ([roleId, type].includes(superadminType) || await store.isTaken(tx, roleId, type)) throw new AppError('role-exists');
        if (inherits.length > 0) await check.requireParents(tx, roleId, inherits);
        const role: Role = {
          _id: newId(), tenantId, roleId, type, name: name ?? type, description: description ?? '', rights: resolved,
          permissions: [...new Set(permissions)], policies: [...policies], inherits: [...new Set(inherits)], isSystemRole: false, isDefault,
          version: 1, lockCount: 0, seeded: [],
        };
        const write = () => withDelegationCheck(tx, caller, roleId, () => store.insert(tx, role));
        await (isDefault ? withDefaultsDelegationCheck(tx, caller, write) : write());
        tx.record(
          { action: 'role.create', target: { kind: 'role', id: roleId }, after: roleAuditView(role), raisesPolicy: true, creates: 'roles' },
        );
        return role;
      });
    },

    updateRights: (actor, caller, ref, edit) => changes.transact(actor, async (tx) => {
      const role = await findIn(actor.tenantId, ref, tx);
      if (role.type === superadminType) throw new AppError('superadmin-rights-fixed');
      if (edit.version !== undefined && edit.version !== role.version) throw new AppError('version-conflict');
      const rights = edited(role, edit);
      await requireMayChange(tx, caller, role.roleId);
      const after = { ...role, rights, version: role.version + 1 };
      await withDelegationCheck(tx, caller, role.roleId, () => store.edit(tx, role._id, { rights }));
      tx.record({
        action: 'role.update-rights', target: { kind: 'role', id: role.roleId }, before: roleAuditView(role), after: roleAuditView(after),
        raisesPolicy: true,
      });
      return after;
    }),

    remove: (actor, caller, ref, reassignTo) => changes.transact(actor, async (tx) => {
      const role = await findIn(actor.tenantId, ref, tx);
      if (role.isSystemRole) throw new AppError('system-role');
      if (await store.isInherited(tx, role.roleId)) throw new AppError('role-inherited');
      const named = [role.roleId, ...(reassignTo === undefined ? [] : [reassignTo])];
      for (const holder of holders) for (const roleId of named) await holder.forgetEnded?.(tx, roleId);
      const counts = [];
      for (const { count } of holders) counts.push(await count(tx, role.roleId));
      const [users = 0] = counts;
      const isHeld = counts.some((count) => count > 0);
      if (isHeld && (reassignTo === undefined || reassignTo === role.roleId)) throw new AppError('role-in-use', { users });
      const successor = isHeld ? reassignTo : undefined;
      await withDelegationCheck(tx, caller, role.roleId, async () => {
        if (successor !== undefined) {
          await check.lockRoles(tx, [successor]);
          for (const { reassign } of holders) await reassign(tx, caller, role.roleId, successor);
        }
        await store.remove(tx, role._id);
      }, successor);
      tx.record({ action: 'role.delete', target: { kind: 'role', id: role.roleId }, before: roleAuditView(role), raisesPolicy: true });
    }),

    isStale: (right) => isStale(registry(), right),
  };
}

/** The rights to remove. A stale right can be removed, although its URL is no longer registered. */
function removalsOf(registry: UrlRegistry, inputs: readonly RightInput[]): Right[] {
  return inputs.map((input) => resolveRights(registry, [input], '', true).rights[0] ?? asWritten(input));
}

function capped(rights: Right[]): Right[] {
  if (rights.length > maxRights) throw new AppError('too-many-rights');
  return rights;
}

function asWritten(input: RightInput): Right {
  const { url, methods }: Exclude<RightInput, string> = typeof input === 'string' ? { url: input } : input;
  return { name: '', path: '', url, ...(methods && { methods: methods.filter(isMethod) }), access: 'auth' };
}

/** Finds a role. Throws `role-not-found`. */
export async function requireRole(
  { findByRef }: Pick<RoleStore, 'findByRef'>, tenantId: string, ref: RoleRef, tx?: ChangeTransaction,
): Promise<Role> {
  const role = await findByRef(tenantId, ref, tx);
  if (!role) throw new AppError('role-not-found');
  return role;
}

/** The fields of a role that audit records contain. */
export function roleAuditView(
  { roleId, type, name, description, rights, permissions, policies, inherits, isDefault }: Role,
): Record<string, unknown> {
  return { roleId, type, name, description, permissions, policies, inherits, isDefault, rights: rights.map(
    ({ url, methods }) => (methods ? `${methods.join(',')} ${url}` : url),
  ) };
}
