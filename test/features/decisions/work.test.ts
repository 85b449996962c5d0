import type { ClientSession } from '../../../src/platform/database/session.ts';
import { setImmediate } from 'node:timers/promises';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { createLongWork } from '../../../src/features/decisions/long-work.ts';
import { createPermissionService } from '../../../src/features/decisions/decision.service.ts';
import { createFindWhoCan } from '../../../src/features/decisions/who-can.service.ts';
import type { User } from '../../../src/features/users/user.model.ts';
import { hostileCases, longName } from '../../engine/hostile-policies.ts';
import { registryOf } from '../../engine/registries.ts';
import { threadTime } from '../../support/thread-time.ts';

const registry = registryOf({ auth: { '/permissions/': [{ name: 'explain', methods: ['POST'] }] } });
const heavy = hostileCases[0]?.policies ?? [];
const asked = { action: 'read', resource: longName() };
const everybodyIsPossible = {
  findPossibleHolders: () => Promise.resolve({ marks: null, members: [] }),
  decideCombinations: () => Promise.resolve({ allowed: 10_000, refused: [], isOpen: false, hasOthers: false }), // as many as are counted
  inSnapshot: <T>(work: (session: ClientSession) => Promise<T>) => work({} as ClientSession), // which nothing here reads
};
const never = () => { throw new Error('Nobody asks this.'); };

const holders = (count: number, policies: readonly Policy[]) => async function* () {
  const granted = policies.map((policy) => ({ kind: 'policy', policy, chain: [] } as const));
  for (let index = 0; index < count; index += 1) yield await Promise.resolve(
    { principal: { _id: `u${index}`, isActive: true, roles: [] as string[] } as User, granted, memberships: [], roles: [] },
  ); // all that is read of them
};

/** What checks by somebody with these policies cost their tenant, besides what the gate counts. */
function start(policies: readonly Policy[], homeTenantId?: string) {
  const spent: Record<string, number> = {};
  const beginLongWork = createLongWork();
  const findWhoCan = createFindWhoCan(
    {
      beginLongWork, registry: () => registry, clock: () => 0, eachPrincipal: holders(40, policies) as never, attributesOf: () => ({}),
      ...everybodyIsPossible,
    },
  ); // its type knows more of holders
  const service = createPermissionService({
    beginLongWork, registry: () => registry, clock: () => 0,
    spend: (tenantId, decisions) => { spent[tenantId] = (spent[tenantId] ?? 0) + decisions; },
    findSubjects: () => Promise.resolve(new Map()), findWhoCan, readWithGrants: never, attributesOf: never,
  });
  const grants = compileGrants(registry, { rights: [], policies, isSuperadmin: false });
  const caller = { userId: 'ann', tenantId: 'firm', ...(homeTenantId !== undefined && {
    homeTenantId,
  }), sessionId: 's', username: 'ann', roles: [], roleTypes: [], attributes: {}, grants };
  return { spent, grants, caller, service, check: (count: number) => service.check(caller, Array<typeof asked>(count).fill(asked), '') };
}

/** The longest time that this work kept the thread at once, in ms, and how often others had a turn. */
async function watch(work: () => Promise<unknown>): Promise<{ longest: number; turns: number }> {
  let [longest, turns, isDone] = [0, 0, false];
  const done = work().finally(() => { isDone = true; });
  for (let before = threadTime(); !isDone; turns += 1) {
    await setImmediate();
    longest = Math.max(longest, threadTime() - before);
    before = threadTime();
  }
  await done;
  return { longest, turns };
}

describe('a call of many decisions', () => {
  it('of usual checks, costs one for each', async () => {
    const { spent, check } = start([{ effect: 'allow', actions: ['read'], resources: ['*'] }]);
    await check(1_000);
    expect(spent).toEqual({ firm: 999 });
  });

  it('of heavy checks, costs what they compare, and the tenant that the caller belongs to pays', async () => {
    const { spent, grants, check } = start(heavy, 'platform');
    await check(10);
    expect(Object.keys(spent)).toEqual(['platform']);
    expect(spent['platform']).toBeGreaterThan(grants.resources.maxCost * 0.9);
    expect(spent['platform']).toBeLessThan(grants.resources.maxCost);
  });

  it('of who-can, costs what it compares', async () => {
    const { spent, service, caller } = start(heavy);
    await service.whoCan(caller, asked, { limit: 50 });
    expect(spent['firm']).toBeGreaterThan(4_000);
  });

  it.each([
    ['checks', (work: ReturnType<typeof start>) => work.check(100)],
    ['who-can', (work: ReturnType<typeof start>) => work.service.whoCan(work.caller, asked, { limit: 50 })],
  ])('of %s, lets others in after 10 ms at the latest', async (_name, run) => {
    const work = start([...heavy.slice(0, heavy.length / 2), { effect: 'allow', actions: ['read'], resources: ['a'] }]);
    await run(work); // compiles the code
    // Garbage collection can fall into any one run.
    const [first, second, third] = [await watch(() => run(work)), await watch(() => run(work)), await watch(() => run(work))];
    expect(Math.min(first.longest, second.longest, third.longest)).toBeLessThan(10);
    expect(Math.min(first.turns, second.turns, third.turns)).toBeGreaterThan(2);
  });
});
