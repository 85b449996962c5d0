import type { Identity } from '../../identities/identity.model.ts';
import type { User } from '../../users/user.model.ts';

/** The user behind a resource, read in the transaction that writes. */
export interface LinkedUser {
  readonly user: Pick<User, 'isActive' | 'disabledBy'>;
  readonly identity: Pick<Identity, 'disabledHere'>;
  /** Whether the user has another identity, a password, or an administrator's role given by hand. */
  readonly hasOtherWay: boolean;
}

/** What the state of a resource changes for the user. Absent parts stay as they are. */
export interface AccessChange {
  readonly user?: { readonly isActive: boolean; readonly disabledBy: string | undefined };
  readonly identity?: { readonly disabledHere: boolean };
  /** The sessions that end in the same transaction: those that the identity opened, or all of the user, each with its refresh token. */
  readonly ends: 'nothing' | 'of-identity' | 'of-user';
}

/**
 * Says what `active` of a resource changes. Undefined, which is no statement, changes nothing.
 *
 * - False disables the user in the name of the provider. A user who has another way in loses the identity alone.
 * - True switches the identity on again, and lifts only a disabling by this provider. A user whom an administrator, another provider or an
 *   unknown cause has disabled stays disabled.
 */
export function planAccess(active: boolean | undefined, { user, identity, hasOtherWay }: LinkedUser, providerId: string): AccessChange {
  if (active === undefined) return { ends: 'nothing' };
  const isOff = identity.disabledHere === true;
  if (active) {
    return {
      ...(!user.isActive && user.disabledBy === providerId && { user: { isActive: true, disabledBy: undefined } }),
      ...(isOff && { identity: { disabledHere: false } }),
      ends: 'nothing',
    };
  }
  const disables = !hasOtherWay && user.isActive;
  return {
    ...(disables && { user: { isActive: false, disabledBy: providerId } }),
    ...(!isOff && { identity: { disabledHere: true } }),
    // Sessions end also where nothing else changes: a request that failed halfway is repeated.
    ends: hasOtherWay ? 'of-identity' : 'of-user',
  };
}
