import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import { orderAddressConfirmation } from './email/confirmation-mail.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import type { User } from './user.model.ts';
import type { UserStore } from './user.store.ts';
import type { UserProfile } from './user.types.ts';
import { changeOf, userAuditView } from './write-user.ts';

/** Creates the first user of a new tenant and returns the userId. A mail invites the user to choose a password. */
export type CreateFirstAdmin = (tx: ChangeTransaction, profile: UserProfile & { readonly email: string }) => Promise<string>;

export interface FirstAdminDeps {
  readonly store: Pick<UserStore, 'create'>;
  readonly clock: () => number;
  /** Locks the roles of a first admin and returns their roleIds. */
  readonly lockRoles: (tx: ChangeTransaction) => Promise<string[]>;
}

export function createFirstAdmin({ store, clock, lockRoles }: FirstAdminDeps): CreateFirstAdmin {
  return async (tx, profile) => {
    const user: User = {
      ...profile, _id: newId(), tenantId: tx.actor.tenantId, emailKey: emailKeyOf(profile.email), roles: await lockRoles(tx),
      isActive: true,
      emailVerified: false, accessVersion: 1, version: 1, createdAt: new Date(clock()),
    };
    await store.create(tx, user);
    tx.record({ ...changeOf('user.create', user._id), after: userAuditView(user) });
    orderAddressConfirmation(tx, { userId: user._id });
    return user._id;
  };
}
