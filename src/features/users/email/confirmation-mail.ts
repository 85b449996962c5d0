import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';

/**
 * Orders the mail with which a user confirms the address: an invitation for one who has no password yet.
 *
 * Both are ordered for every user, and the mailer sends the one that fits. So an order by address tells nothing by what
 * it writes.
 */
export function orderAddressConfirmation(tx: ChangeTransaction, who: { readonly userId: string } | { readonly email: string }): void {
  tx.mail({ kind: 'verify-email', ...who });
  tx.mail({ kind: 'invitation', ...who });
}
