import type { ProviderPorts } from '../features/sso/providers/provider-ports.types.ts';
import type { TenantNameStore } from '../features/tenants/tenant-names.store.ts';

/**
 * Creates what identity providers need of other modules.
 *
 * No identity exists yet, so no user is linked and no session is of a provider. The domain of a tenant is verified: a superadmin of the
 * platform set it.
 */
export function createSsoPorts({ tenantNames }: { readonly tenantNames: Pick<TenantNameStore, 'hasDomain'> }): ProviderPorts {
  return {
    identities: {
      readLinkedUsers: () => Promise.resolve([]),
      hasLinkedUser: () => Promise.resolve(false),
      removeOf: () => Promise.resolve(),
    },
    isVerifiedDomain: ({ actor: { tenantId } }, domain) => tenantNames.hasDomain(tenantId, domain),
    endProviderSessions: () => Promise.resolve(),
    checkReachable: () => Promise.resolve([]),
    declaredAttributes: [],
  };
}
