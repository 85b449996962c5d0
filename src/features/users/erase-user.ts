import type { Model } from 'mongoose';
import type { ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { ForgetUser } from '../../platform/module.ts';
import type { User } from './user.model.ts';
import type { KeepingOneSuperadmin } from './user.service.ts';
import { changeOf } from './write-user.ts';

/** Erases a user inside a transaction. Throws `last-superadmin`. */
export type EraseUser = (tx: ChangeTransaction, action: 'user.delete' | 'user.delete-account' | 'user.displaced', user: User) => Promise<void>;

export interface EraseUserDeps {
  readonly model: Model<User>;
  readonly keepingOneSuperadmin: KeepingOneSuperadmin;
  /** Forgets the user in all features: sessions, links, memberships, audit records. */
  readonly forgetUser: ForgetUser;
  /** Takes back the mails that are ordered for the user. */
  readonly forgetMail: ChangeService['forgetMail'];
}

/**
 * Makes what erases a user: the user, and everywhere else what says who that was.
 *
 * The audit trail keeps what was done, to whom and by whom, by id alone; addresses, names and devices go from it too.
 */
export function createEraseUser({ model, keepingOneSuperadmin, forgetUser, forgetMail }: EraseUserDeps): EraseUser {
  return async (tx, action, user) => {
    const { _id, tenantId, roles, isActive } = user;
    await keepingOneSuperadmin(tx, () => model.deleteOne({ tenantId, _id }, { session: tx.session }));
    await forgetUser(tx, user);
    await forgetMail(tx, user);
    tx.record({ ...changeOf(action, _id), before: { roles, isActive }, users: [_id] });
  };
}
