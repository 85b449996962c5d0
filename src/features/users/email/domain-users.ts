import type { Model } from 'mongoose';
import type { User } from '../user.model.ts';

/** How many people of a tenant have addresses of a domain. */
export interface DomainUsers {
  readonly tenantId: string;
  readonly users: number;
}

/** Counts, for each tenant but one, who have addresses of a domain; up to 50 tenants. */
export type CountUsersOfDomain = (domain: string, except: string | undefined) => Promise<DomainUsers[]>;

const maxTenants = 50;

/**
 * Creates the function that counts them. It reads all addresses, which takes about 1 s for a million.
 *
 * Not counted is who has never confirmed the address and has the guest role alone: else anybody could keep a tenant from having its
 * domain.
 */
export function createCountUsersOfDomain(model: Model<User>, guestRole: string): CountUsersOfDomain {
  return async (domain, except) => {
    const ofDomain = new RegExp(`@${domain.replace(/[.]/g, '\\.')}$`);
    // Past the model, which asks for one tenant: this is a question about all of them.
    const found = await model.collection.aggregate<{ _id: string; users: number }>([
      { $match: { emailKey: { $regex: ofDomain }, ...(except !== undefined && { tenantId: { $ne: except } }), $or: counted(guestRole) } },
      { $group: { _id: '$tenantId', users: { $sum: 1 } } },
      { $sort: { _id: 1 } },
      { $limit: maxTenants },
    ]).toArray();
    return found.map(({ _id, users }) => ({ tenantId: _id, users }));
  };
}

function counted(guestRole: string) {
  return [{ emailVerified: true }, { verifiedRoleGiven: true }, { externalId: { $type: 'string' } }, { roles: { $elemMatch: { $ne: guestRole } } }];
}
