import type { Caller } from '../../../src/engine/caller.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { Grant } from '../../../src/engine/grants/grant.ts';
import { resolveRights } from '../../../src/engine/grants/right.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { createPermissionService } from '../../../src/features/decisions/decision.service.ts';
import type { PermissionServiceDeps } from '../../../src/features/decisions/decision.service.ts';
import type { WhoCanPage, WhoCanRequest } from '../../../src/features/decisions/who-can.service.ts';
import type { SessionPrincipal } from '../../../src/features/grants/grants.types.ts';
import { writeCursor } from '../../../src/platform/database/queries/page.ts';
import { registryOf } from '../../engine/registries.ts';

const registry = registryOf({ auth: { '/': [{ name: 'permissions/explain', methods: ['POST'] }, { name: 'items', methods: ['GET'] }, {
  name: 'items/:id', methods: ['GET'],
}] } });
const { rights } = resolveRights(registry, ['/permissions/explain'], '');
const readNotes: Policy = { effect: 'allow', actions: ['read'], resources: ['notes'] };
const atHome: Policy = { ...readNotes, resources: ['files'], conditions: [{ type: 'ip', ranges: ['192.0.2.0/24'] }] };
const own: Policy = {
  ...readNotes, resources: ['drafts'], conditions: [{ type: 'attribute', left: 'resource.owner', operator: 'eq', right: 'subject.id' }],
};
const inAcme: Policy = { ...readNotes, resources: ['plans'], conditions: [{ type: 'tenant', value: 'acme' }] };
const policies = [readNotes, atHome, own, inAcme];
const grantsOf = (...held: readonly Policy[]) => compileGrants(registry, { rights: [], policies: held, isSuperadmin: false });

const caller: Caller = {
  userId: 'ann', tenantId: 'acme', sessionId: 's', username: 'ann', roles: [], roleTypes: [], attributes: { id: 'ann' },
  grants: compileGrants(registry, { rights, policies, isSuperadmin: false }),
};
const withoutExplain: Caller = { ...caller, grants: grantsOf(...policies) };
const principal = (_id: string, isActive = true): SessionPrincipal => ({ _id, tenantId: 'acme', roles: [], isActive, accessVersion: 1 });
const granted: Grant[] = policies.map((policy) => ({ kind: 'policy', chain: [], policy }));

function watchService(more: Partial<PermissionServiceDeps> = {}) {
  const seen = { spent: [] as string[], found: [] as string[], asked: [] as WhoCanRequest[] };
  const service = createPermissionService({
    registry: () => registry, clock: () => 0,
    beginLongWork: () => ({ isDue: () => false, pause: () => Promise.resolve() }),
    findSubjects: (tenantId, userIds) => {
      seen.found.push(`${tenantId}: ${userIds.join(' ')}`);
      return Promise.resolve(new Map(userIds.flatMap((userId) => (userId === 'gone' ? [] : [
        [userId, userId === 'off' ? 'user-disabled' : { grants: grantsOf(...policies), attributes: { id: userId } }] as const,
      ]))));
    },
    readWithGrants: (_tenantId, userId) => Promise.resolve(userId === 'gone' ? undefined : {
      principal: principal(userId, userId !== 'off'), roles: [], roleTypes: [], memberships: [], granted, changesAt: null,
    }),
    attributesOf: ({ _id }) => ({ id: _id }), spend: (tenantId, decisions) => void seen.spent.push(`${tenantId} ${decisions}`),
    findWhoCan: (_tenantId, asked) => { seen.asked.push(asked); return Promise.resolve(
      { items: [], after: null, isCertain: true, count: 0, comparisons: 0 },
    ); },
    ...more,
  });
  return { seen, service };
}
const reasons = async (
  asking: Caller, checks: Parameters<ReturnType<typeof createPermissionService>['check']>[1],
) => (await watchService().service.check(asking, checks, '192.0.2.1')).map(({ reason }) => reason);

