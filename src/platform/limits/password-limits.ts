import type { BeginTry, createLoginBackoff } from './login-backoff.ts';
import { clientPerSource, loginPerAccount, loginPerSource } from './limit.policy.ts';
import type { LimitPolicy } from './limit.policy.ts';
import { defaultTenantId } from '../database/tenancy/tenant-scope.ts';

/** Who tries to log in, from where. */
export interface LoginTry {
  readonly tenantId: string;
  /** The address as compared, whether or not it is anybody's. */
  readonly account: string;
  readonly source: string;
  /** Whether this account has logged in from this source lately. */
  readonly isKnownSource: boolean;
  /** The device on which this account has logged in before, if this is one. */
  readonly deviceId: string | null;
}

/** Where somebody who has a session or a one-time link, but has to give a password as well, is counted. */
export interface ProofTry {
  readonly tenantId: string;
  readonly kind: 'session' | 'token';
  /** Of a token, its hash. */
  readonly id: string;
}

export interface PasswordLimits {
  /** How a try to log in begins. Throws `too-many-requests` where this node knows already that it may not. */
  loginTry(who: LoginTry): BeginTry;
  /** The same for the password that a session or a link has to prove. Throws `too-many-requests` likewise. */
  passwordTry(who: ProofTry): BeginTry;
  /** The same for the secret of a client, of whatever tenant: one counts against its source alone. */
  clientTry(source: string): BeginTry;
  /** Lets an account be logged into without delay, as by somebody who has just set its password by a mailed link. */
  forgetLogins(who: Pick<LoginTry, 'tenantId' | 'account'>): Promise<void>;
}

const day = 24 * 3_600;

const proof: LimitPolicy = { name: 'password', quota: 10, windowSeconds: day };

/**
 * Creates the limits of tries at passwords and at the secrets of clients.
 *
 * A login counts for its account and for its source. On a device, or else from a source, that this account has used
 * before, it counts for account and device, or account and source, alone: what others do elsewhere locks nobody out
 * there, and what is done there locks out nobody else. It is two buckets all the same, of a day and of an hour, so that
 * the number of database calls does not tell who is known.
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
