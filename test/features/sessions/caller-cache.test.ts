import { AppError } from '../../../src/errors/errors.ts';
import { createInvalidation } from '../../../src/platform/cache/invalidation.ts';
import { authOf } from '../../../src/tokens/token-login.ts';
import { createCallerCache } from '../../../src/features/sessions/caller-cache.ts';
import type { LoadedCaller } from '../../../src/features/sessions/caller-cache.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { Caller } from '../../../src/engine/caller.ts';
import { createUrlRegistry } from '../../../src/engine/urls/url-registry.ts';
import { changeNotice } from '../../support/change-notice.ts';

const claims = { sub: 'user', sid: 'session', tenant: 'tenant' };
const login = (auth_time: number) => ({ acr: '1', amr: ['pwd'], auth_time }) as const;
const grants = compileGrants(createUrlRegistry([], () => []), { rights: [], policies: [], isSuperadmin: false });

function callerNumber(number: number): Caller {
  return {
    userId: 'user', tenantId: 'tenant', sessionId: 'session', username: String(number), roles: [], roleTypes: [], grants, attributes: {},
  };
}

/** Callers on a store whose answers are counted, and held back where a test says so. */
function watchCallers() {
  const state = {
    now: 1_000_000, isFresh: true, isLocated: true, loads: 0, goodUntil: Infinity, isClient: false,
    hold: undefined as Promise<void> | undefined, full: false,
  };
  const invalidation = createInvalidation();
  const callerCache = createCallerCache({
    async loadCaller(read): Promise<LoadedCaller> {
      const number = state.loads += 1;
      await state.hold;
      return { caller: { ...callerNumber(number), ...authOf(read) }, isClient: state.isClient, settings: {}, goodUntil: state.goodUntil };
    },
    admit: () => { if (state.full) throw new AppError('too-many-requests'); },
    tokensFor: invalidation.tokensFor, isFresh: () => state.isFresh, isLocated: () => state.isLocated, clock: () => state.now,
  });
  return { state, invalidation, callerCache, recalled: () => callerCache.get(claims)?.username };
}

