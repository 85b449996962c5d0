import { AppError } from '../../errors/errors.ts';
import type { EnforceQuota, QuotaKind } from '../../platform/changes/quota.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';
import type { TenantSettings } from './tenant.model.ts';
import type { TenantStates } from './tenant.store.ts';
import type { TenantLimits } from './tenant.types.ts';

/** Of tenants but the default one, where their settings say nothing else; users are not limited. */
const usual: TenantLimits = { roles: 1_000, groups: 1_000, clients: 1_000, checksPerSecond: 5_000 };

/** Of the default tenant: it is the only one of most, and may ask for more than one of many. */
const ofDefault: TenantLimits = { checksPerSecond: 50_000 };

export function limitsOf(tenantId: string, { limits = {} }: TenantSettings): TenantLimits {
  return { ...(tenantId === defaultTenantId ? ofDefault : usual), ...limits };
}

export interface EnforceQuotaDeps {
  readonly tenants: Pick<TenantStates, 'settingsOf' | 'lockForCreation'>;
  readonly count: Readonly<Record<QuotaKind, (tenantId: string, most: number, session: ClientSession) => Promise<number>>>;
}

/** Creates the check of how much a tenant has. */
export function createEnforceQuota({ tenants, count }: EnforceQuotaDeps): EnforceQuota {
  return async (tenantId, created, session) => {
    const limits = limitsOf(tenantId, await tenants.settingsOf(tenantId, session));
    const limited = [...created].flatMap((kind) => (limits[kind] === undefined ? [] : [{ kind, limit: limits[kind] }]));
    if (limited.length === 0) return;
    // Two that create the last one at once meet here, and one of them starts over.
    await tenants.lockForCreation(tenantId, session);
    for (const { kind, limit } of limited) if (await count[kind](tenantId, limit + 1, session) > limit) throw new AppError('tenant-full');
  };
}
