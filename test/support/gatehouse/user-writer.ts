import type { ClientSession, Connection } from 'mongoose';
import { systemActor } from '../../../src/platform/changes/actor.ts';
import type { ChangeTransaction } from '../../../src/platform/changes/change.service.ts';
import { newId } from '../../../src/platform/database/queries/new-id.ts';
import { defaultTenantId } from '../../../src/platform/database/tenancy/tenant-scope.ts';
import type { PasswordPool } from '../../../src/platform/passwords/password.pool.ts';
import { createPasswordService } from '../../../src/platform/passwords/password.service.ts';
import { createRoleLockStore } from '../../../src/features/roles/locks/role-locks.store.ts';
import { createLockDefaultRoles, createLockRole } from '../../../src/features/roles/locks/role-locks.ts';
import { guestType } from '../../../src/features/roles/role.types.ts';
import type { Settings } from '../../../src/settings/load-settings.ts';
import type { Models } from '../../../src/boot/stores.ts';
import { emailKeyOf } from '../../../src/http/input/email-address.ts';
import { searchWordsOf } from '../../../src/features/users/search/search-words.ts';
import type { User } from '../../../src/features/users/user.model.ts';

export interface WrittenUser {
  readonly email: string;
  readonly password: string;
  /** Role types, besides the default roles. */
  readonly roles: readonly string[];
}

export interface UserWriterDeps {
  readonly connection: Connection;
  readonly stores: Pick<Models, 'roles' | 'users'>;
  readonly settings: Pick<Settings, 'passwordCost' | 'pepper'>;
  readonly passwordPool: PasswordPool;
  readonly clock: () => number;
}

/**
 * Makes what writes a user of the default tenant into the database and answers the userId.
 *
 * What is stored of the user and of the roles is what POST /admin/create-user and one POST /roles/assign for each role leave there:
 * new-user.test.ts compares. Beside that nothing is written: no audit record, no row of the feed, no order for a mail.
 */
export function createUserWriter({ connection, stores: { roles, users }, settings, passwordPool, clock }: UserWriterDeps) {
  const passwords = createPasswordService({ cost: settings.passwordCost, pepper: settings.pepper, pool: passwordPool });
  const locks = createRoleLockStore(roles);
  const claimDefaults = createLockDefaultRoles(locks, guestType);
  const lock = createLockRole(locks);

  async function claimAll(session: ClientSession, types: readonly string[]): Promise<string[]> {
    const tx: ChangeTransaction = { session, actor: systemActor(defaultTenantId), record: () => undefined, mail: () => undefined };
    let held = await claimDefaults(tx);
    for (const type of types) {
      const roleId = await lock(tx, { type });
      held = [...held.filter((each) => each !== roleId), roleId];
    }
    return held;
  }

  return async ({ email, password, roles: types }: WrittenUser): Promise<string> => {
    const stored = await passwords.hash(password);
    const session = await connection.startSession();
    try {
      const held = await claimAll(session, types);
      const user: User = {
        _id: newId(), tenantId: defaultTenantId, email, emailKey: emailKeyOf(email), emailVerified: false, roles: held, isActive: true,
        password: stored, accessVersion: 1 + types.length, version: 1 + types.length, createdAt: new Date(clock()),
        searchWords: searchWordsOf({ email }),
      };
      await users.create([user], { session });
      return user._id;
    } finally {
      await session.endSession();
    }
  };
}
