import type { BeginTry, createLoginBackoff } from './login-backoff.ts';
import { clientPerSource, loginPerAccount, loginPerSource } from './limit.policy.ts';
import type { LimitPolicy } from './limit.policy.ts';
import { defaultTenantId } from '../database/tenancy/tenant-scope.ts';

/** An attempt to log in. */
export interface LoginTry {
  readonly tenantId: string;
  /** The address in the form in which it is compared. It may belong to nobody. */
  readonly account: string;
  readonly source: string;
  /** Whether this account has recently logged in from this source. */
  readonly isKnownSource: boolean;
  /** The id of the device, if this account has logged in on it before. */
  readonly deviceId: string | null;
}

/** An attempt to prove a password by a caller who has a session or a one-time link. */
export interface ProofTry {
  readonly tenantId: string;
  readonly kind: 'session' | 'token';
  /** The id of the session, or the hash of the token. */
  readonly id: string;
}

export interface PasswordLimits {
  /** Begins an attempt to log in. Throws `too-many-requests` if this node knows a delay for it. */
  loginTry(who: LoginTry): BeginTry;
  /** Begins an attempt to prove a password with a session or a link. Throws `too-many-requests` in the same way. */
  passwordTry(who: ProofTry): BeginTry;
  /** Begins an attempt at the secret of a client of any tenant. It counts for its source alone. */
  clientTry(source: string): BeginTry;
  /** Removes the delays of logins to an account, for example after a user has set the password by a mailed link. */
  forgetLogins(who: Pick<LoginTry, 'tenantId' | 'account'>): Promise<void>;
}

const day = 24 * 3_600;

const proof: LimitPolicy = { name: 'password', quota: 10, windowSeconds: day };

/**
 * Creates the limits of attempts at passwords and at the secrets of clients.
 *
 * A login from an unknown source counts for its account and for its source. A login on a known device counts for this device
 * alone. A login from a known source counts for account and source together. So an attacker elsewhere cannot lock out a user on a
 * known device, and failures on this device lock out nobody else. Each case has two buckets, so that the number of database calls
 * does not reveal whether a device or a source is known.
 */
export function createPasswordLimits({ attempt, forget }: ReturnType<typeof createLoginBackoff>): PasswordLimits {
  return {
    loginTry({ tenantId, account, source, isKnownSource, deviceId }) {
      const own = (purpose: string, subject: readonly string[]) => {
        const bucket = { tenantId, subject: JSON.stringify(subject), isShared: false };
        return attempt(
          [{ ...bucket, purpose, policy: loginPerAccount }, { ...bucket, purpose: `${purpose}-hourly`, policy: loginPerSource }],
        );
      };
      if (deviceId !== null) return own('login-device', [deviceId]);
      if (isKnownSource) return own('login-account-at-source', [account, source]);
      return attempt([
        { tenantId, purpose: 'login-account', subject: account, policy: loginPerAccount, isShared: false },
        { tenantId, purpose: 'login-source', subject: source, policy: loginPerSource, isShared: true },
      ]);
    },
    clientTry: (source) => attempt(
      [{ tenantId: defaultTenantId, purpose: 'client-source', subject: source, policy: clientPerSource, isShared: true }],
    ),
    forgetLogins: ({ tenantId, account }) => forget({ tenantId, purpose: 'login-account', subject: account }),
    passwordTry: ({ tenantId, kind, id }) => attempt(
      [{ tenantId, purpose: `password-${kind}`, subject: id, policy: proof, isShared: false }],
    ),
  };
}
