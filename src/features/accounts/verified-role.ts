import { AppError } from '../../errors/errors.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import type { LockRoleById } from './account.types.ts';
import type { GiveVerifiedRole } from './verification.service.ts';

export interface VerifiedRoleDeps {
  readonly lockRole: LockRoleById;
  /** The role of users whose address is not verified. */
  readonly guestRole: string;
  /** The role for a verified address in tenants that set no other role. */
  readonly usualRole: string;
  readonly readTenant: (tenantId: string) => Promise<Pick<TenantState, 'settings'> | null>;
}

/** Creates the function that gives a user the role for a verified address, once. */
export function createGiveVerifiedRole({ lockRole, guestRole, usualRole, readTenant }: VerifiedRoleDeps): GiveVerifiedRole {
  return async (tx, { roles, roleTimes, emailVerified, verifiedRoleGiven = emailVerified }) => {
    if (verifiedRoleGiven) return { emailVerified: true };
    const { defaultRole } = (await readTenant(tx.actor.tenantId))?.settings ?? {};
    const userRole = await lockRole(tx, { roleId: defaultRole ?? usualRole }).catch((error: unknown) => {
      // An administrator may have deleted the tenant's role in the database. Users must still be able to confirm an address.
      if (!(error instanceof AppError) || error.code !== 'role-not-found') throw error;
      return lockRole(tx, { roleId: usualRole });
    });
    return {
      emailVerified: true, verifiedRoleGiven: true,
      roles: [...roles.filter((roleId) => roleId !== guestRole && roleId !== userRole), userRole],
      ...(roleTimes && { roleTimes: roleTimes.filter(({ roleId }) => roleId !== userRole) }), // from now on it has no time limit
    };
  };
}
