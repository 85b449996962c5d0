import { AppError } from '../../../errors/errors.ts';
import type { RoleLockStore } from './role-locks.store.ts';
import type { LockDefaultRoles, LockRole } from '../role.types.ts';

/** Creates the function that locks a role for an assignment. */
export function createLockRole({ lock }: Pick<RoleLockStore, 'lock'>): LockRole {
  return async (tx, ref) => {
    const roleId = await lock(tx, ref);
    if (roleId === null) throw new AppError('role-not-found');
    return roleId;
  };
}

/** Creates the function that locks the roles of new users. `always` is the roleId of a role that every new user gets. */
export function createLockDefaultRoles({ lockDefaults }: Pick<RoleLockStore, 'lockDefaults'>, always: string): LockDefaultRoles {
  return async (tx) => [always, ...await lockDefaults(tx, always)];
}
