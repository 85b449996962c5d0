import { grantSetOf } from '../../engine/grants/grant.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import type { Right } from '../../engine/grants/right.ts';
import { AppError } from '../../errors/errors.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import { sourceOf } from '../../http/request/client-ip.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { mailsPerAddress, mailsPerSource, registrationsPerSource } from '../../platform/limits/limit.policy.ts';
import type { Module } from '../../platform/module.ts';
import { isStill } from '../../platform/passwords/stored-password.ts';
import type { Platform } from '../../platform/platform.ts';
import type { OneTimeTokens } from '../links/one-time-token.types.ts';
import type { SessionStore } from '../sessions/session.store.ts';
import { allowsLogin } from '../tenants/tenant.model.ts';
import type { TenantStates } from '../tenants/tenant.store.ts';
import type { User } from '../users/user.model.ts';
import type { UserStore } from '../users/user.store.ts';
import type { CreateUser, EraseUser, HashNew, RequireFreeEmail, WriteUser } from '../users/user.types.ts';
import { createAccountMailer } from './account-mailer.ts';
import type { AccountMailerDeps } from './account-mailer.ts';
import { createAccountRoutes } from './account.routes.ts';
import type { AccountRouteDeps } from './account.routes.ts';
import type { LockRoleById } from './account.types.ts';
import { createConfirmIdentityRoutes } from './proofs/confirm-identity.routes.ts';
import type { ConfirmIdentityRouteDeps } from './proofs/confirm-identity.routes.ts';
import { createProvePassword } from './proofs/password-proof.ts';
import { createPasswordReset } from './password-reset.service.ts';
import { createProfileRoutes } from './profile.routes.ts';
import type { ProfileRouteDeps } from './profile.routes.ts';
import { createProfileService } from './profile.service.ts';
import type { ConfirmSession } from './profile.service.ts';
import { createRegister } from './registration.service.ts';
import { createVerificationService } from './verification.service.ts';
import type { MayOrderMail, VerificationDeps } from './verification.service.ts';
import { createGiveVerifiedRole } from './verified-role.ts';

export interface AccountsModuleDeps extends AccountMailerDeps, Pick<Platform, 'limits' | 'passwords'> {
  readonly stores: { readonly users: UserStore; readonly sessions: SessionStore; readonly tenants: TenantStates };
  readonly tokens: OneTimeTokens;
  readonly users: {
    readonly users: {
      readonly create: CreateUser;
      readonly find: ProfileRouteDeps['findUser'];
      readonly requireFreeEmail: RequireFreeEmail;
    };
    readonly showUsers: ProfileRouteDeps['showUsers'];
    readonly hashNew: HashNew;
    readonly writeUser: WriteUser;
    readonly erase: EraseUser;
    readonly orderAddressConfirmation: VerificationDeps['orderAddressConfirmation'];
  };
  readonly grants: {
    /** The roles of a user and what they grant now. */
    resolveGrants(user: User): Promise<{
      readonly roles: readonly { readonly roleId: string; readonly type: string; readonly name: string }[];
      readonly granted: readonly Grant[];
    }>;
    /** Those of the rights whose URLs are registered. For a superadmin: rights to all registered URLs. */
    currentRights(rights: readonly Right[], isSuperadmin: boolean): readonly Right[];
  };
  readonly directory: AccountRouteDeps['tenants'];
  readonly returnUrls: AccountRouteDeps['returnUrls'];
  readonly lockRole: LockRoleById;
  readonly confirmSession: ConfirmSession;
  /** Proofs of an identity by an identity provider. */
  readonly confirmations: Pick<ConfirmIdentityRouteDeps, 'orderConfirmation' | 'confirmByCode'>;
  /** roleIds of the roles that every tenant has. */
  readonly ladder: { readonly guest: string; readonly user: string };
}