describe('checks', () => {
  it('of the caller, know where the request comes from, their tenant, themselves and the attributes that are named', async () => {
    expect(await reasons(caller, [
      { action: 'read', resource: 'notes' }, { action: 'read', resource: 'files' }, { action: 'read', resource: 'plans' },
      { action: 'read', resource: 'drafts', attributes: { owner: 'ann' } },
      { action: 'read', resource: 'drafts', attributes: { owner: 'bob' } }, { action: 'read', resource: 'drafts' },
      { method: 'GET', url: '/items' }, { method: 'GET', url: '/nowhere' },
    ])).toEqual(['policy', 'policy', 'policy', 'policy', 'permission-missing', 'permission-missing', 'right-missing', 'unknown-url']);
  });

  it('of a URL, are about the path that was named, not the pattern of the URL', async () => {
    const deny: Policy = { effect: 'deny', actions: ['GET'], resources: ['/items/7'] };
    const items = resolveRights(registry, ['/items/:id'], '').rights;
    const asking = { ...caller, grants: compileGrants(registry, { rights: items, policies: [deny], isSuperadmin: false }) };
    expect(await reasons(asking, [{ method: 'GET', url: '/items/7' }, { method: 'GET', url: '/items/8' }]))
      .toEqual(['policy-denies', 'right']);
  });

  it('of others, know their tenant and them, and not from where they come', async () => {
    expect(await reasons(caller, [
      { userId: 'bob', action: 'read', resource: 'notes' }, { userId: 'bob', action: 'read', resource: 'files' },
      { userId: 'bob', action: 'read', resource: 'plans' },
      { userId: 'bob', action: 'read', resource: 'drafts', attributes: { owner: 'bob' } },
      { userId: 'gone', action: 'read', resource: 'notes' }, { userId: 'off', action: 'read', resource: 'notes' },
    ])).toEqual(['policy', 'permission-missing', 'policy', 'policy', 'user-not-found', 'user-disabled']);
  });

  it('of the caller by their id, read nobody and take no right; of others, read each once and take one', async () => {
    const { seen, service } = watchService();
    await service.check(withoutExplain, [{ userId: 'ann', action: 'read', resource: 'notes' }], '192.0.2.1');
    await expect(service.check(withoutExplain, [{ userId: 'bob', action: 'read', resource: 'notes' }], '192.0.2.1'))
      .rejects.toMatchObject({ code: 'right-missing' });
    expect(seen.found).toEqual(['acme: ']);
    await service.check(caller, [{ userId: 'bob', action: 'read', resource: 'notes' }, { userId: 'bob', action: 'read', resource: 'a' }, {
      userId: 'cat', action: 'read', resource: 'a',
    }], '192.0.2.1');
    expect(seen.found).toEqual(['acme: ', 'acme: bob cat']);
  });

  it('cost one decision each, of which the gate has counted one; the tenant of the caller pays', async () => {
    const { seen, service } = watchService();
    const check = { action: 'read', resource: 'notes' };
    await service.check(caller, [check], '192.0.2.1');
    expect(seen.spent).toEqual([]);
    await service.check({ ...caller, homeTenantId: 'default' }, [check, check, check], '192.0.2.1');
    expect(seen.spent).toEqual(['default 2']);
  });

  it('that compare much, cost more, and wait until no other long work runs', async () => {
    const many = Array.from({ length: 150 }, (_, index): Policy => ({ effect: 'deny', actions: ['read'], resources: [`*/x${index}`] }));
    let pauses = 0;
    const { seen, service } = watchService(
      { beginLongWork: () => ({ isDue: () => false, pause: () => { pauses += 1; return Promise.resolve(); } }) },
    );
    await service.check({ ...caller, grants: grantsOf(...many) }, [{ action: 'read', resource: 'notes' }], '192.0.2.1');
    expect([seen.spent, pauses]).toEqual([['acme 14'], 1]);
    await service.check(caller, [{ action: 'read', resource: 'notes' }], '192.0.2.1');
    expect(pauses).toBe(1);
  });
});

