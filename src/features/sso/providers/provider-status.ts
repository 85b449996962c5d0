import type { Caller } from '../../../engine/caller.ts';
import { AppError } from '../../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { auditView } from '../provider.service.ts';
import type { ProviderService } from '../provider.service.ts';
import type { ProviderStore } from '../provider.store.ts';
import type { IdentityProvider, ProviderRevision } from '../provider.types.ts';
import type { RequireOtherWayIn } from './last-way-in.ts';
import type { LoginLocks } from './login-locks.ts';
import type { ProviderDelegation } from './provider-delegation.ts';
import type { ProviderPorts } from './provider-ports.types.ts';

/**
 * Turns providers on and off, and deletes them.
 *
 * All throw `provider-not-found`, `target-outranks-caller` if a linked user has a grant that the caller does not have, and
 * `grants-exceed-own` if the mapping gives one.
 */
export interface ProviderStatus {
  /** Makes a revision the live one. Throws `provider-not-tested` unless it passed a test, or is the live one already. */
  activate(actor: Actor, caller: Caller, providerId: string, revision: number): Promise<IdentityProvider>;
  /** Refuses logins through the provider, and ends its sessions unless they are kept. Throws `last-way-in`. */
  deactivate(
    actor: Actor, caller: Caller, providerId: string, options: { readonly keepSessions: boolean },
  ): Promise<IdentityProvider>;
  /** Deletes a provider with its identities, and ends its sessions. The users stay. Throws `last-way-in`. */
  remove(actor: Actor, caller: Caller, providerId: string): Promise<void>;
}

export interface ProviderStatusDeps extends Pick<ProviderPorts, 'identities' | 'endProviderSessions'> {
  readonly store: Pick<ProviderStore, 'write' | 'remove'>;
  readonly find: ProviderService['find'];
  readonly changes: ChangeService;
  readonly delegation: ProviderDelegation;
  readonly requireOtherWayIn: RequireOtherWayIn;
  readonly loginLocks: Pick<LoginLocks, 'shutOut'>;
  readonly lockProviders: (tx: ChangeTransaction) => Promise<void>;
  /** Removes what belongs to a provider that is deleted. */
  readonly forget: readonly ((tx: ChangeTransaction, providerId: string) => Promise<void>)[];
}

/** Creates the service that turns identity providers on and off. */
export function createProviderStatus(deps: ProviderStatusDeps): ProviderStatus {
  const { store, find, changes, delegation, requireOtherWayIn, loginLocks, lockProviders, identities, endProviderSessions, forget } = deps;

  /** Reads a provider for a change, and checks that the caller may act on everybody who comes through it. */
  async function take(tx: ChangeTransaction, caller: Caller, providerId: string): Promise<IdentityProvider> {
    await lockProviders(tx);
    const provider = await find(tx.actor.tenantId, providerId, tx);
    await delegation.requireMayActOnAll(tx, caller, providerId);
    await delegation.requireMayGive(tx, caller, provider, provider);
    return provider;
  }

  async function end(tx: ChangeTransaction, { _id, status }: IdentityProvider, keepSessions: boolean): Promise<void> {
    if (status === 'active') await requireOtherWayIn(tx, _id);
    await loginLocks.shutOut(tx, _id);
    if (!keepSessions) await endProviderSessions(tx, _id);
  }

  async function write(
    tx: ChangeTransaction, action: 'provider.activate' | 'provider.deactivate', before: IdentityProvider, set: Partial<IdentityProvider>,
  ): Promise<IdentityProvider> {
    const after: IdentityProvider = { ...before, ...set, version: before.version + 1 };
    await store.write(tx, after);
    tx.record({
      action, target: { kind: 'provider', id: before._id }, before: auditView(before), after: auditView(after), raisesPolicy: true,
    });
    return after;
  }

  return {
    activate: (actor, caller, providerId, revision) => changes.transact(actor, async (tx) => {
      const provider = await take(tx, caller, providerId);
      const live = revisionToActivate(provider, revision);
      if (!live) throw new AppError('provider-not-tested');
      return write(tx, 'provider.activate', provider, { status: 'active', live });
    }),

    deactivate: (actor, caller, providerId, { keepSessions }) => changes.transact(actor, async (tx) => {
      const provider = await take(tx, caller, providerId);
      await end(tx, provider, keepSessions);
      // Recorded in any case: it may end sessions that an earlier deactivation kept.
      return write(tx, 'provider.deactivate', provider, { status: provider.status === 'draft' ? 'draft' : 'inactive' });
    }),

    remove: (actor, caller, providerId) => changes.transact(actor, async (tx) => {
      const provider = await take(tx, caller, providerId);
      await end(tx, provider, false);
      await identities.removeOf(tx, providerId);
      for (const each of forget) await each(tx, providerId);
      await store.remove(tx, providerId);
      tx.record({
        action: 'provider.delete', target: { kind: 'provider', id: providerId }, before: auditView(provider), raisesPolicy: true,
      });
    }),
  };
}

/** The content of this revision, if it may become the live one. */
function revisionToActivate(
  { revision, configuration, sealed, subject, live, testedRevision }: IdentityProvider, wanted: number,
): ProviderRevision | undefined {
  if (wanted === live?.revision) return live;
  const isReady = wanted === revision && testedRevision === revision;
  return isReady ? { revision, configuration, sealed, ...(subject !== undefined && { subject }) } : undefined;
}
