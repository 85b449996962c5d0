import { createSecretKey, randomBytes } from 'node:crypto';
import { createKeyedDigest } from '../../src/keyed-digest.ts';
import { createPasswordPool } from '../../src/passwords/password.pool.ts';
import { createPasswordService } from '../../src/passwords/password.service.ts';
import type { PasswordService } from '../../src/passwords/password.service.ts';
import { createDeviceCookies } from '../../src/sessions/device-cookie.ts';
import { createLogIn } from '../../src/sessions/login.service.ts';
import type { LogIn } from '../../src/sessions/login.service.ts';
import { AppError } from '../../src/errors.ts';
import { limitsOnDatabase } from './limits-on-database.ts';
import type { LimitsOnDatabase } from './limits-on-database.ts';

const notNeeded = () => Promise.reject(new Error('A login that fails does not get here.'));
const actorAt = (ip: string) => ({ tenantId: 'default', userId: null, sessionId: null, ip, userAgent: null, requestId: null });

/** A login against nobody, whose comparisons are counted in the pool itself. */
function createFlooded(database: LimitsOnDatabase): { readonly logIn: LogIn; readonly passwords: PasswordService; readonly runs: () => number } {
  let runs = 0;
  const pool = createPasswordPool({ maxQueue: 200 });
  const passwords = createPasswordService({
    cost: 4, pepper: { id: '1', key: createSecretKey(randomBytes(32)) },
    pool: {
      ...pool,
      hold: (source, work) => pool.hold(source, (run) => work(async (task) => {
        const hash = await run(task);
        runs += 1;
        return hash;
      })),
    },
  });
  const digest = createKeyedDigest(createSecretKey(randomBytes(32)), 'test');
  const logIn = createLogIn({
    passwords, limits: database.node(), clock: Date.now, digestSource: digest, accountOf: (email) => email,
    devices: createDeviceCookies({ digest, clock: Date.now, isSecure: false }),
    findByEmail: () => Promise.resolve(null), readTenant: () => Promise.resolve(null), noteFailure: () => undefined,
    storePassword: notNeeded, storeSources: notNeeded,
    sessions: { open: notNeeded },
  });
  return { logIn, passwords, runs: () => runs };
}

const codeOf = async (work: Promise<unknown>) => await work.then(() => 'logged in', (error: unknown) => (error instanceof AppError ? error.code : String(error)));

describe('a flood of wrong passwords', () => {
  let database: LimitsOnDatabase;
  beforeEach(async () => {
    database = await limitsOnDatabase();
  });
  afterEach(() => database.close());

  it('a hundred at once on one account from as many sources, at most ten reach bcrypt', async () => {
    const { logIn, passwords, runs } = createFlooded(database);
    const codes = await Promise.all(Array.from({ length: 100 }, (_, index) => codeOf(logIn(actorAt(`192.0.2.${index}`), 'ann@example.com', 'wrong password', null))));
    await passwords.close();
    expect(runs()).toBe(10);
    expect(codes.filter((code) => code === 'invalid-credentials')).toHaveLength(10);
    expect(codes.filter((code) => code === 'too-many-requests')).toHaveLength(90);
  });

  it('thirty at once from one source on as many accounts, at most ten reach bcrypt, and what the full queue refuses is no failure', async () => {
    const { logIn, passwords, runs } = createFlooded(database);
    const codes = await Promise.all(Array.from({ length: 30 }, (_, index) => codeOf(logIn(actorAt('192.0.2.1'), `user${index}@example.com`, 'wrong password', null))));
    await passwords.close();
    expect(codes).toContain('password-queue-full');
    expect(codes.filter((code) => !['invalid-credentials', 'password-queue-full', 'too-many-requests'].includes(code))).toEqual([]);
    expect(runs()).toBeLessThanOrEqual(10);
    expect(codes.filter((code) => code === 'invalid-credentials')).toHaveLength(runs());
    const failures = (await database.stored()).find(({ key }) => /^default:login-source:.*:failures$/.test(key));
    expect(failures?.points).toBe(runs());
  });
});
