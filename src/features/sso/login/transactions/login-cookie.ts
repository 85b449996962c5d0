import { createHash, randomBytes } from 'node:crypto';

/** The secrets of a new transaction. Only digests of the id and of the cookie's secret are stored. */
export interface TransactionSecrets {
  /** Names the cookie, and is shown to the person as a reference. */
  readonly id: string;
  /** The secret in the cookie: 256 random bits. */
  readonly secret: string;
  /** The id and 256 random bits, so that an answer names its transaction. */
  readonly state: string;
}

export interface LoginCookies {
  /** The Set-Cookie header of a new transaction. */
  issue(secrets: Pick<TransactionSecrets, 'id' | 'secret'>): string;
  /** The Set-Cookie header that removes the cookie of a transaction. */
  end(id: string): string;
  nameOf(id: string): string;
  /** The id in the name of a cookie; null for other cookies. */
  idIn(name: string): string | null;
}

/** How long a transaction lasts, in s. */
export const loginSeconds = 600;

const idPattern = /^[\w-]{22}$/;
const statePattern = /^([\w-]{22})[\w-]{43}$/;

export function makeTransactionSecrets(): TransactionSecrets {
  const id = randomBytes(16).toString('base64url');
  return { id, secret: randomBytes(32).toString('base64url'), state: `${id}${randomBytes(32).toString('base64url')}` };
}

/** The id of the transaction that a state names; null if it has another form. */
export function idInState(state: string): string | null {
  return statePattern.exec(state)?.[1] ?? null;
}

/** SHA-256 in hex. Texts of 128 and 256 random bits need no salt and no slow hash. */
export function hashSecret(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Creates the cookies that bind transactions to browsers. Each transaction has a cookie of its own, so that two tabs do not spoil each
 * other.
 *
 * On https, the prefix `__Host-` keeps other hosts of the same domain from setting one (RFC 6265bis section 4.1.3.2).
 */
export function createLoginCookies(isSecure: boolean): LoginCookies {
  const prefix = `${isSecure ? '__Host-' : ''}gatehouse_login_`;
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])];
  const cookie = (id: string, value: string, seconds: number) => [
    `${prefix}${id}=${value}`, ...attributes, `Max-Age=${seconds}`,
  ].join('; ');
  return {
    issue: ({ id, secret }) => cookie(id, secret, loginSeconds),
    end: (id) => cookie(id, '', 0),
    nameOf: (id) => `${prefix}${id}`,
    idIn(name) {
      const id = name.slice(prefix.length);
      return name.startsWith(prefix) && idPattern.test(id) ? id : null;
    },
  };
}
