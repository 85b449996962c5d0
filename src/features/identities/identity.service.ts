import type { Caller } from '../../engine/caller.ts';
import { AppError } from '../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { LinkedUserStore } from '../users/provided/linked-users.store.ts';
import type { User } from '../users/user.model.ts';
import type { UserStore } from '../users/user.store.ts';
import type { Identity } from './identity.model.ts';
import type { IdentityStore } from './identity.store.ts';
import type { ProviderMappings } from './provided/provider-mappings.types.ts';

/** An identity with the name of its provider. */
export interface NamedIdentity {
  readonly identity: Identity;
  /** Undefined if the provider was deleted. */
  readonly providerName: string | undefined;
}

export interface IdentityService {
  /** Throws `user-not-found`. */
  listOf(tenantId: string, userId: string): Promise<NamedIdentity[]>;
  /**
   * Unlinks an identity of a user, and ends the sessions that it opened. The user loses the roles that it gave.
   *
   * Throws `user-not-found`, `identity-not-found`, `target-outranks-caller`. Throws `last-way-in` if the user is the caller, who could not
   * log in any more.
   */
  unlink(actor: Actor, caller: Caller, userId: string, identityId: string): Promise<void>;
  /**
   * Removes the identities of a provider that is being deleted. The users stay. Their sessions read their rights again.
   *
   * The caller records the change of the provider, with `raisesPolicy`.
   */
  forgetProvider(tx: ChangeTransaction, providerId: string): Promise<void>;
}

export interface IdentityDeps {
  readonly identities: IdentityStore;
  readonly users: Pick<UserStore, 'read' | 'readWithPassword'>;
  readonly linkedUsers: LinkedUserStore;
  readonly providers: Pick<ProviderMappings, 'namesOf'>;
  readonly changes: Pick<ChangeService, 'transact'>;
  /** Returns the user if the caller has all grants of that user. Throws `user-not-found`, `target-outranks-caller`. */
  readonly requireMayActOn: (caller: Caller, userId: string, tx: ChangeTransaction) => Promise<User>;
  readonly endSessionsOf: (tx: ChangeTransaction, opened: { readonly providerId: string; readonly identityId: string }) => Promise<void>;
}

/** Creates the service that lists and unlinks identities. */
export function createIdentityService(
  { identities, users, linkedUsers, providers, changes, requireMayActOn, endSessionsOf }: IdentityDeps,
): IdentityService {
  /** Whether a user can log in without this identity. */
  async function hasOtherWay(tx: ChangeTransaction, userId: string, others: readonly Identity[]): Promise<boolean> {
    const user = await users.readWithPassword(tx.actor.tenantId, userId, tx.session);
    return others.some(({ disabledHere }) => disabledHere !== true) || user?.password !== undefined || user?.externalId !== undefined;
  }

  return {
    async listOf(tenantId, userId) {
      if (!await users.read(tenantId, userId)) throw new AppError('user-not-found');
      const found = await identities.listOf(tenantId, userId);
      const names = await providers.namesOf(tenantId, found.map(({ providerId }) => providerId));
      return found.map((identity) => ({ identity, providerName: names.get(identity.providerId) }));
    },

    unlink: (actor, caller, userId, identityId) => changes.transact(actor, async (tx) => {
      const user = await requireMayActOn(caller, userId, tx);
      const all = await identities.listOf(actor.tenantId, userId, tx.session);
      const identity = all.find(({ _id }) => _id === identityId);
      if (!identity) throw new AppError('identity-not-found');
      const others = all.filter((each) => each !== identity);
      if (userId === caller.userId && !await hasOtherWay(tx, userId, others)) throw new AppError('last-way-in');
      const { providerId } = identity;
      const losesAttributes = user.assertedBy === providerId && !others.some((each) => each.providerId === providerId);
      await identities.remove(tx, identityId);
      await linkedUsers.write(tx, user, {
        ...(others.length === 0 && { hasIdentities: undefined }),
        ...(losesAttributes && { department: undefined, attributes: undefined, assertedBy: undefined }),
      });
      await endSessionsOf(tx, { providerId, identityId });
      tx.mail({ kind: 'identity-unlinked', userId });
      tx.record({
        action: 'identity.unlink', target: { kind: 'identity', id: identityId }, before: { userId, provider: providerId }, users: [userId],
      });
    }),

    async forgetProvider(tx, providerId) {
      const { session, actor: { tenantId } } = tx;
      const userIds = await identities.readLinkedUsers(tenantId, [providerId], session);
      await identities.removeAllOfProvider(tx, providerId);
      const still = new Set((await identities.readAsserted(tenantId, userIds, session)).map(({ userId }) => userId));
      await linkedUsers.forgetProvider(tx, providerId, userIds, userIds.filter((userId) => !still.has(userId)));
    },
  };
}
