import { AppError } from '../../../../src/errors/errors.ts';
import { createLogIn } from '../../../../src/features/sessions/login/login.service.ts';
import type { LoginDeps } from '../../../../src/features/sessions/login/login.service.ts';

const actor = { tenantId: 'default', userId: null, sessionId: null, ip: '192.0.2.1', userAgent: null, requestId: null };
const notNeeded = () => Promise.reject(new Error('A login that fails does not get here.'));

/** A login whose password is compared so; it notes what becomes of the try, and what is recorded. */
function watchLogin(compare: () => Promise<boolean>, more: Partial<LoginDeps> = {}) {
  const seen: string[] = [];
  const note = (what: string) => Promise.resolve(void seen.push(what));
  const logIn = createLogIn({
    clock: () => 0, accountOf: (email) => email, digestSource: (text) => text, onNotRenewed: () => undefined,
    devices: { issue: () => '', read: () => null },
    limits: { loginTry: () => async () => { await note('counted'); return {
      succeeded: () => note('succeeded'), withdrawn: () => note('withdrawn'),
    }; } },
    passwords: { comparing: (_asker, work) => work(async () => ({ matches: await compare(), rehash: false })), renew: notNeeded },
    findByEmail: () => Promise.resolve(null), readTenant: () => Promise.resolve({ status: 'active', settings: {} }),
    storePassword: notNeeded, storeSources: notNeeded, sessions: { open: notNeeded },
    noteFailure: (_actor, code) => void seen.push(`recorded ${code}`),
    ...more,
  });
  return { seen, logIn: () => logIn(actor, 'ann@example.com', 'a password', null) };
}

describe('a try to log in', () => {
  it('with a wrong password, counts and is recorded', async () => {
    const { seen, logIn } = watchLogin(() => Promise.resolve(false));
    await expect(logIn()).rejects.toMatchObject({ code: 'invalid-credentials' });
    expect(seen).toEqual(['counted', 'recorded invalid-credentials']);
  });

  it('that met a full queue, so that nothing was compared, does not count and is not recorded', async () => {
    const { seen, logIn } = watchLogin(() => Promise.reject(new AppError('password-queue-full')));
    await expect(logIn()).rejects.toMatchObject({ code: 'password-queue-full' });
    expect(seen).toEqual(['counted', 'withdrawn']);
  });

  it('that the host could not answer, counts: it has been learned that the password is not Gatehouse\'s own', async () => {
    const { seen, logIn } = watchLogin(() => Promise.resolve(false), { validate: () => Promise.reject(new AppError('users-unreachable')) });
    await expect(logIn()).rejects.toMatchObject({ code: 'users-unreachable' });
    expect(seen).toEqual(['counted', 'recorded users-unreachable']);
  });

  it('where a tenant lets nobody in by password, counts nothing and asks nobody', async () => {
    const { seen, logIn } = watchLogin(
      notNeeded, { readTenant: () => Promise.resolve({ status: 'active', settings: { loginMethods: [] } }), validate: notNeeded },
    );
    await expect(logIn()).rejects.toMatchObject({ code: 'login-method-closed' });
    expect(seen).toEqual(['recorded login-method-closed']);
  });

  it.each([
    ['suspended', { status: 'suspended' as const, settings: {} }], ['not there', null],
  ])('of a tenant that is %s, does not ask the host', async (_what, tenant) => {
    const { seen, logIn } = watchLogin(() => Promise.resolve(false), {
      readTenant: () => Promise.resolve(tenant), validate: () => { seen.push('asked the host'); return Promise.resolve(null); },
    });
    await expect(logIn()).rejects.toMatchObject({ code: 'invalid-credentials' });
    expect(seen).toEqual(['counted', 'recorded invalid-credentials']);
  });
});
