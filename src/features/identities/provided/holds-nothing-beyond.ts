import { compileGrants } from '../../../engine/grants/compiled-grants.ts';
import { containsGrants } from '../../../engine/grants/contains-grants.ts';
import { grantSetOf } from '../../../engine/grants/grant.ts';
import type { Grant } from '../../../engine/grants/grant.ts';
import { withRolesToCome } from '../../../engine/grants/role-times.ts';
import { specializeGrants } from '../../../engine/grants/specialize-grants.ts';
import type { UrlRegistry } from '../../../engine/urls/url-registry.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { Delegation, GrantResolver } from '../../grants/grants.types.ts';
import type { User } from '../../users/user.model.ts';

export interface HoldsNothingBeyondDeps extends Pick<GrantResolver, 'resolveGrants' | 'resolveAssigned'> {
  readonly delegation: Pick<Delegation, 'rolesOf'>;
  readonly registry: () => UrlRegistry;
  /** The roleId of the role that everybody holds. */
  readonly baseRole: string;
  /** The types of the roles of administrators. */
  readonly adminTypes: readonly string[];
}

/**
 * Creates the check whether a user holds nothing beyond the grants of some roles. Roles that start later count as active. An administrator
 * always holds more.
 */
export function createHoldsNothingBeyond({
  resolveGrants, resolveAssigned, delegation, registry, baseRole, adminTypes,
}: HoldsNothingBeyondDeps) {
  return async ({ actor: { tenantId }, session }: ChangeTransaction, user: User, roleIds: readonly string[]): Promise<boolean> => {
    const held = await resolveGrants(withRolesToCome(user), session);
    if (held.roleTypes.some((type) => adminTypes.includes(type))) return false;
    const possible = await resolveAssigned(tenantId, { roles: [...new Set([...roleIds, baseRole])] }, session);
    // Conditions on the roles of the user have the same outcome on both sides.
    const compiled = (granted: readonly Grant[]) => compileGrants(
      registry(), grantSetOf(specializeGrants(granted, delegation.rolesOf(user))),
    );
    return containsGrants(compiled(possible), compiled(held.granted), registry());
  };
}
