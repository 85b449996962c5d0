import type { ChangeTransaction } from '../../platform/changes/change.service.ts';

/** Locks a role for an assignment and returns its roleId. Throws `role-not-found`. */
export type LockRoleById = (tx: ChangeTransaction, ref: { readonly roleId: string }) => Promise<string>;
