import { AppError } from '../../errors/errors.ts';
import type { ClaimRole } from '../roles/role-locks.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import type { Promote } from './verification.service.ts';

export interface PromoteDeps {
  readonly claimRole: ClaimRole;
  /** The role of users whose address is not verified. */
  readonly guestRole: string;
  /** The role of verified addresses in tenants that set no other. */
  readonly usualRole: string;
  readonly readTenant: (tenantId: string) => Promise<Pick<TenantState, 'settings'> | null>;
}

/** Creates the function that gives users the role of verified addresses, once. */
export function createPromote({ claimRole, guestRole, usualRole, readTenant }: PromoteDeps): Promote {
  return async (tx, { roles, roleTimes, emailVerified, isPromoted = emailVerified }) => {
    if (isPromoted) return { emailVerified: true };
    const { defaultRole } = (await readTenant(tx.actor.tenantId))?.settings ?? {};
    const userRole = await claimRole(tx, { roleId: defaultRole ?? usualRole }).catch((error: unknown) => {
      // A tenant's role may have been deleted by hand: nobody is kept from confirming an address by that.
      if (!(error instanceof AppError) || error.code !== 'role-not-found') throw error;
      return claimRole(tx, { roleId: usualRole });
    });
    return {
      emailVerified: true, isPromoted: true, roles: [...roles.filter((roleId) => roleId !== guestRole && roleId !== userRole), userRole],
      ...(roleTimes && { roleTimes: roleTimes.filter(({ roleId }) => roleId !== userRole) }), // it is theirs from now on, and for good
    };
  };
}
