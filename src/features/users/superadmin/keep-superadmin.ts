import { AppError } from '../../../errors/errors.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import type { KeepingOneSuperadmin } from '../user.types.ts';
import type { SuperadminStore } from './superadmin.store.ts';

export interface KeepSuperadminDeps {
  readonly superadmins: Pick<SuperadminStore, 'countAble'>;
  readonly superadminRole: string;
  readonly lockDocument: (name: string, session: ClientSession) => Promise<void>;
}

/** The name of the lock for transactions that create, or may remove, the last superadmin of a tenant. */
export const superadminGuard = (tenantId: string) => `superadmins:${tenantId}`;

/** Creates the check that a tenant with an active superadmin keeps one. */
export function createKeepSuperadmin({ superadmins, superadminRole, lockDocument }: KeepSuperadminDeps): KeepingOneSuperadmin {
  return async (tx, work) => {
    const { session, actor: { tenantId } } = tx;
    // A superadmin without a password cannot log in, so they do not count as the one that is left.
    const count = () => superadmins.countAble(tx, superadminRole);
    const before = await count();
    const result = await work();
    const after = await count();
    if (after < before) {
      await lockDocument(superadminGuard(tenantId), session);
      if (after === 0) throw new AppError('last-superadmin');
    }
    return result;
  };
}
