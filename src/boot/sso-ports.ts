import type { SessionStore } from '../features/sessions/session.store.ts';
import type { ProviderPorts } from '../features/sso/providers/provider-ports.types.ts';
import type { TenantNameStore } from '../features/tenants/tenant-names.store.ts';

/**
 * Creates what identity providers need of other modules.
 *
 * No identity exists yet, so no user is linked. The domain of a tenant is verified: a superadmin of the
 * platform set it.
 */
export function createSsoPorts({ tenantNames, sessions }: {
  readonly tenantNames: Pick<TenantNameStore, 'hasDomain'>;
  readonly sessions: Pick<SessionStore, 'endAllOpenedBy'>;
}): ProviderPorts {
  return {
    identities: {
      readLinkedUsers: () => Promise.resolve([]),
      hasLinkedUser: () => Promise.resolve(false),
      removeOf: () => Promise.resolve(),
    },
    isVerifiedDomain: ({ actor: { tenantId } }, domain) => tenantNames.hasDomain(tenantId, domain),
    endProviderSessions: (tx, providerId) => sessions.endAllOpenedBy(tx, { providerId }),
    checkReachable: () => Promise.resolve([]),
    declaredAttributes: [],
  };
}
