import type { Model } from 'mongoose';
import type { User } from '../user.model.ts';

/** How many users of a tenant have addresses of a domain. */
export interface DomainUsers {
  readonly tenantId: string;
  readonly users: number;
}

/** The query about the users of a domain. */
export interface DomainUserStore {
  /**
   * Counts the users with an address of the domain in each tenant but `except`. Returns at most 50 tenants.
   *
   * A user who never confirmed the address and has the guest role alone is not counted. If they counted, anybody could keep a
   * tenant from getting its domain. Reads all addresses, which takes about 1 s per million.
   */
  countByTenant(domain: string, except: string | undefined, guestRole: string): Promise<DomainUsers[]>;
}

const maxTenants = 50;

/** Creates the store of the users of a domain. */
export function createDomainUserStore(model: Model<User>): DomainUserStore {
  return {
    async countByTenant(domain, except, guestRole) {
      const ofDomain = new RegExp(`@${domain.replace(/[.]/g, '\\.')}$`);
      // Bypasses the model, which requires one tenant: this query is about all tenants.
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
