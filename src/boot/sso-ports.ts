import type { DomainStore } from '../features/domains/domain.store.ts';
import type { IdentityStore } from '../features/identities/identity.store.ts';
import type { SessionStore } from '../features/sessions/session.store.ts';
import type { ProviderIdentities, ProviderPorts } from '../features/sso/providers/provider-ports.types.ts';
import type { UserStore } from '../features/users/user.store.ts';
import type { ChangeTransaction } from '../platform/changes/change.service.ts';

export interface SsoPortDeps {
  readonly domains: Pick<DomainStore, 'isVerified'>;
  readonly identities: Pick<IdentityStore, 'readLinkedUsers'>;
  readonly sessions: Pick<SessionStore, 'endAllOpenedBy'>;
  readonly users: Pick<UserStore, 'readAll'>;
  /** The declared names in `attributes.NAME`. */
  readonly attributes: readonly string[];
}

/** The number of users that are read in one step. */
const batch = 500;

/** Creates what identity providers need of other modules. */
export function createSsoPorts(
  { domains, identities, sessions, users, attributes }: SsoPortDeps, forgetProvider: ProviderIdentities['removeOf'],
): ProviderPorts {
  async function* linkedUsers({ session, actor: { tenantId } }: ChangeTransaction, providerIds: readonly string[]) {
    const userIds = await identities.readLinkedUsers(tenantId, providerIds, session);
    for (let from = 0; from < userIds.length; from += batch) {
      yield await users.readAll(tenantId, userIds.slice(from, from + batch), session);
    }
  }

  return {
    identities: {
      linkedUsers: (tx, providerId) => linkedUsers(tx, [providerId]),
      async hasLinkedUser(tx, providerIds) {
        for await (const found of linkedUsers(tx, providerIds)) if (found.some(({ isActive }) => isActive)) return true;
        return false;
      },
      removeOf: forgetProvider,
    },
    isVerifiedDomain: ({ session, actor: { tenantId } }, domain) => domains.isVerified(tenantId, domain, session),
    endProviderSessions: (tx, providerId) => sessions.endAllOpenedBy(tx, { providerId }),
    declaredAttributes: attributes,
  };
}
