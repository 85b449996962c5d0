import type { Model } from 'mongoose';
import type { Logger } from 'pino';
import { sourceOf } from '../../http/request/client-ip.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { ForgetUser, Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Delegation } from '../grants/grants.types.ts';
import type { OneTimeTokens } from '../links/one-time-token.service.ts';
import type { LockRole } from '../roles/role.types.ts';
import { adminType, guestType, superadminType } from '../roles/role.types.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import { createUserAssignments } from './assignments/user.assignments.ts';
import { createFirstAdmin } from './create-admin.ts';
import { createDisplaceUser } from './email/displace-user.ts';
import { createCountUsersOfDomain } from './email/domain-users.ts';
import { createCompareAddresses } from './email/email-keys.ts';
import { createEraseUser } from './erase-user.ts';
import { createValidateLogin } from './host-users.service.ts';
import type { HostUsers } from './host-users.service.ts';
import { createKeepSuperadmin } from './superadmin/keep-superadmin.ts';
import { createSuperadminRoutes } from './superadmin/superadmin.routes.ts';
import { createSuperadminService } from './superadmin/superadmin.service.ts';
import { namesOf } from './user.model.ts';
import type { User } from './user.model.ts';
import { createUserRoutes } from './user.routes.ts';
import { createUserService } from './user.service.ts';
import type { HashNew } from './user.service.ts';
import { createWriteUser } from './write-user.ts';

export interface UsersModuleDeps extends Pick<Platform, 'changes' | 'clock' | 'passwords' | 'lockDocument'> {
  readonly model: Model<User>;
  readonly logger: Pick<Logger, 'error'>;
  readonly tokens: OneTimeTokens;
  readonly delegation: Delegation;
  readonly lockRole: LockRole;
  /** The roles of new users. */
  readonly defaultRoles: (tx: ChangeTransaction) => Promise<string[]>;
  readonly endSessions: (tx: ChangeTransaction, userId: string, except?: string | null) => Promise<void>;
  readonly hasMemberships: (tx: ChangeTransaction, userId: string) => Promise<boolean>;
  readonly readTenant: (tenantId: string) => Promise<Pick<TenantState, 'settings'> | null>;
  readonly tenantIds: () => Promise<string[]>;
  readonly forgetUser: ForgetUser;
  /** The host's own service that knows users and passwords. */
  readonly hostUsers?: HostUsers | undefined;
}

/** People: who they are, which roles they have, and how they are erased. */
export function createUsersModule(deps: UsersModuleDeps) {
  const { model, changes, clock, passwords, lockDocument, logger, tokens, delegation, lockRole, defaultRoles, endSessions, readTenant, forgetUser, hostUsers } = deps;

  const hashNew: HashNew = async (password, profile, { tenantId, userId, ip }) => {
    const { settings: { passwordMinimum } = {} } = await readTenant(tenantId) ?? {};
    const asker = userId === null ? sourceOf(ip) : { known: `user ${userId}` };
    return passwords.hashNew(password, { about: namesOf(profile), asker, ...(passwordMinimum !== undefined && { minimum: passwordMinimum }) });
  };
  const writeUser = createWriteUser(model);
  const keepingOneSuperadmin = createKeepSuperadmin({ model, superadminRole: superadminType, lockDocument });
  const erase = createEraseUser({ model, keepingOneSuperadmin, forgetUser, forgetMail: changes.forgetMail });
  const displace = createDisplaceUser({ model, erase, readDefaultRoles: defaultRoles, hasMemberships: deps.hasMemberships });
  const superadmin = createSuperadminService({ model, changes, clock, hashNew, superadminRole: superadminType, tokens, lockDocument, displace });
  const users = createUserService({ model, changes, clock, hashNew, writeUser, erase, defaultRoles, endSessions, keepingOneSuperadmin, delegation });
  const assignments = createUserAssignments({ model, changes, clock, writeUser, delegation, keepingOneSuperadmin, superadminRole: superadminType });
  return {
    name: 'users',
    routes: [...createSuperadminRoutes({ superadmin }), ...createUserRoutes({ users })],
    roleHolder: assignments,
    assign: assignments.assign,
    users, superadmin, hashNew, writeUser, erase,
    validate: hostUsers && createValidateLogin({
      host: hostUsers, model, changes, clock, defaultRoles, displace, requireFreeEmail: users.requireFreeEmail,
      onFailure: (reason) => { logger.error({ reason }, 'the host did not say who logs in'); },
    }),
    createFirstAdmin: createFirstAdmin({
      model, clock, lockRoles: async (tx) => [await lockRole(tx, { type: guestType }), await lockRole(tx, { type: adminType })],
    }),
    countUsersOfDomain: createCountUsersOfDomain(model, guestType),
    compareAddresses: createCompareAddresses({ users: model, tenantIds: deps.tenantIds }),
  } satisfies Module & Record<string, unknown>;
}

export type UsersModule = ReturnType<typeof createUsersModule>;
