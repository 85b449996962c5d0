import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { User } from '../user.model.ts';
import type { EraseUser } from '../user.types.ts';
import type { EmailAddressStore } from './email-address.store.ts';

/**
 * Frees an address for its proven owner: erases the account with this address if it is unclaimed.
 *
 * An account is unclaimed if nobody has confirmed its address, and if it has no more than what every new user gets. Its sessions
 * and links end, and `user.displaced` is recorded. Every other account stays. The code that calls this must check afterwards
 * whether the address is free.
 */
export type DisplaceUser = (tx: ChangeTransaction, email: string) => Promise<void>;

export interface DisplaceUserDeps {
  readonly addresses: Pick<EmailAddressStore, 'findUser'>;
  readonly erase: EraseUser;
  /** The roleIds that every new user gets. */
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

/** Whether somebody has proved that they own the account, or an administrator has decided about it. */
function isClaimed({ emailVerified, verifiedRoleGiven, externalId, hasIdentities, isActive }: User): boolean {
  return emailVerified === true || verifiedRoleGiven === true || externalId !== undefined || hasIdentities === true || !isActive;
}
