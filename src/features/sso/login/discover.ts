import type { VerifiedDomains } from '../../domains/domain.store.ts';
import { takesLogins } from '../../tenants/tenant.model.ts';
import type { LoginMethod } from '../../tenants/tenant.model.ts';
import type { TenantStates } from '../../tenants/tenant.store.ts';
import type { TenantDirectory, TenantHints } from '../../tenants/tenant.types.ts';
import { emailKeyOf } from '../../../http/input/email-address.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { ProviderStore } from '../provider.store.ts';

/** The ways in which a person may log in. */
export interface LoginWays {
  readonly ways: readonly ('password' | 'provider')[];
  readonly provider?: { readonly providerId: string; readonly providerName: string };
}

/**
 * Finds how a person logs in. The answer depends on the domain of the address alone, so it reveals no person.
 *
 * Only verified domains count.
 */
export type Discover = (hints: TenantHints & { readonly email: string }) => Promise<LoginWays>;

export interface DiscoverDeps {
  readonly directory: Pick<TenantDirectory, 'resolve'>;
  readonly domains: Pick<VerifiedDomains, 'isVerified' | 'tenantOfVerified'>;
  readonly tenants: Pick<TenantStates, 'read'>;
  readonly store: Pick<ProviderStore, 'findActiveOfDomain'>;
}

/** Creates the function that finds how a person logs in. */
export function createDiscover({ directory, domains, tenants, store }: DiscoverDeps): Discover {
  async function isOpen(tenantId: string, method: LoginMethod): Promise<boolean> {
    return takesLogins(await tenants.read(tenantId), method);
  }

  async function providerOf(tenantId: string, domain: string): Promise<LoginWays['provider']> {
    const found = await store.findActiveOfDomain(tenantId, domain);
    if (!found || !await domains.isVerified(tenantId, domain) || !await isOpen(tenantId, 'sso')) return undefined;
    return { providerId: found._id, providerName: found.providerName };
  }

  return async (hints) => {
    const domain = emailKeyOf(hints.email).split('@').at(-1) ?? '';
    const named = await directory.resolve(hints);
    // If nothing else names a tenant, the owner of the domain is asked too: the id of the provider then names the tenant.
    const owner = named === defaultTenantId && hints.tenant === undefined ? await domains.tenantOfVerified(domain) : null;
    const provider = await providerOf(named, domain) ?? (owner === null ? undefined : await providerOf(owner, domain));
    const hasPassword = await isOpen(named, 'password');
    const ways = [...(provider ? ['provider' as const] : []), ...(hasPassword ? ['password' as const] : [])];
    return { ways, ...(provider && { provider }) };
  };
}
