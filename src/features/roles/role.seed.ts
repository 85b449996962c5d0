import { grantRights, isStale, resolveRights, rightKey } from '../../engine/grants/right.ts';
import type { Right, RightInput } from '../../engine/grants/right.ts';
import { distinct } from '../../engine/grants/compiled-grants.ts';
import { policyKey } from '../../engine/policies/policy.ts';
import type { Permission, Policy } from '../../engine/policies/policy.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { startError } from '../../errors/errors.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { KnownPermissions } from '../policies/policies.types.ts';
import { isTenantAdmin } from './role.ladder.ts';
import { maxRights } from './role.model.ts';
import type { Role } from './role.model.ts';
import type { RoleStore } from './role.store.ts';
import { superadminType } from './role.types.ts';
import type { SeedResult, SeedRole, SeededRole } from './role.types.ts';

export interface RoleSeedDeps {
  readonly store: Pick<RoleStore, 'findDeclared' | 'insert' | 'edit'>;
  readonly registry: () => UrlRegistry;
  readonly permissions: KnownPermissions;
  /** The name of the transaction's tenant. */
  readonly nameOf: (tx: ChangeTransaction) => Promise<string>;
  /** Called once for each tenant that already has a role of its own with the roleId or type of a declared role. */
  readonly onKept: (tenant: string, type: string) => void;
  /** Called once for each role that still has what an earlier declaration gave it and the present one does not name. */
  readonly onLeftOver: (tenant: string, type: string, leftOver: readonly string[]) => void;
}

/**
 * Creates the function that updates one built-in role to its declaration.
 *
 * The rights of the superadmin are replaced by all registered URLs. Every other role gets only declared rights that it never had
 * before, so a right that a superadmin removed stays removed. If nothing differs, nothing is written. If a tenant has created a
 * role with the same roleId or type itself, its role stays unchanged.
 */
export function createRoleSeed({ store, registry, permissions, nameOf, onKept, onLeftOver }: RoleSeedDeps): SeedRole {
  const told = new Set<string>();

  return async (tx, declaration) => {
    const { tenantId } = tx.actor;
    const isSuperadmin = declaration.type === superadminType;
    const { type } = declaration;
    const ofTenant = isTenantAdmin({ tenantId, type, isSystemRole: true }) ? tenantAdminRights(registry()) : [];
    const declared = isSuperadmin
      ? { rights: allRights(registry()), permissions: [], policies: [] }
      : declaredContent(registry(), { ...declaration, rights: [...declaration.rights, ...ofTenant] }, permissions, ofTenant.length > 0);
    const role = await store.findDeclared(tx, type);
    if (!role) return create(tx, declaration, declared);
    if (!role.isSystemRole) return keep(tx, type);
    if (!isSuperadmin) await tellLeftOver(tx, role, declared);
    const wanted = isSuperadmin ? { ...declared, seeded: [] } : withNew(role, declared);
    return update(tx, role, { ...wanted, inherits: [...declaration.inherits] });
  };

  async function keep(tx: ChangeTransaction, type: string): Promise<SeedResult> {
    if (isFirst(tx, type)) onKept(await nameOf(tx), type);
    return { created: false, changed: false, rights: 0 };
  }

  async function tellLeftOver(tx: ChangeTransaction, role: Role, declared: Content): Promise<void> {
    const leftOver = leftOverIn(registry(), role, declared);
    if (leftOver.length > 0 && isFirst(tx, role.type)) onLeftOver(await nameOf(tx), role.type, leftOver);
  }

  function isFirst({ actor: { tenantId } }: ChangeTransaction, type: string): boolean {
    const key = `${tenantId} ${type}`;
    if (told.has(key)) return false;
    told.add(key);
    return true;
  }

  async function create(tx: ChangeTransaction, declaration: SeededRole, declared: Content): Promise<SeedResult> {
    const { type, name, description, inherits, isDefault } = declaration;
    await store.insert(tx, {
      _id: newId(), tenantId: tx.actor.tenantId, roleId: type, type, name, description, ...declared, inherits: [...inherits],
      isSystemRole: true, isDefault: isDefault ?? false,
      version: 1, lockCount: 0, seeded: type === superadminType ? [] : marksOf(declared),
    });
    tx.record({ action: 'role.create', target: { kind: 'role', id: type }, after: {
      roleId: type, ...declared, rights: declared.rights.map(textOf),
    }, raisesPolicy: true });
    return { created: true, changed: true, rights: declared.rights.length };
  }

  async function update(tx: ChangeTransaction, role: Role, wanted: Content & Pick<Role, 'seeded' | 'inherits'>): Promise<SeedResult> {
    const before = role.rights.map(textOf);
    const after = wanted.rights.map(textOf);
    const differs = JSON.stringify([before, role.seeded, role.inherits]) !== JSON.stringify([after, wanted.seeded, wanted.inherits]);
    if (!differs) return { created: false, changed: false, rights: 0 };
    await store.edit(tx, role._id, wanted);
    tx.record({ action: 'role.seed', target: {
      kind: 'role', id: role.roleId,
    }, before: { rights: before }, after: { rights: after }, raisesPolicy: true });
    return { created: false, changed: true, rights: countMissing(after, before) + countMissing(before, after) };
  }
}

