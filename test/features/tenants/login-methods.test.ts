import { allowsLogin, takesLogins } from '../../../src/features/tenants/tenant.model.ts';

describe('a way to log in', () => {
  it('of a tenant that names its ways, is allowed if it is among them; without them, each is', () => {
    expect([allowsLogin(undefined, 'sso'), allowsLogin({}, 'password')]).toEqual([true, true]);
    const passwordsOnly = { loginMethods: ['password'] };
    expect([allowsLogin(passwordsOnly, 'password'), allowsLogin(passwordsOnly, 'sso')]).toEqual([true, false]);
    expect(allowsLogin({ loginMethods: [] }, 'password')).toBe(false);
  });

  it('of an unknown or suspended tenant, is closed', () => {
    expect(takesLogins({ status: 'active', settings: {} }, 'sso')).toBe(true);
    expect(takesLogins({ status: 'active', settings: { loginMethods: ['password'] } }, 'sso')).toBe(false);
    expect([null, undefined, { status: 'suspended', settings: {} } as const].map((tenant) => takesLogins(tenant, 'sso')))
      .toEqual([false, false, false]);
  });
});
