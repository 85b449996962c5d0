import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { TenantStates } from '../tenants/tenant.store.ts';
import type { ReadActiveHolders } from '../users/assignments/active-holders.store.ts';
import { createProveDomain } from './domain.proof.ts';
import { createDomainRoutes } from './domain.routes.ts';
import { createDomainService } from './domain.service.ts';
import type { DomainDeps } from './domain.service.ts';
import type { DomainStore } from './domain.store.ts';
import { createDomainWatch } from './domain.watch.ts';

export interface DomainsModuleDeps extends Pick<Platform, 'changes' | 'clock' | 'logger' | 'lockDocument'> {
  readonly stores: {
    readonly domains: DomainStore;
    readonly activeHolders: ReadActiveHolders;
    readonly tenants: Pick<TenantStates, 'ensureLocated'>;
    readonly tenantRecords: {
      isTaken(tx: Parameters<DomainDeps['isGivenElsewhere']>[0], names: { readonly domain: string }, except: string): Promise<boolean>;
    };
  };
  readonly settings: { readonly dnsServers: readonly string[] };
  /** The roles whose users are told of a lost domain. */
  readonly ladder: { readonly admin: string; readonly superadmin: string };
}

/** How many administrators get a mail about one domain. */
const maxMails = 20;

/** Creates the module of domains: a tenant proves that it owns one, and the proof is checked each day. */
export function createDomainsModule({ stores, settings, ladder, changes, clock, logger, lockDocument }: DomainsModuleDeps) {
  const prove = createProveDomain(settings.dnsServers);
  const domains = createDomainService({
    store: stores.domains, changes, clock, lockDocument, prove,
    isGivenElsewhere: (tx, domain) => stores.tenantRecords.isTaken(tx, { domain }, tx.actor.tenantId),
  });
  const watch = createDomainWatch({
    store: stores.domains, changes, clock, logger, prove, ensureLocated: stores.tenants.ensureLocated,
    adminsOf: (tx) => stores.activeHolders(tx, [ladder.admin, ladder.superadmin], maxMails),
  });
  return {
    name: 'domains',
    about: { title: 'Domains', description: 'Domains that a tenant has proven to own. Sign-on relies on verified domains alone.' },
    routes: createDomainRoutes({ domains }),
    opened: watch.begin,
    close: watch.close,
  } satisfies Module & Record<string, unknown>;
}
