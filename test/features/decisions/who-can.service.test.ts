import type { ClientSession } from '../../../src/platform/database/session.ts';
import { createFindWhoCan } from '../../../src/features/decisions/who-can.service.ts';
import type { WhoCanDeps } from '../../../src/features/decisions/who-can.service.ts';
import type { Grant } from '../../../src/engine/grants/grant.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import type { PrincipalFilter } from '../../../src/features/grants/grants.types.ts';
import type { User } from '../../../src/features/users/user.model.ts';
import { registryOf } from '../../engine/registries.ts';

const registry = registryOf({});
const allow: Policy = { effect: 'allow', actions: ['read'], resources: ['notes'] };
const readers: Grant[] = [{ kind: 'policy', chain: [], policy: allow }];
const atHome: Grant[] = [{ kind: 'policy', chain: [], policy: { ...allow, conditions: [{ type: 'ip', ranges: ['10.0.0.0/8'] }] } }];
const request = { action: 'read', resource: 'notes' };
const userIn = (number: number, isActive = true) => ({
  _id: `user ${number}`, tenantId: 't', roles: [], isActive,
}) as unknown as User; // as much of one as is read

/** Who can, of so many users, each of whom is given this. */
function whoCanOf(
  count: number, givenTo: (number: number) => Grant[], isActive: (number: number) => boolean = () => true, more: Partial<WhoCanDeps> = {},
) {
  const seen = { users: 0, asked: [] as PrincipalFilter[] };
  const find = createFindWhoCan({
    registry: () => registry, clock: () => 0, attributesOf: () => ({}),
    beginLongWork: () => ({ isDue: () => false, pause: () => Promise.resolve() }),
    findPossibleHolders: () => Promise.resolve({ marks: null, members: [] }),
    decideCombinations: () => Promise.resolve({ allowed: 0, refused: [], isOpen: true, hasOthers: false }),
    maxSeen: 1_000,
    inSnapshot: (work) => work({} as ClientSession), // which nothing here reads
    // eslint-disable-next-line @typescript-eslint/require-await -- users come one after the other
    async *eachPrincipal(_tenantId, { marks = null, leftOut } = {}) {
      seen.asked.push({ marks, ...(leftOut && { leftOut }) });
      for (let number = 1; number <= count; number += 1) {
        seen.users += 1;
        yield {
          principal: userIn(number, isActive(number)), granted: givenTo(number), roles: [], roleTypes: [], memberships: [], changesAt: null,
        };
      }
    },
    ...more,
  });
  return { seen, find: (limit: number, known = true) => find('t', { request, limit, ...(known && { count: 0 }) }) };
}

describe('who can', () => {
  it('of more users than it may check one by one, checks as many and answers where to continue', async () => {
    const { seen, find } = whoCanOf(1_001, () => []);
    expect(await find(50)).toMatchObject({ items: [], after: 'user 1000', isCertain: true });
    expect(seen.users).toBe(1_000);
  });

  it('of one user less, has looked at all', async () => {
    expect(await whoCanOf(999, () => []).find(50)).toMatchObject({ items: [], after: null });
  });

  it('reads only users who hold what could allow, without those whose roles and groups are refused', async () => {
    const [marks, refused] = [{ roleIds: ['reader'], groupIds: [], userIds: [] }, [{ roles: ['guest'], groups: [], count: 2 }]];
    const { seen, find } = whoCanOf(1, () => readers, () => true, {
      findPossibleHolders: () => Promise.resolve({ marks, members: ['user 7'] }),
      decideCombinations: () => Promise.resolve({ allowed: 1, refused, isOpen: false, hasOthers: false }),
    });
    await find(50);
    expect(seen.asked).toEqual([{ marks, leftOut: { combinations: refused, special: ['user 7'] } }]);
  });

  it('the users who are allowed, are counted up to 10,000', async () => {
    expect(await whoCanOf(30, (number) => (number % 3 === 0 ? readers : [])).find(2, false)).toMatchObject({ count: 10, after: 'user 6' });
    expect((await whoCanOf(10_001, () => readers).find(2, false)).count).toBe(10_000);
  });

  it('of exactly as many users as the page holds, ends with the last of them', async () => {
    const { seen, find } = whoCanOf(10, () => readers);
    const { items, after } = await find(3);
    expect([items.map(({ user }) => user._id), after, seen.users]).toEqual([['user 1', 'user 2', 'user 3'], 'user 3', 3]);
  });

  it('of somebody whom an unknown network decides about, is not certain, however many follow; of somebody disabled, it is', async () => {
    expect(await whoCanOf(3, (number) => (number === 1 ? atHome : [])).find(50)).toMatchObject({ items: [], isCertain: false });
    expect(await whoCanOf(3, (number) => (number === 1 ? atHome : []), (number) => number !== 1).find(50))
      .toMatchObject({ items: [], isCertain: true });
  });
});
