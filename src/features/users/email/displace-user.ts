import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { User } from '../user.model.ts';
import type { EraseUser } from '../user.types.ts';
import type { EmailAddressStore } from './email-address.store.ts';

/**
 * Makes room for somebody of whom it is known that an address is theirs: removes the account that has the address, if nobody has ever
 * shown that they read mail there and if it holds no more than what everybody who registers is given.
 *
 * Its sessions and links end, and `user.displaced` is recorded. Any other account stays, and whether one has the address is for the caller to
 * ask.
 */
export type DisplaceUser = (tx: ChangeTransaction, email: string) => Promise<void>;

export interface DisplaceUserDeps {
  readonly addresses: Pick<EmailAddressStore, 'findUser'>;
  readonly erase: EraseUser;
  /** roleIds of what everybody who registers is given. */
  readonly readDefaultRoles: (tx: ChangeTransaction) => Promise<readonly string[]>;
  readonly hasMemberships: (tx: ChangeTransaction, userId: string) => Promise<boolean>;
}

export function createDisplaceUser({ addresses, erase, readDefaultRoles, hasMemberships }: DisplaceUserDeps): DisplaceUser {
  async function holdsMore(tx: ChangeTransaction, { _id, roles, groups = [] }: User): Promise<boolean> {
    const usual = await readDefaultRoles(tx);
    return groups.length > 0 || roles.some((roleId) => !usual.includes(roleId)) || await hasMemberships(tx, _id);
  }

  return async (tx, email) => {
    const holder = await addresses.findUser(tx, email);
    if (!holder || isClaimed(holder) || await holdsMore(tx, holder)) return;
    await erase(tx, 'user.displaced', holder);
  };
}

/** Whether somebody has shown that the account is theirs, or an administrator has decided about it. */
function isClaimed({ emailVerified, verifiedRoleGiven, externalId, isActive }: User): boolean {
  return emailVerified === true || verifiedRoleGiven === true || externalId !== undefined || !isActive;
}
