import type { SessionStore } from '../features/sessions/session.store.ts';
import type { ProviderPorts } from '../features/sso/providers/provider-ports.types.ts';
import type { DomainStore } from '../features/domains/domain.store.ts';

/**
 * Creates what identity providers need of other modules.
 *
 * No identity exists yet, so no user is linked.
 */
export function createSsoPorts({ domains, sessions }: {
  readonly domains: Pick<DomainStore, 'isVerified'>;
  readonly sessions: Pick<SessionStore, 'endAllOpenedBy'>;
}): ProviderPorts {
  return {
    identities: {
      readLinkedUsers: () => Promise.resolve([]),
      hasLinkedUser: () => Promise.resolve(false),
      removeOf: () => Promise.resolve(),
    },
    isVerifiedDomain: ({ session, actor: { tenantId } }, domain) => domains.isVerified(tenantId, domain, session),
    endProviderSessions: (tx, providerId) => sessions.endAllOpenedBy(tx, { providerId }),
    checkReachable: () => Promise.resolve([]),
    declaredAttributes: [],
  };
}
