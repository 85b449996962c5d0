import { assertRecentLogin, requireRecentLogin } from '../../../src/host/guards/recent-login.guard.ts';
import type { RecentLogin } from '../../../src/engine/recent-login.ts';
import type { LoginProof } from '../../../src/engine/recent-login.ts';
import { accessOf } from './access-of.ts';

const now = 1_000_000_000;

function check(auth: LoginProof | undefined, demand: RecentLogin): string {
  try {
    assertRecentLogin(accessOf({ clock: () => now, ...(auth && { auth }) }), demand);
    return 'passes';
  } catch (error) {
    return (error as { code: string }).code; // an AppError
  }
}

describe('a guard by recent login', () => {
  const login = (age: number, level: LoginProof['level'] = 1): LoginProof => ({ amr: ['pwd'], level, at: now - age });

  it.each([
    ['younger than the seconds', login(599_999), { seconds: 600 }, 'passes'],
    ['as old as the seconds', login(600_000), { seconds: 600 }, 'recent-login-required'],
    ['of the level', login(0, 2), { seconds: 600, level: 2 }, 'passes'],
    ['of a higher level', login(0, 3), { seconds: 600, level: 2 }, 'passes'],
    ['of a lower level', login(0, 1), { seconds: 600, level: 2 }, 'recent-login-required'],
    ['of the level, but old', login(600_001, 3), { seconds: 600, level: 2 }, 'recent-login-required'],
    ['that is missing', undefined, { seconds: 600 }, 'recent-login-required'],
  ] as const)('a login %s, %#', (_situation, auth, demand, expected) => {
    expect(check(auth, demand)).toBe(expected);
  });

  it('without a caller, token-missing; the error says what is needed', () => {
    expect(() => assertRecentLogin(undefined, { seconds: 1 })).toThrow(expect.objectContaining({ code: 'token-missing' }) as Error);
    expect(() => assertRecentLogin(accessOf(), { seconds: 60, level: 2 }))
      .toThrow(expect.objectContaining({ extras: { login: { seconds: 60, level: 2 } } }) as Error);
  });

  it.each([
    { seconds: 0 }, { seconds: -1 }, { seconds: 0.5 }, { seconds: NaN }, { seconds: Infinity }, { seconds: 1, level: 0 },
    { seconds: 1, level: 4 },
  ])('%j, is refused when it is declared', (demand) => {
    expect(() => requireRecentLogin(demand as RecentLogin)).toThrow(/recent login needs|level of 1 to 3/);
  });
});