/** Creates the module for users' own accounts: registration, verification, password reset, profile, and their mails. */
export function createAccountsModule(deps: AccountsModuleDeps) {
  const { stores, tokens, grants, directory, lockRole, ladder } = deps;
  const { users: { users, hashNew, writeUser, erase, orderAddressConfirmation } } = deps;
  const { changes, clock, limits, passwords } = deps;
  const endSessions = stores.sessions.endAllOf;
  const mailer = createAccountMailer(deps);
  changes.onMailOrdered(mailer.wake);

  const findInside = (
    { actor: { tenantId }, session }: ChangeTransaction, userId: string,
  ) => stores.users.readWithPassword(tenantId, userId, session);
  const requireInside = async (tx: ChangeTransaction, userId: string) => {
    const user = await findInside(tx, userId);
    if (!user) throw new AppError('user-not-found');
    return user;
  };
  const provePassword = createProvePassword({
    findWithPassword: stores.users.readWithPassword, comparing: passwords.comparing,
    limitTry: ({ tenantId }, bucket) => limits.passwordTry({ tenantId, ...bucket }),
  });
  const mayOrderMail: MayOrderMail = async ({ tenantId, ip }, kind, email) => {
    await limits.take(mailsPerSource, { tenantId, subject: sourceOf(ip) });
    return limits.tryToTake(mailsPerAddress, { tenantId, subject: JSON.stringify([kind, emailKeyOf(email)]) });
  };
  const giveVerifiedRole = createGiveVerifiedRole(
    { lockRole, guestRole: ladder.guest, usualRole: ladder.user, readTenant: stores.tenants.read },
  );
  const { requireFreeEmail } = users;

  const register = createRegister({
    create: users.create,
    takePlace: ({ tenantId, ip }) => limits.take(registrationsPerSource, { tenantId, subject: sourceOf(ip) }),
    giveBackPlace: ({ tenantId, ip }) => limits.giveBack(registrationsPerSource, { tenantId, subject: sourceOf(ip) }),
  });
  const verification = createVerificationService({
    changes, clock, tokens, provePassword, mayOrderMail, requireFreeEmail, orderAddressConfirmation, writeUser, giveVerifiedRole,
    findUser: findInside, keyOf: emailKeyOf,
  });
  const passwordReset = createPasswordReset({
    changes, clock, tokens, mayOrderMail, hashNew, writeUser, giveVerifiedRole, endSessions, keyOf: emailKeyOf,
    findUser: (tx, tenantId, userId) => stores.users.readWithPassword(tenantId, userId, tx?.session),
    forgetFailures: ({ tenantId, emailKey = '' }) => limits.forgetLogins({ tenantId, account: emailKey }),
  });
  const profile = createProfileService({
    changes, clock, tokens, provePassword, isStill, hashNew, requireFreeEmail, writeUser, endSessions, erase, findUser: requireInside,
    confirmSession: deps.confirmSession,
    takesPasswords: async (tenantId) => allowsLogin((await stores.tenants.read(tenantId))?.settings, 'password'),
  });
  return {
    name: 'accounts',
    about: { title: 'Accounts', description: 'One\'s own account: register, confirm an address, reset a password, edit the profile.' },
    routes: [
      ...createAccountRoutes({
        register, verification, passwordReset, brands: deps.brands, returnUrls: deps.returnUrls, tenants: directory,
      }),
      ...createConfirmIdentityRoutes({ ...deps.confirmations, confirmByPassword: profile.confirmIdentity }),
      ...createProfileRoutes({
        profile, findUser: users.find, showUsers: deps.users.showUsers,
        async rightsOf(user) {
          const { roles, granted } = await grants.resolveGrants(user);
          const { rights, isSuperadmin } = grantSetOf(granted);
          return { roles, rights: grants.currentRights(rights, isSuperadmin) };
        },
      }),
    ],
    start: mailer.start,
    close: mailer.close,
    mailer,
  } satisfies Module & Record<string, unknown>;
}
