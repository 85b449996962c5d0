import { z } from 'zod';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { callHost } from '../../platform/call-host.ts';
import { isDuplicate } from '../../platform/database/queries/duplicate.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { DisplaceUser } from './email/displace-user.ts';
import type { User } from './user.model.ts';
import type { UserStore } from './user.store.ts';
import type { RequireFreeEmail, ValidateLogin } from './user.types.ts';
import { changeOf, userAuditView } from './write-user.ts';

/** A service of the host app that knows users and their passwords. */
export interface HostUsers {
  /**
   * Returns the user with this name and password, within 5 s; null if there is none. `username` is what was sent as `email`.
   *
   * Gatehouse calls it after the password did not match a user of its own. It must take the same time for a name that it does not
   * know. If it throws, the login is answered with 503.
   */
  validateUser(username: string, password: string, context: { readonly tenantId: string }): Promise<HostUser | null>;
}

/** A user as the host's service describes them. */
export interface HostUser {
  /** The host's id of the user, 1 to 256 characters. It must never be given to another user. */
  readonly externalId: string;
  readonly email: string;
  readonly username?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
}

/** How long the host may take, in ms. */
const validationLimit = 5_000;

export interface HostUserDeps {
  readonly host: HostUsers;
  readonly store: Pick<UserStore, 'readByExternalId' | 'create'>;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly defaultRoles: (tx: ChangeTransaction) => Promise<string[]>;
  readonly displace: DisplaceUser;
  readonly requireFreeEmail: RequireFreeEmail;
  /** Receives the reason of a failure, without anything that the user typed. */
  readonly onFailure: (reason: string) => void;
}

const name = z.string().trim().min(1).max(128).refine((text) => !/[\0\p{Cs}]/u.test(text)).optional();
const identity = z.object({
  externalId: z.string().min(1).max(256).refine((text) => !/[\0\p{Cs}]/u.test(text)), email: z.email().max(254), username: name,
  firstName: name, lastName: name,
}).nullable();

export function createValidateLogin(
  { host, store, changes, clock, defaultRoles, displace, requireFreeEmail, onFailure }: HostUserDeps,
): ValidateLogin {
  async function ask({ tenantId }: Actor, username: string, password: string): Promise<HostUser | null> {
    const outcome = await callHost(() => host.validateUser(username, password, { tenantId }), validationLimit);
    const known = 'answer' in outcome ? identity.safeParse(outcome.answer) : undefined;
    if (known?.success) return known.data;
    onFailure('failure' in outcome ? outcome.failure.reason : `neither null nor a user: see ${known?.error.issues.map(
      ({ path }) => path.join('.') || 'the whole',
    ).join(', ') ?? ''}`);
    throw new AppError('users-unreachable');
  }

  const create = (actor: Actor, { externalId, email, username, firstName, lastName }: HostUser) => changes.transact(actor, async (tx) => {
    await displace(tx, email);
    const user: User = {
      _id: newId(), tenantId: actor.tenantId, externalId, email, emailKey: await requireFreeEmail(tx, email), emailVerified: false,
      ...(username !== undefined && { username }), ...(firstName !== undefined && { firstName }),
      ...(lastName !== undefined && { lastName }),
      roles: await defaultRoles(tx), isActive: true, accessVersion: 1, version: 1, createdAt: new Date(clock()),
    };
    await store.create(tx, user);
    tx.record({ ...changeOf('user.keep', user._id), after: userAuditView(user), creates: 'users' });
    return user;
  });

  return async (actor, username, password) => {
    const known = await ask(actor, username, password);
    if (!known) return null;
    const { tenantId } = actor;
    try {
      return await store.readByExternalId(tenantId, known.externalId) ?? await create(actor, known);
    } catch (error) {
      if (!isDuplicate(error) && !(error instanceof AppError && error.code === 'email-taken')) throw error;
      // Another node may have created the user at the same moment.
      const user = await store.readByExternalId(tenantId, known.externalId);
      if (!user) throw new AppError('email-taken');
      return user;
    }
  };
}
