import { AppError } from '../../errors/errors.ts';
import type { EnforceQuota, QuotaKind } from '../../platform/changes/quota.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';
import type { TenantSettings } from './tenant.model.ts';
import type { TenantStates } from './tenant.store.ts';
import type { TenantLimits } from './tenant.types.ts';

/** The limits of a tenant whose settings name no other; users are not limited. */
const usual: TenantLimits = { roles: 1_000, groups: 1_000, clients: 1_000, providers: 20, checksPerSecond: 5_000 };

/** The limits of the default tenant. Most deployments have no other tenant, so it may ask for more. */
const ofDefault: TenantLimits = { checksPerSecond: 50_000 };

export function limitsOf(tenantId: string, { limits = {} }: TenantSettings): TenantLimits {
  return { ...(tenantId === defaultTenantId ? ofDefault : usual), ...limits };
}

export interface EnforceQuotaDeps {
  readonly tenants: Pick<TenantStates, 'settingsOf' | 'lockForCreation'>;
  readonly count: Readonly<Record<QuotaKind, (tenantId: string, most: number, session: ClientSession) => Promise<number>>>;
}

/** Creates the check of a tenant's quotas. It throws `tenant-full`. */
export function createEnforceQuota({ tenants, count }: EnforceQuotaDeps): EnforceQuota {
  return async (tenantId, created, session) => {
    const limits = limitsOf(tenantId, await tenants.settingsOf(tenantId, session));
    const limited = [...created].flatMap((kind) => (limits[kind] === undefined ? [] : [{ kind, limit: limits[kind] }]));
    if (limited.length === 0) return;
    // Two transactions that create the last allowed thing at the same time conflict here, and one of them starts over.
    await tenants.lockForCreation(tenantId, session);
    for (const { kind, limit } of limited) if (await count[kind](tenantId, limit + 1, session) > limit) throw new AppError('tenant-full');
  };
}
