import { AppError } from '../../errors/errors.ts';
import type { LockRole } from '../roles/role.types.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import type { GiveVerifiedRole } from './verification.service.ts';

export interface PromoteDeps {
  readonly lockRole: LockRole;
  /** The role of users whose address is not verified. */
  readonly guestRole: string;
  /** The role of verified addresses in tenants that set no other. */
  readonly usualRole: string;
  readonly readTenant: (tenantId: string) => Promise<Pick<TenantState, 'settings'> | null>;
}

/** Creates the function that gives users the role of verified addresses, once. */
export function createGiveVerifiedRole({ lockRole, guestRole, usualRole, readTenant }: PromoteDeps): GiveVerifiedRole {
  return async (tx, { roles, roleTimes, emailVerified, verifiedRoleGiven = emailVerified }) => {
    if (verifiedRoleGiven) return { emailVerified: true };
    const { defaultRole } = (await readTenant(tx.actor.tenantId))?.settings ?? {};
    const userRole = await lockRole(tx, { roleId: defaultRole ?? usualRole }).catch((error: unknown) => {
      // A tenant's role may have been deleted by hand: nobody is kept from confirming an address by that.
      if (!(error instanceof AppError) || error.code !== 'role-not-found') throw error;
      return lockRole(tx, { roleId: usualRole });
    });
    return {
      emailVerified: true, verifiedRoleGiven: true,
      roles: [...roles.filter((roleId) => roleId !== guestRole && roleId !== userRole), userRole],
      ...(roleTimes && { roleTimes: roleTimes.filter(({ roleId }) => roleId !== userRole) }), // it is theirs from now on, and for good
    };
  };
}
