import type { Logger } from 'pino';
import { sourceOf } from '../../http/request/client-ip.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { ForgetUser, Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { LockRole } from '../roles/role.types.ts';
import type { RoleAssignmentStore } from './assignments/role-assignment.store.ts';
import type { ReadProvided } from '../grants/grants.types.ts';
import { createAssignmentRoutes } from './assignments/assignment.routes.ts';
import { createUserAssignments } from './assignments/user.assignments.ts';
import type { ReturnUrls } from '../branding/brand.types.ts';
import { orderAddressConfirmation } from './email/confirmation-mail.ts';
import { createFirstAdmin } from './create-admin.ts';
import { createDisplaceUser } from './email/displace-user.ts';
import type { DomainUserStore } from './email/domain-users.store.ts';
import type { EmailAddressStore } from './email/email-address.store.ts';
import { createCompareAddresses } from './email/email-keys.ts';
import { createEraseUser } from './erase-user.ts';
import { createValidateLogin } from './host-users.service.ts';
import type { HostUsers } from './host-users.service.ts';
import { createKeepSuperadmin } from './superadmin/keep-superadmin.ts';
import { createSuperadminRoutes } from './superadmin/superadmin.routes.ts';
import { createSuperadminService } from './superadmin/superadmin.service.ts';
import type { SuperadminDeps } from './superadmin/superadmin.service.ts';
import type { SuperadminStore } from './superadmin/superadmin.store.ts';
import type { UserListStore } from './search/user-list.store.ts';
import { namesOf } from './user.model.ts';
import { createUserRoutes } from './user.routes.ts';
import { createUserService } from './user.service.ts';
import type { UserStore } from './user.store.ts';
import type { HashNew, UserDelegation } from './user.types.ts';
import { createShowUsers } from './provided/show-users.ts';
import { createWriteUser, userAuditView } from './write-user.ts';

export interface UsersModuleDeps extends Pick<Platform, 'changes' | 'clock' | 'passwords' | 'lockDocument'> {
  readonly stores: {
    readonly users: UserStore;
    readonly userLists: UserListStore;
    readonly roleAssignments: RoleAssignmentStore;
    readonly superadmins: SuperadminStore;
    readonly emailAddresses: EmailAddressStore;
    readonly domainUsers: DomainUserStore;
  };
  /** roleIds of the roles that every tenant has. */
  readonly ladder: { readonly guest: string; readonly admin: string; readonly superadmin: string };
  readonly logger: Pick<Logger, 'error'>;
  readonly tokens: SuperadminDeps['tokens'];
  readonly delegation: UserDelegation;
  /** Locks a role for an assignment and returns its roleId. Throws `role-not-found`. */
  readonly lockRole: LockRole;
  /** The roles of new users. */
  readonly defaultRoles: (tx: ChangeTransaction) => Promise<string[]>;
  readonly endSessions: (tx: ChangeTransaction, userId: string, except?: string | null) => Promise<void>;
  readonly hasMemberships: (tx: ChangeTransaction, userId: string) => Promise<boolean>;
  readonly readTenant: (tenantId: string) => Promise<{ readonly settings: { readonly passwordMinimum?: number } } | null>;
  readonly returnUrls: ReturnUrls;
  readonly tenantIds: () => Promise<string[]>;
  readonly forgetUser: ForgetUser;
  readonly readProvided: ReadProvided;
  /** A service of the host app that knows users and passwords. */
  readonly hostUsers?: HostUsers | undefined;
}

/** Creates the module of users: their data, their roles, the first superadmin, and erasure. */
export function createUsersModule(deps: UsersModuleDeps) {
  const { stores, ladder, changes, clock, passwords, lockDocument, logger, tokens, delegation, lockRole } = deps;
  const { defaultRoles, endSessions, readTenant, forgetUser, hostUsers } = deps;
  const { users: store, superadmins, emailAddresses: addresses } = stores;
  const superadminRole = ladder.superadmin;

  const hashNew: HashNew = async (password, profile, { tenantId, userId, ip }) => {
    const { settings: { passwordMinimum } = {} } = await readTenant(tenantId) ?? {};
    const asker = userId === null ? sourceOf(ip) : { known: `user ${userId}` };
    return passwords.hashNew(
      password, { about: namesOf(profile), asker, ...(passwordMinimum !== undefined && { minimum: passwordMinimum }) },
    );
  };
  const writeUser = createWriteUser(store);
  const keepingOneSuperadmin = createKeepSuperadmin({ superadmins, superadminRole, lockDocument });
  const erase = createEraseUser({ store, keepingOneSuperadmin, forgetUser, forgetMail: changes.forgetMail });
  const displace = createDisplaceUser({ addresses, erase, readDefaultRoles: defaultRoles, hasMemberships: deps.hasMemberships });
  const superadmin = createSuperadminService(
    { users: store, superadmins, addresses, changes, clock, hashNew, superadminRole, tokens, lockDocument, displace },
  );
  const users = createUserService(
    {
      store, lists: stores.userLists, addresses, changes, clock, hashNew, writeUser, erase, defaultRoles, endSessions,
      keepingOneSuperadmin, delegation,
    },
  );
  const assignments = createUserAssignments({
    store: stores.roleAssignments, users: store, addresses, changes, clock, writeUser, delegation, keepingOneSuperadmin, superadminRole,
  });
  const showUsers = createShowUsers(deps.readProvided);
  const assignmentRoutes = createAssignmentRoutes({ assign: assignments.assign, lockRole });
  return {
    name: 'users',
    about: { title: 'Users', description: 'People of a tenant: list, create, change, disable and delete them, and give them roles.' },
    routes: [
      ...createSuperadminRoutes({ superadmin, returnUrls: deps.returnUrls }), 
      ...createUserRoutes({ users, showUsers, returnUrls: deps.returnUrls }),
      ...assignmentRoutes,
    ],
    assignmentRoutes,
    roleHolder: assignments,
    users, showUsers, superadmin, hashNew, writeUser, erase, displace, orderAddressConfirmation, auditView: userAuditView,
    validate: hostUsers && createValidateLogin({
      host: hostUsers, store, changes, clock, defaultRoles, displace, requireFreeEmail: users.requireFreeEmail,
      onFailure: (reason) => { logger.error({ reason }, 'the host did not say who logs in'); },
    }),
    createFirstAdmin: createFirstAdmin({
      store, clock, lockRoles: async (tx) => [await lockRole(tx, { type: ladder.guest }), await lockRole(tx, { type: ladder.admin })],
    }),
    countUsersOfDomain: (domain: string, except: string | undefined) => stores.domainUsers.countByTenant(domain, except, ladder.guest),
    compareAddresses: createCompareAddresses({ addresses, tenantIds: deps.tenantIds }),
  } satisfies Module & Record<string, unknown>;
}
