import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { resolveRights } from '../../../src/engine/grants/right.ts';
import { createLongWork } from '../../../src/features/decisions/long-work.ts';
import { createPermissionService } from '../../../src/features/decisions/decision.service.ts';
import { registryOf } from '../../engine/registries.ts';

const registry = registryOf({ auth: { '/permissions/': [{ name: 'explain', methods: ['POST'] }] } });
const { rights } = resolveRights(registry, ['/permissions/explain'], '');
const grantsWith = (...policies: Policy[]) => compileGrants(registry, { rights, policies, isSuperadmin: false });
const never = () => { throw new Error('Nobody asks this.'); };

/** Whether somebody who holds this may check others, at this moment and from this address. */
async function mayCheckOthers(policy: Policy, at: string, ip = '127.0.0.1'): Promise<boolean> {
  const { check } = createPermissionService({
    registry: () => registry, clock: () => Date.parse(at), spend: () => undefined,
    findSubjects: (_tenantId, userIds) => Promise.resolve(new Map(userIds.map((userId) => [userId, 'user-not-found'] as const))),
    beginLongWork: createLongWork(), findWhoCan: never, readWithGrants: never, attributesOf: never,
  });
  const caller = { userId: 'ann', tenantId: 'firm', sessionId: 's', username: 'ann', roles: [], roleTypes: [], attributes: {
    emailVerified: true,
  }, grants: grantsWith(policy) };
  return check(caller, [{ userId: 'bob', action: 'read', resource: 'notes' }], ip).then(() => true, (error: unknown) => {
    expect(error).toMatchObject({ code: 'right-missing' });
    return false;
  });
}

const denyExplain = { effect: 'deny', actions: ['POST'], resources: ['/permissions/explain'] } as const;

describe('checks of others', () => {
  it('the right to explain is denied for some hours, are answered at all others alone', async () => {
    const atNoon: Policy = { ...denyExplain, conditions: [{ type: 'time', from: '11:00', to: '13:00', zone: 'UTC' }] };
    expect(await mayCheckOthers(atNoon, '2026-06-01T12:00:00Z')).toBe(false);
    expect(await mayCheckOthers(atNoon, '2026-06-01T14:00:00Z')).toBe(true);
    const atMidnight: Policy = { ...denyExplain, conditions: [{ type: 'time', from: '00:00', to: '01:00', zone: 'UTC' }] };
    expect(await mayCheckOthers(atMidnight, '2026-06-01T12:00:00Z')).toBe(true);
  });

  it('the right to explain is denied by address or by what the caller is, are decided by the caller who asks', async () => {
    const outside: Policy = { ...denyExplain, conditions: [{ type: 'ip', ranges: ['203.0.113.0/24'] }] };
    expect([await mayCheckOthers(
      outside, '2026-06-01T12:00:00Z', '203.0.113.7',
    ), await mayCheckOthers(outside, '2026-06-01T12:00:00Z', '10.0.0.1')]).toEqual([false, true]);
    const unverified: Policy = {
      ...denyExplain, conditions: [{ type: 'attribute', left: 'subject.emailVerified', operator: 'eq', right: { value: false } }],
    };
    expect(await mayCheckOthers(unverified, '2026-06-01T12:00:00Z')).toBe(true);
  });
});
