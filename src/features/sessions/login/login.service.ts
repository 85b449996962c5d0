import type { Actor } from '../../../platform/changes/change.service.ts';
import { AppError } from '../../../errors/errors.ts';
import type { ErrorCode } from '../../../errors/table.ts';
import { sourceOf } from '../../../http/request/client-ip.ts';
import type { PasswordTry } from '../../../platform/limits/login-backoff.ts';
import type { LoginTry, PasswordLimits } from '../../../platform/limits/password-limits.ts';
import type { PasswordService } from '../../../platform/passwords/password.service.ts';
import type { Asker } from '../../../platform/passwords/password.queue.ts';
import { allowsLogin } from '../../tenants/tenant.model.ts';
import type { TenantState } from '../../tenants/tenant.store.ts';
import type { ValidateLogin } from '../../users/user.types.ts';
import type { KnownSource, User } from '../../users/user.model.ts';
import type { DeviceCookies } from './device-cookie.ts';
import { isKnownSource, withSource } from './known-sources.ts';
import type { OpenedSession, SessionService } from '../session.types.ts';

export interface LoginDeps {
  /** The user with this address, with the stored password and the known sources; null if there is none. */
  readonly findByEmail: (tenantId: string, email: string) => Promise<User | null>;
  /** The form of an address in which addresses are compared. */
  readonly accountOf: (email: string) => string;
  /** Replaces the hash that was compared, unless it was changed since. */
  readonly storePassword: (user: User, password: NonNullable<User['password']>) => Promise<void>;
  readonly storeSources: (user: User, sources: KnownSource[]) => Promise<void>;
  readonly passwords: Pick<PasswordService, 'comparing' | 'renew'>;
  readonly limits: Pick<PasswordLimits, 'loginTry'>;
  readonly devices: DeviceCookies;
  /** The stored form of a source: a digest under a key of the server. */
  readonly digestSource: (text: string) => string;
  readonly sessions: Pick<SessionService, 'open'>;
  /** Asks the service of the host, if there is one, for the user with this password. Throws `users-unreachable`, `email-taken`. */
  readonly validate?: ValidateLogin | undefined;
  readonly clock: () => number;
  readonly readTenant: (tenantId: string) => Promise<Pick<TenantState, 'status' | 'settings'> | null>;
  /** Called if a hash was not renewed; the next login tries it again. */
  readonly onNotRenewed: (error: unknown) => void;
  /** Records a refused login. */
  readonly noteFailure: (actor: Actor, code: ErrorCode) => void;
}

export interface Login extends OpenedSession {
  /** The Set-Cookie header that marks this device as known. */
  readonly deviceCookie: string;
}

/** The codes of refused logins, which are recorded. Any other failure is a fault of the server. */
const recorded = new Set<ErrorCode>([
  'invalid-credentials', 'login-method-closed', 'too-many-requests', 'users-unreachable', 'email-taken',
]);

/** `deviceCookie` is the cookie that this device got at its last login; null if it has none. */
export type LogIn = (actor: Actor, email: string, password: string, deviceCookie: string | null) => Promise<Login>;

/**
 * Creates the login by password.
 *
 * Throws `login-method-closed` if the tenant does not allow passwords, `too-many-requests` before any comparison, and
 * `password-queue-full` under a flood. An address that is unknown, is disabled or has no password takes the same database calls
 * and the same single comparison as a wrong password, and gives the same `invalid-credentials`. A login also renews a hash whose
 * cost is lower than the current setting, unless other logins wait for the threads.
 *
 * The service of the host is asked whenever Gatehouse's own password does not match, also if the user has none. It never sees a
 * password that matches. If it fails (`users-unreachable`, `email-taken`), the login counts as a failed try.
 */
export function createLogIn(deps: LoginDeps): LogIn {
  const { findByEmail, accountOf, storePassword, storeSources, passwords, limits, devices, digestSource, sessions } = deps;
  const { validate, clock, readTenant, onNotRenewed, noteFailure } = deps;

  interface Compared {
    readonly attempt: PasswordTry;
    /** The user with this password; null if there is none. */
    readonly proved: User | null;
    readonly rehash: boolean;
  }

  /** Counts the try and compares the password. */
  async function compare(
    actor: Actor, who: LoginTry, email: string, password: string, user: User | null, isTenant: boolean,
  ): Promise<Compared> {
    const begin = limits.loginTry(who);
    const { attempt, matches, rehash } = await passwords.comparing(askerOf(who), async (comparePassword) => {
      const attempt = await begin();
      return { attempt, ...await comparePassword(password, user?.password ?? null).catch(async (error: unknown) => {
        await attempt.withdrawn();
        throw error;
      }) };
    });
    // The host is not asked about a tenant that is missing or not active, and no user is created there.
    if (matches || !validate || !isTenant) return { attempt, proved: matches ? user : null, rehash };
    // From here on the try counts, whatever fails: the caller has learned that the password is not Gatehouse's own.
    return { attempt, proved: await validate(actor, email, password), rehash: false };
  }

  /** Does not throw: the password was right, and the login succeeds even if the hash is not renewed. */
  async function renewHash(user: User, password: string, who: LoginTry): Promise<void> {
    try {
      const renewed = user.password && await passwords.renew(password, user.password, askerOf(who));
      if (renewed) await storePassword(user, renewed);
    } catch (error) {
      onNotRenewed(error);
    }
  }

  const logIn: LogIn = async (actor, email, password, deviceCookie) => {
    const { tenantId } = actor;
    const source = sourceOf(actor.ip);
    const [tenant, user] = await Promise.all([readTenant(tenantId), findByEmail(tenantId, email)]);
    if (!allowsLogin(tenant?.settings, 'password')) throw new AppError('login-method-closed');
    const sourceKeyOf = (userId: string | null) => digestSource(JSON.stringify([tenantId, userId, source]));
    const who: LoginTry = {
      tenantId, source, account: accountOf(email),
      isKnownSource: isKnownSource(user?.knownSources ?? [], sourceKeyOf(user?._id ?? null), clock()),
      deviceId: devices.read(deviceCookie, tenantId, user?._id ?? null),
    };
    const { attempt, proved, rehash } = await compare(actor, who, email, password, user, tenant?.status === 'active');
    if (!proved?.isActive) throw new AppError('invalid-credentials');
    await attempt.succeeded();
    const opened = await sessions.open(actor, proved, { amr: ['pwd'], level: 1, at: new Date(clock()) });
    if (rehash) await renewHash(proved, password, who);
    const sources = withSource(proved.knownSources ?? [], sourceKeyOf(proved._id), clock());
    if (sources) await storeSources(proved, sources);
    return { ...opened, deviceCookie: devices.issue(tenantId, proved._id) };
  };

  return (actor, ...credentials) => logIn(actor, ...credentials).catch((error: unknown) => {
    if (error instanceof AppError && recorded.has(error.code)) noteFailure(actor, error.code);
    throw error;
  });
}

/** A device or source from which the user has logged in before waits in the queue of known ones. */
function askerOf({ tenantId, account, source, isKnownSource, deviceId }: LoginTry): Asker {
  if (deviceId !== null) return { known: `device ${deviceId}` };
  return isKnownSource ? { known: JSON.stringify([tenantId, account, source]) } : source;
}
