import type { Caller } from '../../../src/engine/caller.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { Grant } from '../../../src/engine/grants/grant.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { createDelegation } from '../../../src/features/grants/delegation.service.ts';
import type { EffectiveGrantsOf, Principal } from '../../../src/features/grants/grants.types.ts';
import { registryOf } from '../../engine/registries.ts';

const registry = registryOf({});
const now = 1_000_000;
const allow: Policy = { effect: 'allow', actions: ['read'], resources: ['notes'] };
const deny: Policy = { effect: 'deny', actions: ['read'], resources: ['notes/secret'] };
const granted = (...policies: readonly Policy[]): Grant[] => policies.map((policy) => ({ kind: 'policy', chain: [], policy }));

function callerWith(...policies: readonly Policy[]): Caller {
  return { userId: 'ann', tenantId: 't', sessionId: 's', username: 'ann', roles: [], roleTypes: [], attributes: {}, grants: compileGrants(
    registry, { rights: [], policies, isSuperadmin: false },
  ) };
}

/** The rules, where everybody holds `always` and who has the role "boss" by now holds `ofBoss`. */
function delegationWith({ always = [], ofBoss = [] }: { always?: Grant[]; ofBoss?: Grant[] } = {}) {
  const notNeeded = () => { throw new Error('Outside a transaction this is not read.'); };
  return createDelegation({
    registry: () => registry, clock: () => now, callerNow: notNeeded, principalsOfRole: notNeeded,
    baselineGrants: () => Promise.resolve(always),
    resolveGrantsOfAll: <H extends Principal>(
      _tenantId: string, principals: readonly H[],
    ) => Promise.resolve(principals.map((principal): EffectiveGrantsOf<H> => {
      const isBoss = principal.roles.includes('boss')
        && !principal.roleTimes?.some(({ validFrom }) => validFrom && validFrom.getTime() > now);
      return { principal, roles: [], roleTypes: [], memberships: [], granted: isBoss ? ofBoss : [], changesAt: null };
    })),
  });
}

describe('what is handed out to nobody in particular', () => {
  const caller = callerWith(allow, deny);

  it('with the deny that limits the caller, given to everybody or along with it, is handed out', async () => {
    await expect(delegationWith({ always: granted(deny) }).requireMayChange(caller, { granted: [] }, { granted: granted(allow) }))
      .resolves.toBeUndefined();
    await expect(delegationWith().requireMayChange(caller, { granted: [] }, { granted: granted(allow, deny) })).resolves.toBeUndefined();
  });

  it('without it, is more than the caller holds', async () => {
    await expect(delegationWith().requireMayChange(caller, { granted: [] }, { granted: granted(allow) }))
      .rejects.toMatchObject({ code: 'grants-exceed-own' });
  });

  it('while a deny of it is lifted, is more than a caller holds whom it limits', async () => {
    await expect(delegationWith().requireMayChange(caller, { granted: granted(allow, deny) }, { granted: granted(allow) }))
      .rejects.toMatchObject({ code: 'grants-exceed-own' });
    await expect(delegationWith().requireMayChange(callerWith(allow), { granted: granted(allow, deny) }, { granted: granted(allow) }))
      .resolves.toBeUndefined();
  });

  it('on a condition on roles that the caller does not meet, is more than they hold', async () => {
    const clerks: Policy = {
      ...allow, conditions: [{ type: 'attribute', left: 'subject.roles', operator: 'eq', right: { value: 'clerk' } }],
    };
    const [clerk, other] = [{ ...callerWith(clerks), roles: ['clerk'] }, callerWith(clerks)];
    await expect(delegationWith().requireMayChange(clerk, { granted: [] }, { granted: granted(clerks) })).resolves.toBeUndefined();
    await expect(delegationWith().requireMayChange(other, { granted: [] }, { granted: granted(clerks) }))
      .rejects.toMatchObject({ code: 'grants-exceed-own' });
  });
});

describe('to act on somebody with a role that starts later', () => {
  const tomorrow = { roles: ['boss'], roleTimes: [{ roleId: 'boss', validFrom: new Date(now + 1) }], tenantId: 't' };
  const delegation = delegationWith({ ofBoss: granted(allow) });

  it('is refused to who does not hold what it gives, and allowed to who does', async () => {
    await expect(delegation.requireMayActOn(callerWith(), [{ _id: 'bob', ...tomorrow }]))
      .rejects.toMatchObject({ code: 'target-outranks-caller' });
    await expect(delegation.requireMayActOn(callerWith(allow), [{ _id: 'bob', ...tomorrow }])).resolves.toBeUndefined();
  });

  it('is allowed on oneself, alone or among others', async () => {
    await expect(delegation.requireMayActOn(callerWith(), [{ _id: 'ann', ...tomorrow }])).resolves.toBeUndefined();
    await expect(delegation.requireMayActOn(callerWith(), [{ _id: 'ann', ...tomorrow }, { _id: 'bob', tenantId: 't', roles: [] }]))
      .resolves.toBeUndefined();
    await expect(delegation.requireMayActOn(callerWith(), [{ _id: 'ann', ...tomorrow }, { _id: 'bob', ...tomorrow }]))
      .rejects.toMatchObject({ code: 'target-outranks-caller' });
  });

  it('of more than 500, looks at the last one as well', async () => {
    const others = Array.from({ length: 500 }, (_, index): Principal => ({ _id: `user ${index}`, tenantId: 't', roles: [] }));
    await expect(delegation.requireMayActOn(callerWith(), others)).resolves.toBeUndefined();
    await expect(delegation.requireMayActOn(callerWith(), [...others, { _id: 'bob', ...tomorrow }]))
      .rejects.toMatchObject({ code: 'target-outranks-caller' });
  });
});
