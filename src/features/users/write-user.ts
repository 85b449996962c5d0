import type { Action } from '../../platform/changes/actions.ts';
import type { Change } from '../../platform/changes/change.service.ts';
import type { User } from './user.model.ts';
import type { UserStore } from './user.store.ts';
import type { WriteUser } from './user.types.ts';

/** Creates the function that writes users and records the difference. */
export function createWriteUser(store: Pick<UserStore, 'write'>): WriteUser {
  return async (tx, action, before, set, { raises = false } = {}) => {
    const after: User = { ...before, ...set, version: before.version + 1, accessVersion: before.accessVersion + (raises ? 1 : 0) };
    const { version, accessVersion } = after;
    await store.write(tx, before, { ...set, version, accessVersion });
    tx.record(
      {
        ...changeOf(action, before._id), before: userAuditView(before), after: userAuditView(after), ...(raises && { users: [before._id] }),
      },
    );
    return after;
  };
}

export function changeOf(action: Action, userId: string): Change {
  return { action, target: { kind: 'user', id: userId } };
}

/** The fields of a user that audit records contain. */
export function userAuditView(
  { email, emailVerified, username, firstName, lastName, language, department, attributes, roles, roleTimes, isActive }: User,
): Record<string, unknown> {
  return { email, emailVerified, username, firstName, lastName, language, department, attributes, roles, roleTimes, isActive };
}
