import { AppError } from '../../errors/errors.ts';
import type { TenantNameStore } from './tenant-names.store.ts';

/** Refuses a domain under which people of other tenants than this one log in. Throws `domain-in-use`, which says of which tenants. */
export type RequireUnusedDomain = (domain: string, tenantId?: string) => Promise<void>;

export interface UnusedDomainDeps {
  readonly names: Pick<TenantNameStore, 'hasDomain' | 'namesOf'>;
  /** Whether the domain of an address says for which tenant a login is: else nobody's login depends on it. */
  readonly isLoginByEmail: boolean;
  readonly countUsers: (
    domain: string, except: string | undefined,
  ) => Promise<readonly { readonly tenantId: string; readonly users: number }[]>;
}

/**
 * Creates the check. Once a tenant has a domain, addresses of that domain lead to that tenant: users of other tenants with such
 * addresses would not be found any more.
 */
export function createRequireUnusedDomain({ names, isLoginByEmail, countUsers }: UnusedDomainDeps): RequireUnusedDomain {
  return async (domain, tenantId) => {
    if (!isLoginByEmail) return;
    if (tenantId !== undefined && await names.hasDomain(tenantId, domain)) return; // it has it already
    const others = await countUsers(domain, tenantId);
    if (others.length === 0) return;
    const named = await names.namesOf(others.map((other) => other.tenantId));
    throw new AppError('domain-in-use', {
      errors: others.map((other) => ({ field: 'body.domain', message: `is that of ${other.users} ${other.users === 1 ? 'user' : 'users'} of the tenant ${named.get(other.tenantId) ?? other.tenantId}` })),
    });
  };
}
