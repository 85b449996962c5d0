import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';

/**
 * Orders the mail with which a user confirms the address. A user without a password gets an invitation instead.
 *
 * Both mails are ordered for every user, and the mailer sends the right one. So the writes of an order by address do not
 * show whether the user has a password.
 */
export function orderAddressConfirmation(
  tx: ChangeTransaction, who: { readonly userId: string } | { readonly email: string }, returnTo?: string,
): void {
  const order = { ...who, ...(returnTo !== undefined && { returnTo }) };
  tx.mail({ kind: 'verify-email', ...order });
  tx.mail({ kind: 'invitation', ...order });
}
