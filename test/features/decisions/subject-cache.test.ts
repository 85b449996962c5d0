import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { createUrlRegistry } from '../../../src/engine/urls/url-registry.ts';
import { createInvalidation } from '../../../src/platform/cache/invalidation.ts';
import { createLongWork } from '../../../src/features/decisions/long-work.ts';
import { createSubjectCache } from '../../../src/features/decisions/subject-cache.ts';
import type { SessionPrincipal } from '../../../src/features/grants/grants.types.ts';
import { changeNotice } from '../../support/change-notice.ts';

const grants = compileGrants(createUrlRegistry([], () => []), { rights: [], policies: [], isSuperadmin: false });

/** Subjects on a store that counts its readings, and runs `during` in the midst of each. */
function watchSubjects() {
  const state = {
    now: 1_000_000, isFresh: true, active: true, changesAt: null as Date | null, unknown: 'nobody', cache: [] as string[],
    during: (): void => undefined,
  };
  const invalidation = createInvalidation();
  const subjectCache = createSubjectCache({
    beginLongWork: createLongWork(),
    compile: () => ({ grants, memberOf: {} }),
    resolveGrantsOf(tenantId, userIds) {
      state.cache.push(`${tenantId}: ${userIds.join(' ')}`);
      state.during();
      const known = userIds.filter((userId) => userId !== state.unknown);
      const holderOf = (_id: string): SessionPrincipal => ({
        _id, tenantId, roles: [], isActive: state.active, accessVersion: 0, email: `${_id}@example.com`, emailVerified: true,
      });
      return Promise.resolve(known.map(
        (userId) => ({ principal: holderOf(userId), roles: [], roleTypes: [], memberships: [], granted: [], changesAt: state.changesAt }),
      ));
    },
    attributesOf: () => ({ reading: state.cache.length }),
    tokensFor: invalidation.tokensFor, isFresh: () => state.isFresh, clock: () => state.now,
  });
  /** In which reading each was read, or why there is nobody. */
  const find = async (
    userIds: readonly string[], tenantId = 'tenant',
  ) => Object.fromEntries([...await subjectCache.find(tenantId, userIds)].map(([userId, subject]) => (
    [userId, typeof subject === 'string' ? subject : subject.attributes['reading']])));
  return { state, invalidation, find };
}

describe('subjects in memory', () => {
  it('read together once, are taken from memory, and only who is missing is read', async () => {
    const { state, find } = watchSubjects();
    expect(await find(['anne', 'bob'])).toEqual({ anne: 1, bob: 1 });
    expect(await find(['anne', 'carl', 'bob'])).toEqual({ anne: 1, carl: 2, bob: 1 });
    expect(state.cache).toEqual(['tenant: anne bob', 'tenant: carl']);
    expect(await find([])).toEqual({});
  });

  it('while the feed is not fresh, are read each time', async () => {
    const { state, find } = watchSubjects();
    await find(['anne']);
    state.isFresh = false;
    expect(await find(['anne'])).toEqual({ anne: 2 });
    state.isFresh = true;
    expect(await find(['anne'])).toEqual({ anne: 2 });
  });

  it.each([
    ['the policy of their tenant', changeNotice({ policy: true })],
    ['their own access', changeNotice({ users: ['another', 'anne'] })],
    ['their profile', changeNotice({ target: { kind: 'user', id: 'anne' } })],
    ['their client', changeNotice({ target: { kind: 'client', id: 'anne' } })],
    ['their tenant, by somebody of another', changeNotice({ tenantId: 'default', target: { kind: 'tenant', id: 'tenant' } })],
  ])('after a change of %s, are read anew', async (_what, change) => {
    const { invalidation, find } = watchSubjects();
    await find(['anne']);
    invalidation.applyChange(change);
    expect(await find(['anne'])).toEqual({ anne: 2 });
  });

  it('after changes were perhaps missed, are read anew', async () => {
    const { invalidation, find } = watchSubjects();
    await find(['anne']);
    invalidation.invalidateAll();
    expect(await find(['anne'])).toEqual({ anne: 2 });
  });

  it('after a change of somebody else, or of another tenant, are still known', async () => {
    const { invalidation, find } = watchSubjects();
    await find(['anne']);
    for (const change of [
      { users: ['bob'] }, { tenantId: 'other', policy: true }, { tenantId: 'other', users: ['anne'] },
    ]) invalidation.applyChange(changeNotice(change));
    expect(await find(['anne'])).toEqual({ anne: 1 });
  });

  it('that change while they are being read, are answered once and not kept', async () => {
    const { state, invalidation, find } = watchSubjects();
    state.during = () => invalidation.applyChange(changeNotice({ users: ['anne'] }));
    expect(await find(['anne'])).toEqual({ anne: 1 });
    state.during = () => undefined;
    expect(await find(['anne'])).toEqual({ anne: 2 });
  });

  it('that change while others are being read, are read themselves before the answer', async () => {
    const { state, invalidation, find } = watchSubjects();
    await find(['anne']);
    state.during = () => { if (state.cache.length === 2) invalidation.applyChange(changeNotice({ users: ['anne'] })); };
    expect(await find(['anne', 'bob'])).toEqual({ anne: 3, bob: 2 });
  });

  it('of whom an assignment starts or ends, count until then', async () => {
    const { state, find } = watchSubjects();
    state.changesAt = new Date(state.now + 1_000);
    await find(['anne']);
    state.now += 999;
    expect(await find(['anne'])).toEqual({ anne: 1 });
    state.now += 1;
    expect(await find(['anne'])).toEqual({ anne: 2 });
  });

  it('after a minute, are read anew: who changes the database by hand is not announced', async () => {
    const { state, find } = watchSubjects();
    await find(['anne']);
    state.now += 60_000;
    expect(await find(['anne'])).toEqual({ anne: 2 });
  });

  it('of the same id in two tenants, are two', async () => {
    const { state, find } = watchSubjects();
    await find(['anne']);
    expect(await find(['anne'], 'other')).toEqual({ anne: 2 });
    expect(state.cache).toEqual(['tenant: anne', 'other: anne']);
  });

  it('that are unknown, are looked for each time, and those who are disabled are said to be', async () => {
    const { state, find } = watchSubjects();
    expect(await find(['nobody'])).toEqual({ nobody: 'user-not-found' });
    state.unknown = '';
    state.active = false;
    expect(await find(['nobody', 'anne'])).toEqual({ nobody: 'user-disabled', anne: 'user-disabled' });
    expect(await find(['anne'])).toEqual({ anne: 'user-disabled' });
    expect(state.cache).toHaveLength(2);
  });
});
