import type { ChangeService } from '../../platform/changes/change.service.ts';
import type { ForgetUser } from '../../platform/module.ts';
import type { UserStore } from './user.store.ts';
import type { EraseUser, KeepingOneSuperadmin } from './user.types.ts';
import { changeOf } from './write-user.ts';

export interface EraseUserDeps {
  readonly store: Pick<UserStore, 'remove'>;
  readonly keepingOneSuperadmin: KeepingOneSuperadmin;
  /** Forgets the user in all features: sessions, links, memberships, audit records. */
  readonly forgetUser: ForgetUser;
  /** Cancels the mails that are ordered for the user. */
  readonly forgetMail: ChangeService['forgetMail'];
}

/**
 * Creates the function that erases a user, and the data of all features about the user.
 *
 * The audit trail keeps which user did what to which user, by ids alone. Addresses, names and devices are removed from it too.
 */
export function createEraseUser({ store, keepingOneSuperadmin, forgetUser, forgetMail }: EraseUserDeps): EraseUser {
  return async (tx, action, user) => {
    const { _id, roles, isActive } = user;
    await keepingOneSuperadmin(tx, () => store.remove(tx, user));
    await forgetUser(tx, user);
    await forgetMail(tx, user);
    tx.record({ ...changeOf(action, _id), before: { roles, isActive }, users: [_id] });
  };
}
