import type { Caller } from '../../../../src/engine/caller.ts';
import { AppError } from '../../../../src/errors/errors.ts';
import { createRequireOtherWayIn } from '../../../../src/features/sso/providers/last-way-in.ts';
import { createLoginLocks } from '../../../../src/features/sso/providers/login-locks.ts';
import type { Principal } from '../../../../src/features/grants/grants.types.ts';
import { createProviderDelegation } from '../../../../src/features/sso/providers/provider-delegation.ts';
import type { ProviderIdentities } from '../../../../src/features/sso/providers/provider-ports.types.ts';
import type { IdentityProvider } from '../../../../src/features/sso/provider.types.ts';
import { systemActor } from '../../../../src/platform/changes/actor.ts';
import type { ChangeTransaction } from '../../../../src/platform/changes/change.service.ts';

const tx = { actor: systemActor('acme'), session: {} } as ChangeTransaction; // only handed on
async function* inSteps(users: readonly Principal[]): AsyncGenerator<readonly Principal[]> {
  for (let from = 0; from < users.length; from += 500) yield await Promise.resolve(users.slice(from, from + 500));
}
const none: ProviderIdentities = {
  linkedUsers: () => inSteps([]), hasLinkedUser: () => Promise.resolve(false), removeOf: () => Promise.resolve(),
};

describe('who may change a provider', () => {
  /** A provider with this many linked users, of whom the last one holds more than the caller. */
  function linkedTo(count: number) {
    const users = Array.from({ length: count }, (_, index) => ({ _id: `user ${10_000 + index}`, tenantId: 'acme', roles: [] }));
    const asked: number[] = [];
    const rules = createProviderDelegation({
      isVerifiedDomain: () => Promise.resolve(true), lockRoles: () => Promise.resolve(), resolveAssigned: () => Promise.resolve([]),
      identities: { ...none, linkedUsers: () => inSteps(users) },
      delegation: { requireMayChange: () => Promise.resolve(), requireMayActOn(_caller, some) {
        asked.push(some.length);
        const outranks = some.some(({ _id }) => _id === users.at(-1)?._id);
        return outranks ? Promise.reject(new AppError('target-outranks-caller')) : Promise.resolve();
      } },
    });
    return { rules, asked };
  }
  const caller = (isSuperadmin: boolean) => ({ grants: { isSuperadmin } }) as Caller; // the field that is read

  it.each([1, 500, 501, 1_200])('with %i linked users, is who may act on every one of them', async (count) => {
    const { rules, asked } = linkedTo(count);
    await expect(rules.requireMayActOnAll(tx, caller(false), 'p')).rejects.toMatchObject({ code: 'target-outranks-caller' });
    expect(asked.reduce((sum, some) => sum + some, 0)).toBe(count);
  });

  it('with no linked user, or for a superadmin, is nobody asked about', async () => {
    const { rules, asked } = linkedTo(0);
    await rules.requireMayActOnAll(tx, caller(false), 'p');
    await linkedTo(3).rules.requireMayActOnAll(tx, caller(true), 'p');
    expect(asked).toEqual([]);
  });
});

describe('another way in', () => {
  interface World { loginMethods?: string[]; hasPassword?: boolean; hasHost?: boolean; linkedTo?: string[] }
  const ask = ({ loginMethods, hasPassword = false, hasHost = false, linkedTo = [] }: World) => createRequireOtherWayIn({
    readSettings: () => Promise.resolve(loginMethods ? { loginMethods } : {}), hasPasswordUser: () => Promise.resolve(hasPassword),
    hasHostUsers: hasHost, store: { readActiveIds: (_tx, except) => Promise.resolve(['p', 'q'].filter((id) => id !== except)) },
    identities: { ...none, hasLinkedUser: (_tx, ids) => Promise.resolve(ids.some((id) => linkedTo.includes(id))) },
  })(tx, 'p').then(() => 'there', (error: unknown) => (error as AppError).code);

  it.each<[World, string]>([
    [{ hasPassword: true }, 'there'], [{ hasHost: true }, 'there'], [{ linkedTo: ['q'] }, 'there'],
    [{}, 'last-way-in'], [{ linkedTo: ['p'] }, 'last-way-in'],
    [{ loginMethods: ['sso'], hasPassword: true, hasHost: true }, 'last-way-in'],
    [{ loginMethods: ['sso'], linkedTo: ['q'] }, 'there'], [{ loginMethods: ['password'], linkedTo: ['q'] }, 'last-way-in'],
    [{ loginMethods: ['password'], hasPassword: true }, 'there'], [{ loginMethods: [], hasPassword: true, linkedTo: ['q'] }, 'last-way-in'],
  ])('with %j, is %s', async (world, answer) => {
    expect(await ask(world)).toBe(answer);
  });
});

describe('a login while its provider ends', () => {
  const locksOf = (provider: Partial<IdentityProvider> | null) => {
    const written: string[] = [];
    const locks = createLoginLocks({
      lockDocument: (name) => { written.push(name); return Promise.resolve(); },
      store: { find: () => Promise.resolve(provider as IdentityProvider | null) }, // the fields that are read
    });
    return { locks, written };
  };
  const live = { revision: 2 } as IdentityProvider['live']; // the field that is read

  it('writes to one of the documents that the end of the provider writes to, so that one of both starts over', async () => {
    const { locks, written } = locksOf({ status: 'active', ...(live && { live }) });
    await locks.shutOut(tx, 'p');
    const all = written.splice(0);
    expect(new Set(all).size).toBe(16);
    for (let login = 0; login < 50; login += 1) await locks.requireActive(tx, 'p', 2);
    expect(written).toHaveLength(50);
    expect(written.filter((name) => !all.includes(name))).toEqual([]);
    expect(new Set(written).size).toBeGreaterThan(4);
  });

  it('through a provider that is gone, inactive or at another revision, is refused', async () => {
    for (const provider of [null, { status: 'inactive' as const, ...(live && { live }) }, { status: 'active' as const }]) {
      await expect(locksOf(provider).locks.requireActive(tx, 'p', 2)).rejects.toMatchObject({ code: 'provider-not-found' });
    }
    await expect(locksOf({ status: 'active', ...(live && { live }) }).locks.requireActive(tx, 'p', 3)).rejects.toThrow();
  });
});
