import { createSecretKey, randomBytes } from 'node:crypto';
import { createKeyedDigest } from '../../../../src/platform/keyed-digest.ts';
import { createDeviceCookies, deviceCookieName } from '../../../../src/features/sessions/login/device-cookie.ts';

const secret = createSecretKey(randomBytes(32));
const year = 365 * 24 * 3_600;
let now = 1_800_000_000_000;
const make = (purpose = 'device cookies', isSecure = true) => createDeviceCookies(
  { digest: createKeyedDigest(secret, purpose), clock: () => now, isSecure },
);
const cookies = make();
const valueOf = (header: string) => /^[^=]+=([^;]*)/.exec(header)?.[1] ?? '';
beforeEach(() => {
  now = 1_800_000_000_000;
});

describe('device cookies', () => {
  it('issue, has the attributes that keep it from scripts, other sites and plain http', () => {
    expect(cookies.issue('default', 'u1')).toMatch(new RegExp(
      `^${deviceCookieName}=default\\.u1\\.[\\w-]{22}\\.${now / 1_000 + year}\\.[\\w-]{43}; Path=/; Max-Age=${year}; `
        + `HttpOnly; SameSite=Lax; Secure$`));
    expect(make('device cookies', false).issue('default', 'u1')).not.toContain('Secure');
  });

  it('read, for its own user, answers an id that is another one for each cookie', () => {
    const [one, two] = [1, 2].map(() => cookies.read(valueOf(cookies.issue('default', 'u1')), 'default', 'u1'));
    expect(one).toMatch(/^[\w-]{22}$/);
    expect(two).not.toBe(one);
  });

  it('read, on another node with the same secret, answers the same', () => {
    const value = valueOf(cookies.issue('default', 'u1'));
    expect(make().read(value, 'default', 'u1')).toBe(cookies.read(value, 'default', 'u1'));
  });

  it('read, of another user, another tenant or nobody, is refused', () => {
    const value = valueOf(cookies.issue('default', 'u1'));
    for (const [tenantId, userId] of [
      ['default', 'u2'], ['other', 'u1'], ['default', null],
    ] as const) expect(cookies.read(value, tenantId, userId)).toBeNull();
  });

  it('read, after a year, is refused', () => {
    const value = valueOf(cookies.issue('default', 'u1'));
    now += year * 1_000 - 1_000;
    expect(cookies.read(value, 'default', 'u1')).not.toBeNull();
    now += 1_000;
    expect(cookies.read(value, 'default', 'u1')).toBeNull();
  });

  it('read, with any character changed, cut short or under another key, is refused', () => {
    const value = valueOf(cookies.issue('default', 'u1'));
    for (let at = 0; at < value.length; at += 1) {
      const changed = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
      expect({ at, id: cookies.read(changed, 'default', 'u1') }).toEqual({ at, id: null });
      expect(cookies.read(value.slice(0, at), 'default', 'u1')).toBeNull();
    }
    expect(make('other cookies').read(value, 'default', 'u1')).toBeNull();
    for (const rubbish of [
      null, '', '.', '....', 'default.u1', '\u{1f600}', value.repeat(2), `${value}x`,
    ]) expect(cookies.read(rubbish, 'default', 'u1')).toBeNull();
  });
});
