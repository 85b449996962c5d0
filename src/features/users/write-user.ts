import type { Model } from 'mongoose';
import type { Change, ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { User } from './user.model.ts';

/**
 * Writes a user, inside a transaction that read it, and records the difference.
 *
 * `raises` tells that the user's sessions must look at roles and status anew.
 */
export type WriteUser = (tx: ChangeTransaction, action: string, before: User, set: Partial<User>, options?: { readonly raises?: boolean }) => Promise<User>;

export function createWriteUser(model: Model<User>): WriteUser {
  return async (tx, action, before, set, { raises = false } = {}) => {
    const after: User = { ...before, ...set, version: before.version + 1, accessVersion: before.accessVersion + (raises ? 1 : 0) };
    const { version, accessVersion } = after;
    await model.updateOne({ tenantId: before.tenantId, _id: before._id }, { $set: { ...set, version, accessVersion } }, { session: tx.session });
    tx.record(
      { ...changeOf(action, before._id), before: auditView(before), after: auditView(after), ...(raises && { users: [before._id] }) },
    );
    return after;
  };
}

export function changeOf(action: string, userId: string): Change {
  return { action, target: { kind: 'user', id: userId } };
}

/** What a record shows of a user. */
export function auditView({ email, emailVerified, username, firstName, lastName, roles, roleTimes, isActive }: User): Record<string, unknown> {
  return { email, emailVerified, username, firstName, lastName, roles, roleTimes, isActive };
}
