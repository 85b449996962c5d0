import { createSecretKey, randomBytes } from 'node:crypto';
import { createKeyedDigest } from '../../../src/platform/keyed-digest.ts';
import { createPasswordPool } from '../../../src/platform/passwords/password.pool.ts';
import { createPasswordService } from '../../../src/platform/passwords/password.service.ts';
import { createDeviceCookies } from '../../../src/features/sessions/login/device-cookie.ts';
import { createLogIn } from '../../../src/features/sessions/login/login.service.ts';
import type { User } from '../../../src/features/users/user.model.ts';
import { AppError } from '../../../src/errors/errors.ts';
import { limitsOnDatabase } from './limits-on-database.ts';
import type { LimitsOnDatabase } from './limits-on-database.ts';

const notNeeded = () => Promise.reject(new Error('A login that fails does not get here.'));
const actorAt = (ip: string) => ({ tenantId: 'default', userId: null, sessionId: null, ip, userAgent: null, requestId: null });

/** A login against nobody, whose comparisons are counted in the pool itself. */
function createFlooded(database: LimitsOnDatabase, maxQueue = 200, user: User | null = null) {
  let runs = 0;
  const pool = createPasswordPool({ maxQueue });
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
  const devices = createDeviceCookies({ digest, clock: Date.now, isSecure: false });
  const logIn = createLogIn({
    passwords, limits: database.node(), clock: Date.now, digestSource: digest, accountOf: (email) => email,
    devices, findByEmail: (_tenantId, email) => Promise.resolve(email === user?.email ? user : null),
    readTenant: () => Promise.resolve(null), noteFailure: () => undefined, onNotRenewed: () => undefined,
    storePassword: notNeeded, storeSources: notNeeded,
    sessions: { open: notNeeded },
  });
  return { logIn, passwords, devices, digest, runs: () => runs };
}

const codeOf = async (work: Promise<unknown>) => await work.then(
  () => 'logged in', (error: unknown) => (error instanceof AppError ? error.code : String(error)),
);

describe('a flood of wrong passwords', () => {
  let database: LimitsOnDatabase;
  beforeEach(async () => {
    database = await limitsOnDatabase();
  });
  afterEach(() => database.close());

  it('a hundred at once on one account from as many sources, at most ten reach bcrypt', async () => {
    const { logIn, passwords, runs } = createFlooded(database);
    const codes = await Promise.all(
      Array.from({ length: 100 }, (_, index) => codeOf(logIn(actorAt(`192.0.2.${index}`), 'ann@example.com', 'wrong password', null))),
    );
    await passwords.close();
    expect(runs()).toBe(10);
    expect(codes.filter((code) => code === 'invalid-credentials')).toHaveLength(10);
    expect(codes.filter((code) => code === 'too-many-requests')).toHaveLength(90);
  });

  it('thirty at once, from one source on thirty accounts, at most ten reach bcrypt, and a full queue counts no failure', async () => {
    const { logIn, passwords, runs } = createFlooded(database, 20);
    const codes = await Promise.all(
      Array.from({ length: 30 }, (_, index) => codeOf(logIn(actorAt('192.0.2.1'), `user${index}@example.com`, 'wrong password', null))),
    );
    await passwords.close();
    expect(codes).toContain('password-queue-full');
    expect(codes.filter((code) => !['invalid-credentials', 'password-queue-full', 'too-many-requests'].includes(code))).toEqual([]);
    expect(runs()).toBeLessThanOrEqual(10);
    expect(codes.filter((code) => code === 'invalid-credentials')).toHaveLength(runs());
    const failures = (await database.stored()).find(({ key }) => /^default:login-source:.*:failures$/.test(key));
    expect(failures?.points).toBe(runs());
  });

  it('sixty at once from as many sources, keeps out nobody on a known device or from a known source', async () => {
    const user: User = {
      _id: 'u', tenantId: 'default', email: 'ann@example.com', roles: [], isActive: true, knownSources: [], accessVersion: 1, version: 1,
      createdAt: new Date(0),
    };
    const { logIn, passwords, devices, digest } = createFlooded(database, 4, user);
    user.knownSources = [{ source: digest(JSON.stringify(['default', 'u', '192.0.2.200'])), lastAt: new Date() }];
    const cookie = devices.issue('default', 'u').replace(/^[^=]*=|;.*$/g, '');
    const flood = Array.from(
      { length: 60 }, (_, index) => codeOf(logIn(actorAt(`192.0.2.${index}`), `user${index}@example.com`, 'wrong password', null)),
    );
    const known = await Promise.all([
      codeOf(logIn(actorAt('198.51.100.1'), 'ann@example.com', 'wrong password', cookie)),
      codeOf(logIn(actorAt('192.0.2.200'), 'ann@example.com', 'wrong password', null)),
    ]);
    expect(known).toEqual(['invalid-credentials', 'invalid-credentials']);
    expect(await Promise.all(flood)).toContain('password-queue-full');
    await passwords.close();
  });
});
