import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { newId } from '../../platform/database/new-id.ts';
import { orderConfirmation } from './confirmation-mail.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import type { User } from './user.model.ts';
import type { UserProfile } from './user.service.ts';
import { changeOf, visible } from './write-user.ts';

/** Creates the first user of a new tenant, who is invited by mail to choose a password; answers the userId. */
export type CreateFirstAdmin = (tx: ChangeTransaction, profile: UserProfile & { readonly email: string }) => Promise<string>;

export interface FirstAdminDeps {
  readonly model: Model<User>;
  readonly clock: () => number;
  /** Claims the roles of a first admin; answers their roleIds. */
  readonly claimRoles: (tx: ChangeTransaction) => Promise<string[]>;
}

export function createFirstAdmin({ model, clock, claimRoles }: FirstAdminDeps): CreateFirstAdmin {
  return async (tx, profile) => {
    const user: User = {
      ...profile, _id: newId(), tenantId: tx.actor.tenantId, emailKey: emailKeyOf(profile.email), roles: await claimRoles(tx), isActive: true,
      emailVerified: false, accessVersion: 1, version: 1, createdAt: new Date(clock()),
    };
    await model.create([user], { session: tx.session });
    tx.record({ ...changeOf('user.create', user._id), after: visible(user) });
    orderConfirmation(tx, { userId: user._id });
    return user._id;
  };
}
