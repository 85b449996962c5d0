import { withoutEnded } from '../../engine/grants/role-times.ts';
import { createPasswordReset } from './password-reset.service.ts';
import { createProvePassword } from './password-proof.ts';
import { createRegister } from './registration.service.ts';
import { createVerificationService } from './verification.service.ts';
import type { MayOrderMail, Promote } from './verification.service.ts';
import type { ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { sourceOf } from '../../http/request/client-ip.ts';
import { mailsPerAddress, mailsPerSource, registrationsPerSource } from '../../platform/limits/limit.policy.ts';
import type { RateLimits } from '../../platform/limits/rate-limit.service.ts';
import type { PasswordService } from '../../platform/passwords/password.service.ts';
import { isStill } from '../../platform/passwords/stored-password.ts';
import { createProfileService } from './profile.service.ts';
import type { ClaimRole } from '../roles/role-locks.ts';
import { guestType, userType } from '../roles/role.ladder.ts';
import type { SessionService } from '../sessions/session.service.ts';
import type { Stores } from '../../platform/database/database.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import type { OneTimeTokens } from '../links/one-time-token.service.ts';
import { orderConfirmation } from '../users/confirmation-mail.ts';
import type { EraseUser } from '../users/erase-user.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import type { HashNew, UserService } from '../users/user.service.ts';
import type { WriteUser } from '../users/write-user.ts';

export interface AccountServiceDeps {
  readonly stores: Stores;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly limits: RateLimits;
  readonly tokens: OneTimeTokens;
  readonly passwords: PasswordService;
  readonly hashNew: HashNew;
  readonly users: UserService;
  readonly writeUser: WriteUser;
  readonly erase: EraseUser;
  readonly endSessions: SessionService['endAllOf'];
  readonly claimRole: ClaimRole;
  readonly readTenant: (tenantId: string) => Promise<Pick<TenantState, 'settings'> | null>;
}

/** Wires what people do with their own accounts. */
export function createAccountServices(deps: AccountServiceDeps) {
  const { stores, changes, clock, limits, tokens, passwords, hashNew, users, writeUser, erase, endSessions, claimRole, readTenant } = deps;

  const readUser = (tenantId: string, userId: string, tx?: ChangeTransaction) =>
    stores.users.findOne({ tenantId, _id: userId }, null, { session: tx?.session ?? null }).select('+password').lean().then((user) => user && withoutEnded(user, clock()));
  const findInside = (tx: ChangeTransaction, userId: string) => readUser(tx.actor.tenantId, userId, tx);
  const requireInside = async (tx: ChangeTransaction, userId: string) => {
    const user = await findInside(tx, userId);
    if (!user) throw new AppError('user-not-found');
    return user;
  };

  const provePassword = createProvePassword({
    findWithPassword: readUser, comparing: passwords.comparing,
    limitTry: ({ tenantId }, bucket) => limits.passwordTry({ tenantId, ...bucket }),
  });
  const mayOrderMail: MayOrderMail = async ({ tenantId, ip }, kind, email) => {
    await limits.take(mailsPerSource, { tenantId, subject: sourceOf(ip) });
    return limits.tryToTake(mailsPerAddress, { tenantId, subject: JSON.stringify([kind, emailKeyOf(email)]) });
  };
  const promote: Promote = async (tx, { roles, roleTimes, emailVerified, isPromoted = emailVerified }) => {
    if (isPromoted) return { emailVerified: true };
    const { defaultRole } = (await readTenant(tx.actor.tenantId))?.settings ?? {};
    const userRole = await claimRole(tx, { roleId: defaultRole ?? userType }).catch((error: unknown) => {
      // A tenant's role may have been deleted by hand: nobody is kept from confirming an address by that.
      if (!(error instanceof AppError) || error.code !== 'role-not-found') throw error;
      return claimRole(tx, { roleId: userType });
    });
    return {
      emailVerified: true, isPromoted: true, roles: [...roles.filter((roleId) => roleId !== guestType && roleId !== userRole), userRole],
      ...(roleTimes && { roleTimes: roleTimes.filter(({ roleId }) => roleId !== userRole) }), // it is theirs from now on, and for good
    };
  };
  const { requireFreeEmail } = users;

  return {
    register: createRegister({
      create: users.create,
      takePlace: ({ tenantId, ip }) => limits.take(registrationsPerSource, { tenantId, subject: sourceOf(ip) }),
      giveBackPlace: ({ tenantId, ip }) => limits.giveBack(registrationsPerSource, { tenantId, subject: sourceOf(ip) }),
    }),
    verification: createVerificationService({
      changes, clock, tokens, provePassword, mayOrderMail, requireFreeEmail, orderConfirmation, writeUser, promote, findUser: findInside, keyOf: emailKeyOf,
    }),
    passwordReset: createPasswordReset({
      changes, clock, tokens, mayOrderMail, hashNew, writeUser, promote, endSessions, keyOf: emailKeyOf,
      findUser: (tx, tenantId, userId) => readUser(tenantId, userId, tx ?? undefined),
      forgetFailures: ({ tenantId, emailKey = '' }) => limits.forgetLogins({ tenantId, account: emailKey }),
    }),
    profile: createProfileService({ changes, tokens, provePassword, isStill, hashNew, requireFreeEmail, writeUser, endSessions, erase, findUser: requireInside }),
  };
}