describe('callers in memory', () => {
  it('read once, are recalled while the feed is fresh and not while it is not', async () => {
    const { state, callerCache, recalled } = watchCallers();
    expect(recalled()).toBeUndefined();
    await callerCache.load(claims);
    expect(recalled()).toBe('1');
    state.isFresh = false;
    expect(recalled()).toBeUndefined();
    state.isFresh = true;
    expect(recalled()).toBe('1');
  });

  it('asked about once more, count no second request of their tenant', async () => {
    const { state, callerCache } = watchCallers();
    const caller = await callerCache.load(claims);
    state.full = true;
    expect(() => callerCache.get(claims)).toThrow('Too many');
    expect(callerCache.get(claims, { countsRequest: false })).toBe(caller);
    await expect(callerCache.load(claims)).rejects.toMatchObject({ code: 'too-many-requests' });
    expect((await callerCache.load(claims, { countsRequest: false })).userId).toBe('user');
  });

  it('of two tokens of one session, have each the login of their token, and are kept and current both', async () => {
    const { state, callerCache } = watchCallers();
    const [old, confirmed] = [{ ...claims, ...login(1_000) }, { ...claims, ...login(2_000) }];
    expect((await callerCache.load(old)).auth?.at).toBe(1_000_000);
    const first = callerCache.get(old);
    const second = callerCache.get(confirmed);
    expect([first?.auth, second?.auth]).toEqual([{ amr: ['pwd'], level: 1, at: 1_000_000 }, { amr: ['pwd'], level: 1, at: 2_000_000 }]);
    expect([callerCache.get(old) === first, callerCache.get(confirmed) === second, state.loads]).toEqual([true, true, 1]);
    for (const caller of [first, second]) expect(caller && callerCache.isCurrent(caller)).toBe(true);
    expect(callerCache.get({ ...confirmed, acr: '2' })?.auth?.level).toBe(2);
    expect(second && callerCache.isCurrent(second)).toBe(false);
    expect(callerCache.get(claims)?.auth).toBeUndefined();
    expect(Object.isFrozen(second)).toBe(true);
  });

  it('are current as long as they would be recalled as they are', async () => {
    const { state, invalidation, callerCache } = watchCallers();
    const caller = await callerCache.load(claims);
    expect(callerCache.isCurrent(caller)).toBe(true);
    expect(callerCache.isCurrent(callerNumber(1))).toBe(false);
    for (const [spoil, mend] of [[() => { state.isFresh = false; }, () => { state.isFresh = true; }], [
      () => { state.isLocated = false; }, () => { state.isLocated = true; },
    ]] as const) {
      spoil();
      expect(callerCache.isCurrent(caller)).toBe(false);
      mend();
      expect(callerCache.isCurrent(caller)).toBe(true);
    }
    invalidation.applyChange(changeNotice({ users: ['user'] }));
    expect(callerCache.isCurrent(caller)).toBe(false);
    expect(callerCache.isCurrent(await callerCache.load(claims))).toBe(true);
    expect(callerCache.isCurrent(caller)).toBe(false);
  });

  it.each([
    ['the policy of their tenant', changeNotice({ policy: true })],
    ['their own access', changeNotice({ users: ['another', 'user'] })],
    ['their profile', changeNotice({ target: { kind: 'user', id: 'user' } })],
    ['their client', changeNotice({ target: { kind: 'client', id: 'user' } })],
    ['their tenant, by somebody of another', changeNotice({ tenantId: 'default', target: { kind: 'tenant', id: 'tenant' } })],
  ])('after a change of %s, are read anew', async (_what, change) => {
    const { invalidation, callerCache, recalled } = watchCallers();
    await callerCache.load(claims);
    invalidation.applyChange(change);
    expect(recalled()).toBeUndefined();
    await callerCache.load(claims);
    expect(recalled()).toBe('2');
  });

  it.each([
    ['another user', changeNotice({ users: ['another'] })],
    ['the policy of another tenant', changeNotice({ tenantId: 'other', policy: true })],
    ['a user with the same id in another tenant', changeNotice({ tenantId: 'other', users: ['user'] })],
  ])('after a change of %s, are still known', async (_what, change) => {
    const { invalidation, callerCache, recalled } = watchCallers();
    await callerCache.load(claims);
    invalidation.applyChange(change);
    expect(recalled()).toBe('1');
  });

  it('read while something of theirs changes, are answered once and not kept', async () => {
    const { state, invalidation, callerCache, recalled } = watchCallers();
    let release = (): void => undefined;
    state.hold = new Promise((resolve) => { release = resolve; });
    const reading = callerCache.load(claims);
    invalidation.applyChange(changeNotice({ users: ['user'] }));
    release();
    expect((await reading).username).toBe('1');
    expect(recalled()).toBeUndefined();
  });

  it('requested many at once, are read once; a request after a change is not served by the read before it', async () => {
    const { state, invalidation, callerCache } = watchCallers();
    let release = (): void => undefined;
    state.hold = new Promise((resolve) => { release = resolve; });
    const before = [callerCache.load(claims), callerCache.load(claims), callerCache.load(claims)];
    invalidation.applyChange(changeNotice({ policy: true }));
    const after = callerCache.load(claims);
    release();
    expect(new Set((await Promise.all(before)).map(({ username }) => username)).has('1')).toBe(true);
    expect(Number((await after).username)).toBeGreaterThan(1);
  });

  it('unchanged and requested many at once, are read once', async () => {
    const { state, callerCache } = watchCallers();
    await Promise.all([callerCache.load(claims), callerCache.load(claims), callerCache.load(claims)]);
    expect(state.loads).toBe(1);
  });

  it('while the feed is not fresh, are read by each for themselves', async () => {
    const { state, callerCache } = watchCallers();
    state.isFresh = false;
    await Promise.all([callerCache.load(claims), callerCache.load(claims), callerCache.load(claims)]);
    expect(state.loads).toBe(3);
  });

  it('are forgotten at the end of a session or assignment, and after a minute', async () => {
    const { state, callerCache, recalled } = watchCallers();
    state.goodUntil = state.now + 10_000;
    await callerCache.load(claims);
    state.now += 9_999;
    expect(recalled()).toBe('1');
    state.now += 1;
    expect(recalled()).toBeUndefined();
    state.goodUntil = Infinity;
    await callerCache.load(claims);
    state.now += 59_999;
    expect(recalled()).toBe('2');
    state.now += 1;
    expect(recalled()).toBeUndefined();
  });

  it('are not used for a token that names another user of the session, nor while the location of their tenant is unknown', async () => {
    const { state, callerCache } = watchCallers();
    await callerCache.load(claims);
    expect(callerCache.get({ ...claims, sub: 'another' })).toBeUndefined();
    expect(callerCache.get({ ...claims, tenant: 'other' })).toBeUndefined();
    expect(callerCache.get({ ...claims, client_id: 'user' })).toBeUndefined();
    state.isLocated = false;
    expect(callerCache.get(claims)).toBeUndefined();
  });

  it('of a tenant that asks for too much, are refused from memory as well', async () => {
    const { state, callerCache } = watchCallers();
    await callerCache.load(claims);
    state.full = true;
    expect(() => callerCache.get(claims)).toThrow('Too');
    await expect(callerCache.load(claims)).rejects.toMatchObject({ code: 'too-many-requests' });
  });

  it('once in the cache, are frozen for their readers', async () => {
    const { callerCache } = watchCallers();
    const caller = await callerCache.load(claims);
    for (const part of [caller, caller.roles, caller.roleTypes, caller.attributes]) expect(Object.isFrozen(part)).toBe(true);
    expect(callerCache.get(claims)).toBe(caller);
  });

  it('that the store refuses, are refused each time, and nothing is cached', async () => {
    const invalidation = createInvalidation();
    const callerCache = createCallerCache({
      loadCaller: () => Promise.reject(new AppError('session-ended')), admit: () => undefined, tokensFor: invalidation.tokensFor,
      isFresh: () => true, isLocated: () => true, clock: Date.now,
    });
    const refused = await Promise.allSettled([callerCache.load(claims), callerCache.load(claims)]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(callerCache.get(claims)).toBeUndefined();
  });

  it('are 50,000 at most: the one that was recalled longest ago makes room', async () => {
    const { callerCache } = watchCallers();
    const of = (number: number) => ({ ...claims, sid: `session ${number}` });
    for (let number = 0; number < 50_000; number += 1) await callerCache.load(of(number));
    expect([0, 49_999].map((number) => callerCache.get(of(number)) !== undefined)).toEqual([true, true]);
    await callerCache.load(of(50_000));
    expect([0, 1, 2, 50_000].map((number) => callerCache.get(of(number)) !== undefined)).toEqual([true, false, true, true]);
  });
});