/** All registered URLs as rights, but at most 10,000. This stored copy is for display only. */
function allRights(registry: UrlRegistry): Right[] {
  return registry.urls.slice(0, maxRights).map(
    ({ name, path, url, methods, access }) => ({ name, path, url, ...(methods && { methods }), access }),
  );
}

/** The content that a declaration gives to a role. */
type Content = Pick<Role, 'rights' | 'permissions' | 'policies'>;

/** Adds the declared content that the role never had before. */
function withNew(role: Role, { rights, permissions, policies }: Content): Content & Pick<Role, 'seeded'> {
  const isNew = (mark: string) => !role.seeded.includes(mark);
  return {
    rights: grantRights(role.rights, rights.filter((right) => isNew(markOf(right)))),
    permissions: [...new Set([...role.permissions, ...permissions.filter((permission) => isNew(permissionMark(permission)))])],
    policies: distinct([...role.policies, ...policies.filter((policy) => isNew(policyMark(policy)))]),
    seeded: [...new Set([...role.seeded, ...marksOf({ rights, permissions, policies })])],
  };
}

/** What a role still has from an earlier declaration, although the present one does not name it. A right that opens nothing is left out. */
function leftOverIn(registry: UrlRegistry, { seeded, rights, permissions, policies }: Role, declared: Content): string[] {
  const named = new Set(marksOf(declared));
  const isLeftOver = (mark: string) => seeded.includes(mark) && !named.has(mark);
  return [
    ...rights.filter((right) => isLeftOver(markOf(right)) && !isStale(registry, right))
      .map(({ methods, url }) => [...(methods ?? []), url].join(' ')),
    ...permissions.filter((permission) => isLeftOver(permissionMark(permission))),
    ...policies.filter((policy) => isLeftOver(policyMark(policy))).map((policy) => JSON.stringify(policy)),
  ];
}

/** The config URLs of the admin of a tenant. */
function tenantAdminRights(registry: UrlRegistry): RightInput[] {
  return registry.urls.filter(({ tenantAdmin }) => tenantAdmin).map(({ url, methods }) => (methods ? { url, methods } : url));
}

function declaredContent(registry: UrlRegistry, declaration: SeededRole, known: KnownPermissions, isTenantAdmins: boolean): Content {
  const { type, permissions = [], policies = [] } = declaration;
  const faults = known.faultsOf(permissions, `roles.${type}.permissions`);
  if (faults.length > 0) throw startError(
    `The declared role "${type}" cannot hold: ${faults.map(({ field, message }) => `${field} (${message})`).join(', ')}.`,
  );
  return { rights: declaredRights(registry, declaration, isTenantAdmins), permissions: [...permissions], policies: [...policies] };
}

function declaredRights(registry: UrlRegistry, { type, rights }: SeededRole, isTenantAdmins: boolean): Right[] {
  const resolved = resolveRights(registry, rights, `roles.${type}.rights`, isTenantAdmins);
  const faults = [...resolved.unregistered, ...resolved.config];
  if (faults.length > 0) throw startError(
    `The declared role "${type}" cannot hold: ${faults.map(({ field, message }) => `${field} (${message})`).join(', ')}.`,
  );
  return resolved.rights;
}

function countMissing(keys: readonly string[], from: readonly string[]): number {
  const present = new Set(from);
  return keys.filter((key) => !present.has(key)).length;
}

function textOf({ methods, url, access }: Right): string {
  return `${access} ${methods?.join(',') ?? '*'} ${url}`;
}

function marksOf({ rights, permissions, policies }: Content): string[] {
  return [...rights.map(markOf), ...permissions.map(permissionMark), ...policies.map(policyMark)];
}

function permissionMark(permission: Permission): string {
  return `permission ${permission}`;
}

function policyMark(policy: Policy): string {
  return `policy ${policyKey(policy)}`;
}

/** The text by which `seeded` remembers a right. It stays the same if parameters of the URL are renamed. */
function markOf({ methods, url, access }: Right): string {
  return `${access} ${methods?.join(',') ?? '*'} ${rightKey({ url })}`;
}
