import { createSecretKey, randomBytes } from 'node:crypto';
import { createKeyedDigest } from '../../../../src/platform/keyed-digest.ts';
import { createPasswordPool } from '../../../../src/platform/passwords/password.pool.ts';
import { createPasswordService } from '../../../../src/platform/passwords/password.service.ts';
import { createDeviceCookies } from '../../../../src/features/sessions/login/device-cookie.ts';
import { createLogIn } from '../../../../src/features/sessions/login/login.service.ts';
import type { User } from '../../../../src/features/users/user.model.ts';

const notNeeded = () => Promise.reject(new Error('A login that fails does not get here.'));
const actor = { tenantId: 'default', userId: null, sessionId: null, ip: '192.0.2.1', userAgent: null, requestId: null };

describe('a login with a wrong password', () => {
  it.each<[string, (user: User) => User | null]>([
    ['known', (user) => user], ['unknown', () => null], ['disabled', (user) => ({ ...user, isActive: false })],
    ['unverified', (user) => ({ ...user, emailVerified: false, roles: ['guest'] })],
    ['invited, without a password', ({ password: _none, ...user }) => user],
  ])('of an address that is %s, takes exactly one bcrypt computation and gives the same refusal', async (_name, found) => {
    let runs = 0;
    const pool = createPasswordPool({ maxQueue: 4 });
    const passwords = createPasswordService({
      cost: 4, pepper: { id: '1', key: createSecretKey(randomBytes(32)) },
      pool: { ...pool, hold: (source, work) => pool.hold(source, (run) => work((task) => { runs += 1; return run(task); })) },
    });
    const stored = await passwords.hash('the right password');
    const user: User = {
      _id: 'u', tenantId: 'default', email: 'ann@example.com', emailKey: 'ann@example.com', emailVerified: true, roles: ['user'],
      isActive: true,
      password: { ...stored }, accessVersion: 1, version: 1, createdAt: new Date(0),
    };
    const digest = createKeyedDigest(createSecretKey(randomBytes(32)), 'test');
    const logIn = createLogIn({
      passwords, clock: Date.now, digestSource: digest, accountOf: (email) => email, noteFailure: () => undefined,
      onNotRenewed: () => undefined,
      limits: { loginTry: () => () => Promise.resolve({ succeeded: notNeeded, withdrawn: notNeeded }) },
      devices: createDeviceCookies({ digest, clock: Date.now, isSecure: false }),
      findByEmail: () => Promise.resolve(found(user)), readTenant: () => Promise.resolve(null),
      storePassword: notNeeded, storeSources: notNeeded,
      sessions: { open: notNeeded },
    });
    runs = 0;
    await expect(logIn(actor, 'ann@example.com', 'the wrong password', null)).rejects.toMatchObject({ code: 'invalid-credentials' });
    expect(runs).toBe(1);
    await passwords.close();
  });
});
