import type { Caller } from '../../engine/caller.ts';
import { AppError } from '../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { ProviderSecrets } from './provider.secrets.ts';
import type { ProviderFilter, ProviderStore } from './provider.store.ts';
import type { IdentityProvider, Protocol } from './provider.types.ts';
import { refusal } from './provider.validation.ts';
import type { ProviderValidation } from './provider.validation.ts';
import { createApplyEdit, nameKeyOf } from './providers/provider-edit.ts';
import type { EditedProvider, ProviderEdit } from './providers/provider-edit.ts';
import type { ProviderDelegation } from './providers/provider-delegation.ts';

export interface NewProvider extends Omit<ProviderEdit, 'version'> {
  readonly providerName: string;
  readonly protocol: Protocol;
  readonly configuration: unknown;
}

/**
 * Loads and changes identity providers.
 *
 * A change throws `provider-invalid`, `provider-exists`, `role-not-found`, `superadmin-not-inherited`, `domain-not-verified`, and
 * `grants-exceed-own` if the mapping gives a grant that the caller does not have, before or after the change.
 */
export interface ProviderService {
  load(tenantId: string, filter: ProviderFilter, page: PageRequest): Promise<Page<IdentityProvider>>;
  /** Throws `provider-not-found`. */
  find(tenantId: string, providerId: string, tx?: ChangeTransaction): Promise<IdentityProvider>;
  /** Creates a draft. Throws `tenant-full`. */
  create(actor: Actor, caller: Caller, content: NewProvider): Promise<IdentityProvider>;
  /**
   * Changes a provider. A change of its trust creates another revision; the live one stays in use until that is tested and activated.
   *
   * Throws `provider-not-found`, `version-conflict`, and `target-outranks-caller` if a linked user has a grant that the caller does not
   * have.
   */
  update(actor: Actor, caller: Caller, providerId: string, edit: ProviderEdit): Promise<IdentityProvider>;
  /** Changes configuration and secrets for somebody with a set-up link. It never changes the live revision. Throws the same. */
  setUp(
    tx: ChangeTransaction, provider: IdentityProvider, edit: Pick<ProviderEdit, 'configuration' | 'secrets' | 'version'>,
  ): Promise<IdentityProvider>;
}

export interface ProviderDeps {
  readonly store: ProviderStore;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly validation: ProviderValidation;
  readonly secrets: ProviderSecrets;
  readonly declaredAttributes: readonly string[];
  readonly delegation: ProviderDelegation;
  /** Locks all writes of providers, so that two of them cannot take the same domain. */
  readonly lockProviders: (tx: ChangeTransaction) => Promise<void>;
}

/** Creates the service that loads, creates and changes identity providers. */
export function createProviderService(
  { store, changes, clock, validation, secrets, declaredAttributes, delegation, lockProviders }: ProviderDeps,
): ProviderService {
  const apply = createApplyEdit({ ...validation, secrets, declaredAttributes });

  async function find(tenantId: string, providerId: string, tx?: ChangeTransaction): Promise<IdentityProvider> {
    const provider = await store.find(tenantId, providerId, tx);
    if (!provider) throw new AppError('provider-not-found');
    return provider;
  }

  async function requireFree(tx: ChangeTransaction, { _id, nameKey, domains }: IdentityProvider): Promise<void> {
    if (await store.isNameTaken(tx, nameKey, _id)) throw new AppError('provider-exists');
    if (domains.length === 0) return;
    const taken = await store.readTakenDomains(tx, domains, _id);
    if (taken.length > 0) throw refusal(taken.map((domain) => (
      { field: `body.domains[${domains.indexOf(domain)}]`, message: 'is a domain of another provider' })));
  }

  function requireVersion({ version: current }: IdentityProvider, { version }: ProviderEdit): void {
    if (version !== undefined && version !== current) throw new AppError('version-conflict');
  }

  return {
    load: store.load,
    find,

    create: (actor, caller, { protocol, configuration, ...content }) => changes.transact(actor, async (tx) => {
      await lockProviders(tx);
      const draft = newDraft(actor.tenantId, protocol, content.providerName, new Date(clock()));
      const first = { ...draft, configuration: validation.readConfiguration(protocol, configuration) };
      const { after } = apply(first, content);
      const provider: IdentityProvider = { ...after, revision: 1, version: 1 };
      await requireFree(tx, provider);
      await delegation.requireNamed(tx, null, provider);
      await delegation.requireMayGive(tx, caller, null, provider);
      await store.create(tx, provider);
      tx.record({
        action: 'provider.create', target: { kind: 'provider', id: provider._id }, after: auditView(provider), creates: 'providers',
      });
      return provider;
    }),

    update: (actor, caller, providerId, edit) => changes.transact(actor, async (tx) => {
      await lockProviders(tx);
      const before = await find(actor.tenantId, providerId, tx);
      requireVersion(before, edit);
      const { after, isTrust, isGiving } = apply(before, edit);
      await requireFree(tx, after);
      if (isGiving) await delegation.requireNamed(tx, before, after);
      if (isTrust || isGiving) {
        await delegation.requireMayActOnAll(tx, caller, providerId);
        await delegation.requireMayGive(tx, caller, before, after);
      }
      await store.write(tx, after);
      tx.record(changeOf('provider.update', before, { after, isTrust, isGiving }, edit));
      return after;
    }),

    async setUp(tx, before, edit) {
      requireVersion(before, edit);
      const edited = apply(before, edit);
      await store.write(tx, edited.after);
      tx.record(changeOf('provider.set-up', before, edited, edit));
      return edited.after;
    },
  };
}

/** A draft that nothing has been set of but its name. */
function newDraft(tenantId: string, protocol: Protocol, providerName: string, createdAt: Date): Omit<IdentityProvider, 'configuration'> {
  return {
    _id: `${tenantId}.${newId()}`, tenantId, providerName, nameKey: nameKeyOf(providerName), protocol, status: 'draft', revision: 1,
    sealed: {}, attributeMapping: {}, roleMapping: [], provisioning: {}, domains: [], version: 1, createdAt,
  };
}

function changeOf(
  action: 'provider.update' | 'provider.set-up', before: IdentityProvider, { after, isGiving }: EditedProvider, edit: ProviderEdit,
) {
  return {
    action, target: { kind: 'provider', id: after._id }, before: auditView(before),
    after: { ...auditView(after), ...(edit.secrets && { secrets: 'changed' }) },
    // The mapping decides what the users of the provider hold.
    raisesPolicy: isGiving,
  } as const;
}

/** The fields of a provider that audit records contain: of secrets, only the names. */
export function auditView(
  { providerName, protocol, status, revision, live, configuration, sealed, subject, ...provider }: IdentityProvider,
): Record<string, unknown> {
  const { attributeMapping, roleMapping, provisioning, domains } = provider;
  const mapping = Object.entries({ ...attributeMapping, ...(subject !== undefined && { subject }) });
  return {
    providerName, protocol, status, revision, liveRevision: live?.revision ?? null, configuration, hasSecrets: Object.keys(sealed),
    attributeMapping: mapping.map(([target, source]) => ({ target, source })), roleMapping, provisioning, domains,
  };
}