describe('explanations', () => {
  it('of somebody else, say why, or why there is nothing to explain', async () => {
    const { service } = watchService();
    expect(await service.explain(caller, 'bob', { action: 'read', resource: 'notes' }))
      .toMatchObject({ explanation: { decision: { allowed: true, reason: 'policy' } } });
    expect(await service.explain(caller, 'bob', { action: 'read', resource: 'files' }))
      .toMatchObject({ explanation: { decision: { allowed: false }, nearest: { failed: { type: 'ip' }, isMissing: true } } });
    expect(await service.explain(caller, 'gone', { action: 'read', resource: 'notes' })).toEqual({ reason: 'user-not-found' });
    expect(await service.explain(caller, 'off', { action: 'read', resource: 'notes' })).toEqual({ reason: 'user-disabled' });
    expect(await service.explain(caller, 'bob', { method: 'GET', url: '/nowhere' })).toEqual({ reason: 'unknown-url' });
  });

  it('to the caller of a request, know where it comes from; for who is gone by now, they are refused', async () => {
    const { service } = watchService();
    expect((await service.explainTo(caller, { action: 'read', resource: 'files' }, '192.0.2.1')).decision.allowed).toBe(true);
    await expect(service.explainTo({ ...caller, userId: 'off' }, { action: 'read', resource: 'files' }, null))
      .rejects.toMatchObject({ code: 'user-disabled' });
    await expect(service.explainTo(caller, { method: 'GET', url: '/nowhere' }, null)).rejects.toMatchObject({ code: 'unknown-url' });
  });
});

describe('who can', () => {
  const page = (more: Partial<WhoCanPage>): Partial<PermissionServiceDeps> => ({
    findWhoCan: () => Promise.resolve({ items: [], after: null, isCertain: true, count: 7, comparisons: 0, ...more }),
  });

  it('is complete where all were asked about and each is certain, on this page and on those before', async () => {
    const question = { action: 'read', resource: 'notes' };
    const ask = (more: Partial<WhoCanPage>, cursor?: string) => watchService(page(more)).service.whoCan(
      caller, question, { limit: 5, ...(cursor !== undefined && { cursor }) },
    );
    expect(await ask({})).toEqual({ items: [], nextCursor: null, complete: true, count: 7 });
    expect(await ask({ isCertain: false })).toMatchObject({ nextCursor: null, complete: false });
    const [certain, uncertain] = [await ask({ after: 'zoe' }), await ask({ after: 'zoe', isCertain: false })];
    expect([certain.complete, uncertain.complete]).toEqual([false, false]);
    expect(await ask({}, certain.nextCursor ?? '')).toMatchObject({ complete: true });
    expect(await ask({}, uncertain.nextCursor ?? '')).toMatchObject({ complete: false });
  });

  it('goes on after the user of the cursor, with the attributes that were named and the count of the first page', async () => {
    const question = { action: 'read', resource: 'notes', attributes: { owner: 'ann' } };
    const { nextCursor } = await watchService(page({ after: 'zoe' })).service.whoCan(caller, question, { limit: 5 });
    const { seen, service } = watchService();
    await service.whoCan(caller, question, { limit: 5, cursor: nextCursor ?? '' });
    expect(seen.asked).toEqual([{ request: question, limit: 5, attributes: { owner: 'ann' }, after: 'zoe', count: 7 }]);
  });

  it('with the cursor of another question, or about an unknown URL, is refused', async () => {
    const { nextCursor } = await watchService(page({ after: 'zoe' })).service.whoCan(
      caller, { action: 'read', resource: 'notes' }, { limit: 5 },
    );
    const { service } = watchService();
    await expect(service.whoCan(caller, { action: 'read', resource: 'files' }, { limit: 5, cursor: nextCursor ?? '' }))
      .rejects.toMatchObject({ code: 'invalid-input' });
    const ofOtherList = writeCursor(['acme', { action: 'read', resource: 'notes' }], '+7:zoe');
    await expect(service.whoCan(caller, { action: 'read', resource: 'notes' }, { limit: 5, cursor: ofOtherList }))
      .rejects.toMatchObject({ code: 'invalid-input' });
    await expect(service.whoCan(caller, { method: 'GET', url: '/nowhere' }, { limit: 5 })).rejects.toMatchObject({ code: 'unknown-url' });
  });

  it('costs what it compared', async () => {
    const { seen, service } = watchService({ ...page({ comparisons: 50 }) });
    await service.whoCan(caller, { action: 'read', resource: 'notes' }, { limit: 5 });
    expect(seen.spent).toEqual(['acme 4']);
  });
});
