import { grantSetOf } from '../../engine/grants/grant.ts';
import { AppError } from '../../errors/errors.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import { sourceOf } from '../../http/request/client-ip.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { mailsPerAddress, mailsPerSource, registrationsPerSource } from '../../platform/limits/limit.policy.ts';
import type { Module } from '../../platform/module.ts';
import { isStill } from '../../platform/passwords/stored-password.ts';
import type { Platform } from '../../platform/platform.ts';
import type { GrantsModule } from '../grants/grants.module.ts';
import type { OneTimeTokens } from '../links/one-time-token.service.ts';
import type { LockRole } from '../roles/role.types.ts';
import { guestType, userType } from '../roles/role.types.ts';
import type { SessionStore } from '../sessions/session.store.ts';
import type { TenantDirectory } from '../tenants/tenant.types.ts';
import type { TenantStates } from '../tenants/tenant.store.ts';
import { orderAddressConfirmation } from '../users/confirmation-mail.ts';
import type { UserStore } from '../users/user.store.ts';
import type { UsersModule } from '../users/users.module.ts';
import { createAccountMailer } from './account-mailer.ts';
import type { AccountMailerDeps } from './account-mailer.ts';
import { createAccountRoutes } from './account.routes.ts';
import { createProvePassword } from './password-proof.ts';
import { createPasswordReset } from './password-reset.service.ts';
import { createProfileRoutes } from './profile.routes.ts';
import { createProfileService } from './profile.service.ts';
import { createRegister } from './registration.service.ts';
import { createVerificationService } from './verification.service.ts';
import type { MayOrderMail } from './verification.service.ts';
import { createGiveVerifiedRole } from './verified-role.ts';

export interface AccountsModuleDeps extends AccountMailerDeps, Pick<Platform, 'limits' | 'passwords'> {
  readonly stores: { readonly users: UserStore; readonly sessions: SessionStore; readonly tenants: TenantStates };
  readonly tokens: OneTimeTokens;
  readonly users: Pick<UsersModule, 'users' | 'hashNew' | 'writeUser' | 'erase'>;
  readonly grants: Pick<GrantsModule, 'resolveGrants' | 'currentRights'>;
  readonly directory: TenantDirectory;
  readonly lockRole: LockRole;
}

/** What people do with their own accounts, and the mails that go with it. */
export function createAccountsModule(deps: AccountsModuleDeps) {
  const { stores, tokens, users: { users, hashNew, writeUser, erase }, grants, directory, lockRole } = deps;
  const { changes, clock, limits, passwords } = deps;
  const endSessions = stores.sessions.endAllOf;
  const mailer = createAccountMailer(deps);
  changes.onMailOrdered(mailer.wake);

  const findInside = ({ actor: { tenantId }, session }: ChangeTransaction, userId: string) => stores.users.readWithPassword(tenantId, userId, session);
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
  const giveVerifiedRole = createGiveVerifiedRole({ lockRole, guestRole: guestType, usualRole: userType, readTenant: stores.tenants.read });
  const { requireFreeEmail } = users;

  const register = createRegister({
    create: users.create,
    takePlace: ({ tenantId, ip }) => limits.take(registrationsPerSource, { tenantId, subject: sourceOf(ip) }),
    giveBackPlace: ({ tenantId, ip }) => limits.giveBack(registrationsPerSource, { tenantId, subject: sourceOf(ip) }),
  });
  const verification = createVerificationService({
    changes, clock, tokens, provePassword, mayOrderMail, requireFreeEmail, orderAddressConfirmation, writeUser, giveVerifiedRole, findUser: findInside, keyOf: emailKeyOf,
  });
  const passwordReset = createPasswordReset({
    changes, clock, tokens, mayOrderMail, hashNew, writeUser, giveVerifiedRole, endSessions, keyOf: emailKeyOf,
    findUser: (tx, tenantId, userId) => stores.users.readWithPassword(tenantId, userId, tx?.session),
    forgetFailures: ({ tenantId, emailKey = '' }) => limits.forgetLogins({ tenantId, account: emailKey }),
  });
  const profile = createProfileService({ changes, tokens, provePassword, isStill, hashNew, requireFreeEmail, writeUser, endSessions, erase, findUser: requireInside });
  return {
    name: 'accounts',
    routes: [
      ...createAccountRoutes({ register, verification, passwordReset, tenants: directory }),
      ...createProfileRoutes({
        profile, findUser: users.find,
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
