import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The name of the cookie that tells a device on which somebody has logged in before. */
export const deviceCookieName = 'gatehouse_device';

const year = 365 * 24 * 3_600;

/** Tenant, user, nonce, expiry in seconds since 1970, and their HMAC. */
const form = /^([\w-]{1,64})\.([\w-]{1,64})\.([\w-]{22})\.(\d{1,12})\.([\w-]{43})$/;

export interface DeviceCookies {
  /** The Set-Cookie header for a device on which this user has just logged in: good for a year, renewed by each login. */
  issue(tenantId: string, userId: string): string;
  /** The id of the device, if this cookie was issued to it for this very user and has not expired; else null. */
  read(cookie: string | null, tenantId: string, userId: string | null): string | null;
}

export interface DeviceCookieDeps {
  /** HMAC under a key of its own. */
  readonly digest: (text: string) => string;
  readonly clock: () => number;
  /** Whether people reach this server by https, so that the cookie is never sent without. */
  readonly isSecure: boolean;
}

/**
 * Makes device cookies (OWASP "Slow Down Online Guessing Attacks with Device Cookies").
 *
 * They let nobody in. A cookie only chooses where failed logins are counted, so that those of others do not keep its
 * user out; it is checked without the database.
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
