import { createEachPrincipal } from '../../../../src/features/grants/holders/each-principal.ts';
import type { EffectiveGrantsOf, Principal, SessionPrincipal } from '../../../../src/features/grants/grants.types.ts';

/** Goes through users whose ids are in the order of their numbers. */
function watchUsers(count: number) {
  const ids = Array.from({ length: count }, (_, index) => `user ${String(index).padStart(5, '0')}`);
  const batches: number[] = [];
  const eachPrincipal = createEachPrincipal({
    readUsersAfter: (_tenantId, after, most, { userIds } = {}) => Promise.resolve(
      ids.filter((id) => id > after && userIds?.includes(id) !== false).slice(0, most).map(
        (_id) => ({ _id }) as SessionPrincipal,
      ), // only the id is used
    ),
    resolveGrantsOfAll<H extends Principal>(_tenantId: string, principals: readonly H[]) {
      batches.push(principals.length);
      return Promise.resolve(principals.map(
        (principal): EffectiveGrantsOf<H> => ({ principal, roles: [], roleTypes: [], memberships: [], granted: [], changesAt: null }),
      ));
    },
  });
  const read = async (options?: Parameters<typeof eachPrincipal>[1]) => {
    const seen: string[] = [];
    for await (const { principal } of eachPrincipal('tenant', options)) seen.push(principal._id);
    return seen;
  };
  return { ids, batches, read };
}

describe('the way through all users', () => {
  it.each([0, 1, 499, 500, 501, 1_000, 1_001])('of %s, gives each once and in order', async (count) => {
    const { ids, read } = watchUsers(count);
    expect(await read()).toEqual(ids);
  });

  it('reads at most 500 together', async () => {
    const { batches, read } = watchUsers(1_201);
    await read();
    expect(batches).toEqual([500, 500, 201]);
  });

  it('with a number for the first read, reads so many first', async () => {
    const { ids, batches, read } = watchUsers(1_201);
    expect(await read({ first: 50 })).toEqual(ids);
    expect(batches).toEqual([50, 500, 500, 151]);
  });

  it('from one on, or of some, gives those alone', async () => {
    const { ids, read } = watchUsers(600);
    expect(await read({ after: ids[549] ?? '' })).toEqual(ids.slice(550));
    expect(await read({ userIds: ids.slice(10, 530) })).toEqual(ids.slice(10, 530));
  });
});
