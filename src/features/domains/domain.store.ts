import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { DomainClaim } from './domain.model.ts';

/** What a domain proves: only verified domains count, and the domain that a superadmin gave to a tenant. */
export interface VerifiedDomains {
  /** Whether a domain is verified for a tenant. The domain is in the form of `domainKeyOf`. */
  isVerified(tenantId: string, domain: string, session?: ClientSession): Promise<boolean>;
  /** All verified domains of a tenant. */
  verifiedDomainsOf(tenantId: string, session?: ClientSession): Promise<string[]>;
  /** The tenant for which a domain is verified; null if there is none. */
  tenantOfVerified(domain: string): Promise<string | null>;
}

/** The queries about domains. */
export interface DomainStore extends VerifiedDomains {
  /** One page of the claims of a tenant, in the order of their domains. */
  load(tenantId: string, page: PageRequest): Promise<Page<DomainClaim>>;
  find(tenantId: string, domain: string, tx?: ChangeTransaction): Promise<DomainClaim | null>;
  count(tx: ChangeTransaction): Promise<number>;
  create(tx: ChangeTransaction, claim: DomainClaim): Promise<void>;
  /** Writes these fields; an undefined one is removed. */
  write(tx: ChangeTransaction, claimId: string, set: { readonly [K in keyof DomainClaim]?: DomainClaim[K] | undefined }): Promise<void>;
  remove(tx: ChangeTransaction, claimId: string): Promise<void>;
  /** Whether another tenant has verified a domain. */
  isVerifiedElsewhere(tx: ChangeTransaction, domain: string, tenantId: string | undefined): Promise<boolean>;
  /** Takes the claim whose check has been due for the longest time. No other node takes it before `until`. */
  takeDue(now: Date, until: Date): Promise<DomainClaim | null>;
}

/** The queries about the domains that superadmins gave to tenants. */
export interface DomainsOfTenants {
  hasDomain(tenantId: string, domain: string, session?: ClientSession): Promise<boolean>;
  domainOf(tenantId: string, session?: ClientSession): Promise<string | undefined>;
  findBy(field: 'domain', value: string): Promise<{ readonly _id: string } | null>;
}

/** Creates the store of domains. */
export function createDomainStore(model: Model<DomainClaim>, tenants: DomainsOfTenants): DomainStore {
  const verified = { status: 'verified' } as const;
  return {
    async isVerified(tenantId, domain, session) {
      const claim = await model.exists({ tenantId, domain, ...verified }).session(session ?? null);
      return claim !== null || tenants.hasDomain(tenantId, domain, session);
    },
    async verifiedDomainsOf(tenantId, session) {
      const claims = await model.find({ tenantId, ...verified }, { domain: 1 }, { session: session ?? null }).sort({ domain: 1 }).lean();
      const given = await tenants.domainOf(tenantId, session);
      return [...new Set([...claims.map(({ domain }) => domain), ...(given === undefined ? [] : [given])])];
    },
    async tenantOfVerified(domain) {
      // The model refuses a query about all tenants; its collection does not.
      const found = await model.collection.findOne({ domain, ...verified }, { projection: { tenantId: 1 } });
      if (typeof found?.['tenantId'] === 'string') return found['tenantId'];
      return (await tenants.findBy('domain', domain))?._id ?? null;
    },

    load: (tenantId, page) => readPage(['domains', tenantId], page, ({ domain }) => domain, 'ascending', (after, count) =>
      model.find(after ? { tenantId, domain: after } : { tenantId }).sort({ domain: 1 }).limit(count).lean()),
    find: (tenantId, domain, tx) => model.findOne({ tenantId, domain }, null, { session: tx?.session ?? null }).lean(),
    count: ({ session, actor: { tenantId } }) => model.countDocuments({ tenantId }).session(session).exec(),
    async create({ session }, claim) {
      await model.create([claim], { session });
    },
    async write({ session, actor: { tenantId } }, _id, set) {
      const entries = Object.entries(set);
      const removed = Object.fromEntries(entries.filter(([, value]) => value === undefined).map(([name]) => [name, 1]));
      const written = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
      await model.updateOne({ tenantId, _id }, { $set: written, $unset: removed }, { session });
    },
    async remove({ session, actor: { tenantId } }, _id) {
      await model.deleteOne({ tenantId, _id }, { session });
    },
    async isVerifiedElsewhere({ session }, domain, tenantId) {
      const others = tenantId === undefined ? {} : { tenantId: { $ne: tenantId } };
      return (await model.collection.findOne({ domain, ...verified, ...others }, { session, projection: { _id: 1 } })) !== null;
    },
    async takeDue(now, until) {
      const taken = await model.collection.findOneAndUpdate(
        { nextCheckAt: { $lte: now } }, { $set: { nextCheckAt: until } }, { sort: { nextCheckAt: 1 }, returnDocument: 'after' },
      );
      return taken as DomainClaim | null; // as the schema says
    },
  };
}
