import type { Caller } from '../../engine/caller.ts';
import { AppError } from '../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { DomainClaim } from './domain.model.ts';
import { makeDomainToken } from './domain.proof.ts';
import type { ProveDomain } from './domain.proof.ts';
import { domainAuditView } from './domain.shape.ts';
import type { DomainStore } from './domain.store.ts';
import { checkInterval } from './domain.watch.ts';
import { isPublicDomain } from './public-domains.ts';

/** Manages the domains of a tenant. Domains are in the form in which they are compared. */
export interface DomainService {
  load(tenantId: string, page: PageRequest): Promise<Page<DomainClaim>>;
  /**
   * Adds a domain, with the token of the record that proves it. A domain that was added before stays as it is.
   *
   * `withoutProof`: a superadmin of the platform vouches for it, so it is verified at once. Throws `domain-public`, `tenant-full`,
   * `domain-proof-required`, `domain-taken`.
   */
  add(actor: Actor, caller: Caller, claim: { readonly domain: string; readonly withoutProof: boolean }): Promise<DomainClaim>;
  /** Looks up the record. Throws `domain-not-found`, `domain-not-verified`, `domain-taken`. */
  verify(actor: Actor, domain: string): Promise<DomainClaim>;
  /** Gives a domain up. It proves nothing from then on. Throws `domain-not-found`. */
  remove(actor: Actor, domain: string): Promise<void>;
}

export interface DomainDeps {
  readonly store: DomainStore;
  readonly changes: ChangeService;
  readonly prove: ProveDomain;
  /** Makes transactions that change domains run one after the other. */
  readonly lockDocument: (name: string, session: ClientSession) => Promise<void>;
  /** Whether another tenant got this domain from a superadmin. */
  readonly isGivenElsewhere: (tx: ChangeTransaction, domain: string) => Promise<boolean>;
  readonly clock: () => number;
}

/** How many domains one tenant may add. */
const maxDomains = 100;

/** Creates the service of domains. */
export function createDomainService(
  { store, changes, prove, lockDocument, isGivenElsewhere, clock }: DomainDeps,
): DomainService {
  const change = <T>(actor: Actor, work: (tx: ChangeTransaction) => Promise<T>) => changes.transact(actor, async (tx) => {
    await lockDocument('tenants', tx.session); // as for the domains that superadmins give to tenants
    return work(tx);
  });

  async function requireUntaken(tx: ChangeTransaction, domain: string): Promise<void> {
    if (await store.isVerifiedElsewhere(tx, domain, tx.actor.tenantId) || await isGivenElsewhere(tx, domain)) {
      throw new AppError('domain-taken');
    }
  }

  async function require(tx: ChangeTransaction, domain: string): Promise<DomainClaim> {
    const claim = await store.find(tx.actor.tenantId, domain, tx);
    if (!claim) throw new AppError('domain-not-found');
    return claim;
  }

  async function create(tx: ChangeTransaction, domain: string): Promise<DomainClaim> {
    if (await store.count(tx) >= maxDomains) throw new AppError('tenant-full');
    const { tenantId } = tx.actor;
    const claim: DomainClaim = {
      _id: newId(), tenantId, domain, token: makeDomainToken(), status: 'pending', createdAt: new Date(clock()),
    };
    await store.create(tx, claim);
    tx.record({ action: 'domain.add', target: { kind: 'domain', id: domain }, after: domainAuditView(claim) });
    return claim;
  }

  /** Marks a claim as verified, and records this unless nothing but the time of the check has changed. */
  async function markVerified(tx: ChangeTransaction, claim: DomainClaim, withoutProof: boolean): Promise<DomainClaim> {
    await requireUntaken(tx, claim.domain);
    const now = new Date(clock());
    const isNew = claim.status !== 'verified';
    await store.write(tx, claim._id, {
      status: 'verified', missingSince: undefined, ...(isNew && { verifiedAt: now }), ...(withoutProof
        ? { withoutProof, checkedAt: undefined, nextCheckAt: undefined }
        : { withoutProof: undefined, checkedAt: now, nextCheckAt: new Date(now.getTime() + checkInterval) }),
    });
    const after = await require(tx, claim.domain);
    if (isNew || (claim.withoutProof ?? false) !== withoutProof) {
      const target = { kind: 'domain', id: claim.domain } as const;
      tx.record({ action: 'domain.verify', target, before: domainAuditView(claim), after: domainAuditView(after) });
    }
    return after;
  }

  return {
    load: store.load,

    async add(actor, caller, { domain, withoutProof }) {
      if (isPublicDomain(domain)) throw new AppError('domain-public');
      if (withoutProof && !caller.grants.isSuperadmin) throw new AppError('domain-proof-required');
      return change(actor, async (tx) => {
        const claim = await store.find(actor.tenantId, domain, tx) ?? await create(tx, domain);
        return withoutProof && claim.status !== 'verified' ? markVerified(tx, claim, true) : claim;
      });
    },

    async verify(actor, domain) {
      const claim = await store.find(actor.tenantId, domain);
      if (!claim) throw new AppError('domain-not-found');
      if (await prove(domain, claim.token) !== 'found') throw new AppError('domain-not-verified');
      return change(actor, async (tx) => {
        const now = await require(tx, domain);
        // Removed and added again in the meantime, it has another record.
        if (now.token !== claim.token) throw new AppError('domain-not-verified');
        return markVerified(tx, now, false);
      });
    },

    remove: (actor, domain) => change(actor, async (tx) => {
      const claim = await require(tx, domain);
      await store.remove(tx, claim._id);
      tx.record({ action: 'domain.delete', target: { kind: 'domain', id: domain }, before: domainAuditView(claim) });
    }),
  };
}
