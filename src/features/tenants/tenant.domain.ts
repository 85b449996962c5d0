import type { Model } from 'mongoose';
import { AppError } from '../../errors/errors.ts';
import type { Tenant } from './tenant.model.ts';

/** Refuses a domain under which people of other tenants than this one log in. Throws `domain-in-use`, which says of which tenants. */
export type RequireUnusedDomain = (domain: string, tenantId?: string) => Promise<void>;

export interface UnusedDomainDeps {
  readonly model: Model<Tenant>;
  /** Whether the domain of an address says for which tenant a login is: else nobody's login depends on it. */
  readonly isLoginByEmail: boolean;
  readonly countUsers: (domain: string, except: string | undefined) => Promise<readonly { readonly tenantId: string; readonly users: number }[]>;
}

/**
 * Creates the check. Once a tenant has a domain, addresses of that domain lead to that tenant: users of other tenants with such
 * addresses would not be found any more.
 */
export function createRequireUnusedDomain({ model, isLoginByEmail, countUsers }: UnusedDomainDeps): RequireUnusedDomain {
  return async (domain, tenantId) => {
    if (!isLoginByEmail) return;
    if (tenantId !== undefined && await model.exists({ _id: tenantId, domain })) return; // it has it already
    const others = await countUsers(domain, tenantId);
    if (others.length === 0) return;
    const named = new Map((await model.find({ _id: { $in: others.map((other) => other.tenantId) } }, { name: 1 }).lean()).map(({ _id, name }) => [_id, name]));
    throw new AppError('domain-in-use', {
      errors: others.map((other) => ({ field: 'body.domain', message: `is that of ${other.users} ${other.users === 1 ? 'user' : 'users'} of the tenant ${named.get(other.tenantId) ?? other.tenantId}` })),
    });
  };
}
