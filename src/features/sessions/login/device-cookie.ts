import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The name of the cookie that marks a device from which a user has logged in before. */
export const deviceCookieName = 'gatehouse_device';

const year = 365 * 24 * 3_600;

/** Tenant, user, nonce, expiry in seconds since 1970, and their HMAC. */
const form = /^([\w-]{1,64})\.([\w-]{1,64})\.([\w-]{22})\.(\d{1,12})\.([\w-]{43})$/;

export interface DeviceCookies {
  /** The Set-Cookie header for a device from which this user has just logged in. It lasts a year; each login renews it. */
  issue(tenantId: string, userId: string): string;
  /** The id of the device; null unless the cookie was issued for this user and has not expired. */
  read(cookie: string | null, tenantId: string, userId: string | null): string | null;
}

export interface DeviceCookieDeps {
  /** An HMAC under a key that is used for nothing else. */
  readonly digest: (text: string) => string;
  readonly clock: () => number;
  /** Whether users reach this server by https; the cookie is then never sent without it. */
  readonly isSecure: boolean;
}

/**
 * Creates the issuer of device cookies (OWASP "Slow Down Online Guessing Attacks with Device Cookies").
 *
 * A cookie grants no access. It only decides where failed logins are counted, so that failures from other devices do not lock its
 * user out. No database call is needed to check it.
 */
export function createDeviceCookies({ digest, clock, isSecure }: DeviceCookieDeps): DeviceCookies {
  const now = () => Math.floor(clock() / 1_000);

  return {
    issue(tenantId, userId) {
      const claims = `${tenantId}.${userId}.${randomBytes(16).toString('base64url')}.${now() + year}`;
      const attributes = ['Path=/', `Max-Age=${year}`, 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])];
      return [`${deviceCookieName}=${claims}.${digest(claims)}`, ...attributes].join('; ');
    },
    read(cookie, tenantId, userId) {
      const [, tenant = '', user = '', nonce = '', expiry = '', mac = ''] = form.exec(cookie ?? '') ?? [];
      const expected = digest(`${tenant}.${user}.${nonce}.${expiry}`);
      const isGenuine = mac.length === expected.length && timingSafeEqual(Buffer.from(mac), Buffer.from(expected));
      return isGenuine && tenant === tenantId && user === userId && Number(expiry) > now() ? nonce : null;
    },
  };
}
