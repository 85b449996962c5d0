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
  /** All of the role's own rights anew; not together with add or remove. */
  readonly rights?: readonly RightInput[];
  readonly add?: readonly RightInput[];
  readonly remove?: readonly RightInput[];
  /** The version the edit was made on; without it the newest. */
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

/** What changes a role throws `grants-exceed-own` as well, where it gives, or gave, what the caller does not hold. */
export interface RoleService {
  load(tenantId: string, filter: { readonly roleId?: string }, page: PageRequest): Promise<Page<Role>>;
  /** Throws `role-not-found`. */
  find(tenantId: string, ref: RoleRef): Promise<Role>;
  /** Throws `right-not-registered`, `right-is-config`, `too-many-rights`, `policies-too-complex`, `role-exists`, and what an edit of the rest throws. */
  create(actor: Actor, caller: Caller, role: NewRole): Promise<Role>;
  /** Throws what `create` does, `role-not-found`, `superadmin-rights-fixed`, `version-conflict`, `target-outranks-caller`. */
  updateRights(actor: Actor, caller: Caller, ref: RoleRef, edit: RightsEdit): Promise<Role>;
  /** Throws `role-not-found`, `system-role`, `role-inherited`, `role-in-use`, `superadmin-not-inherited`; where it is in use, what assigning the other role to each holder throws. */
  remove(actor: Actor, caller: Caller, ref: RoleRef, reassignTo: string | undefined): Promise<void>;
  /** Whether a stored right opens nothing any more. */
  isStale(right: Right): boolean;
}

/** How many faulty rights one answer names. */
const maxNamed = 50;

/**
 * Does work that changes what a role gives, if the caller could give the one and the other; `successor` is the role that
 * its holders have afterwards, where that is another one. Throws `grants-exceed-own`.
 */
export type WithRoleDelegationCheck = <T>(
  tx: ChangeTransaction, caller: Caller, roleId: string, work: () => Promise<T>, successor?: string,
) => Promise<T>;

/** Refuses to change what a role gives where somebody holds it who holds what the caller does not. Throws `target-outranks-caller`. */
export type RequireMayChangeRole = (tx: ChangeTransaction, caller: Caller, roleId: string) => Promise<void>;

/** Does work that changes which roles new users are given, if the caller could give them the one and the other. Throws `grants-exceed-own`. */
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

/** Creates the service that loads, creates, changes and deletes roles; each change is one transaction and counts at the next request. */
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
    return capped(
      subtractRights(united, removalsOf(remove ?? []), (right) => endpointsOfRight(registry(), right).map(({ method }) => method)),
    );
  }

  // A stale right must be removable although its URL is no longer registered.
  function removalsOf(inputs: readonly RightInput[]): Right[] {
    return inputs.map((input) => resolveRights(registry(), [input], '', true).rights[0] ?? asWritten(input));
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
      tx.record({ action: 'role.update-rights', target: {
        kind: 'role', id: role.roleId,
      }, before: roleAuditView(role), after: roleAuditView(after), raisesPolicy: true });
      return after;
    }),

    remove: (actor, caller, ref, reassignTo) => changes.transact(actor, async (tx) => {
      const role = await findIn(actor.tenantId, ref, tx);
      if (role.isSystemRole) throw new AppError('system-role');
      if (await store.isInherited(tx, role.roleId)) throw new AppError('role-inherited');
      for (const holder of holders) for (const ended of [
        role.roleId, ...(reassignTo === undefined ? [] : [reassignTo]),
      ]) await holder.forgetEnded?.(tx, ended);
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

function capped(rights: Right[]): Right[] {
  if (rights.length > maxRights) throw new AppError('too-many-rights');
  return rights;
}

function asWritten(input: RightInput): Right {
  const { url, methods }: Exclude<RightInput, string> = typeof input === 'string' ? { url: input } : input;
  return { name: '', path: '', url, ...(methods && { methods: methods.filter(isMethod) }), access: 'auth' };
}

/** Throws `role-not-found`. */
export async function requireRole(
  { findByRef }: Pick<RoleStore, 'findByRef'>, tenantId: string, ref: RoleRef, tx?: ChangeTransaction,
): Promise<Role> {
  const role = await findByRef(tenantId, ref, tx);
  if (!role) throw new AppError('role-not-found');
  return role;
}

/** What a record shows of a role. */
export function roleAuditView(
  { roleId, type, name, description, rights, permissions, policies, inherits, isDefault }: Role,
): Record<string, unknown> {
  return { roleId, type, name, description, permissions, policies, inherits, isDefault, rights: rights.map(
    ({ url, methods }) => (methods ? `${methods.join(',')} ${url}` : url),
  ) };
}
