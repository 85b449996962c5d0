import type { Model } from 'mongoose';
import type { User } from '../user.model.ts';

/** How many people of a tenant have addresses of a domain. */
export interface DomainUsers {
  readonly tenantId: string;
  readonly users: number;
}

/** The query about the users of a domain. */
export interface DomainUserStore {
  /**
   * Counts, for each tenant but `except`, who has an address of the domain; up to 50 tenants.
   *
   * A user who never confirmed the address and has the guest role alone is not counted: else anybody could keep a tenant from
   * having its domain. It reads all addresses, which takes about 1 s for a million.
   */
  countByTenant(domain: string, except: string | undefined, guestRole: string): Promise<DomainUsers[]>;
}

const maxTenants = 50;

/** Creates the store of the users of a domain. */
export function createDomainUserStore(model: Model<User>): DomainUserStore {
  return {
    async countByTenant(domain, except, guestRole) {
      const ofDomain = new RegExp(`@${domain.replace(/[.]/g, '\\.')}$`);
      // Past the model, which asks for one tenant: this is a question about all of them.
      const found = await model.collection.aggregate<{ _id: string; users: number }>([
        { $match: { emailKey: { $regex: ofDomain }, ...(except !== undefined && { tenantId: { $ne: except } }), $or: counted(guestRole) } },
        { $group: { _id: '$tenantId', users: { $sum: 1 } } },
        { $sort: { _id: 1 } },
        { $limit: maxTenants },
      ]).toArray();
      return found.map(({ _id, users }) => ({ tenantId: _id, users }));
    },
  };
}

function counted(guestRole: string) {
  return [{ emailVerified: true }, { verifiedRoleGiven: true }, { externalId: { $type: 'string' } }, {
    roles: { $elemMatch: { $ne: guestRole } },
  }];
}
