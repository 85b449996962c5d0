import { AppError } from '../../errors/errors.ts';
import type { TenantNameStore } from './tenant-names.store.ts';

/** Refuses a domain that users of other tenants have in their addresses. Throws `domain-in-use`, which names these tenants. */
export type RequireUnusedDomain = (domain: string, tenantId?: string) => Promise<void>;

export interface UnusedDomainDeps {
  readonly names: Pick<TenantNameStore, 'hasDomain' | 'namesOf'>;
  /** Whether the domain of an address decides the tenant of a login. If not, no login depends on a domain, and none is refused. */
  readonly isLoginByEmail: boolean;
  readonly countUsers: (
    domain: string, except: string | undefined,
  ) => Promise<readonly { readonly tenantId: string; readonly users: number }[]>;
}

/**
 * Creates the check of a new domain.
 *
 * When a tenant has a domain, every login with an address of this domain goes to that tenant. Users of other tenants with such
 * addresses could no longer log in.
 */
export function createRequireUnusedDomain({ names, isLoginByEmail, countUsers }: UnusedDomainDeps): RequireUnusedDomain {
  return async (domain, tenantId) => {
    if (!isLoginByEmail) return;
    if (tenantId !== undefined && await names.hasDomain(tenantId, domain)) return; // the tenant has this domain already
    const others = await countUsers(domain, tenantId);
    if (others.length === 0) return;
    const named = await names.namesOf(others.map((other) => other.tenantId));
    throw new AppError('domain-in-use', {
      errors: others.map(({ tenantId: other, users }) => ({
        field: 'body.domain',
        message: `is in the addresses of ${users} ${users === 1 ? 'user' : 'users'} of the tenant ${named.get(other) ?? other}`,
      })),
    });
  };
}
