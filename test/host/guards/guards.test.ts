import express from 'express';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Access } from '../../../src/engine/access.ts';
import { AppError } from '../../../src/errors/errors.ts';
import { guardOf } from '../../../src/host/guards/guard.ts';
import {
  assertAllowed, assertPermission, assertPolicies, checkPolicies, requirePermission,
} from '../../../src/host/guards/permission.guard.ts';
import { publicRoute } from '../../../src/host/guards/public-route.ts';
import { assertRoles, requireRoles } from '../../../src/host/guards/role.guard.ts';
import { serve } from '../../http/route/serve.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { accessOf } from './access-of.ts';
import type { Held } from './access-of.ts';

const ran: string[] = [];

/** Asks a route behind a guard, as somebody or nobody, and tells status, code and what was required. */
async function ask(
  guard: RequestHandler, access: Access | undefined, { path = '/projects/:projectId', target = '/projects/7', method = 'GET' } = {},
): Promise<string> {
  const app = express();
  app.use((request, _response, next) => {
    if (access) request.access = access;
    next();
  });
  app.all(path, guard, (request, response) => {
    ran.push(request.path);
    response.end('ran');
  });
  const waveThrough: ErrorRequestHandler = (error, request, response, next) => (response.headersSent ? next(error) : void response.end(
    `an error handler of ${request.path}`,
  ));
  app.use(waveThrough);
  const server = await serve(app);
  const { status, json, text } = await server.call(method, target);
  await server.close();
  const { code, required } = (json ?? {}) as { code?: string; required?: string };
  return code === undefined ? `${status} ${text}` : `${status} ${code} ${required ?? ''}`.trim();
}

/** What a plain function throws. */
function thrown(act: () => void): string {
  try {
    act();
    return 'passed';
  } catch (error) {
    return error instanceof AppError ? `${error.code} ${error.extras.required ?? ''}`.trim() : String(error);
  }
}

describe('assertAllowed', () => {
  interface Invoice { readonly ownerId: string }
  const own: Policy = {
    effect: 'allow', actions: ['read'], resources: ['invoices'],
    conditions: [{ type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' }],
  };
  const [hers, his]: Invoice[] = [{ ownerId: 'ada' }, { ownerId: 'bob' }];

  it('a document that a condition allows, passes; another one, is refused and noted once', () => {
    const noted: string[] = [];
    const access = accessOf({ policies: [own], noteRefusal: ({ code }) => void noted.push(code) });
    expect(thrown(() => assertAllowed(access, 'read', 'invoices/7', hers))).toBe('passed');
    expect(thrown(() => assertAllowed(access, 'read', 'invoices/8', his))).toBe('permission-missing read:invoices/8');
    expect(thrown(() => assertAllowed(access, 'read', 'invoices/8'))).toBe('permission-missing read:invoices/8');
    expect(noted).toEqual(['permission-missing', 'permission-missing']);
  });

  it('what a policy denies, is refused with that reason; without a caller, token-missing', () => {
    const access = accessOf({ policies: [own, { ...own, effect: 'deny', conditions: [] }] });
    expect(thrown(() => assertAllowed(access, 'read', 'invoices/7', hers))).toBe('policy-denies read:invoices/7');
    expect(thrown(() => assertAllowed(undefined, 'read', 'invoices/7', hers))).toBe('token-missing');
  });
});

describe('requirePermission', () => {
  it('all named are held, runs the route', async () => {
    const access = accessOf({ permissions: ['create:items', 'read:items'] });
    expect(await ask(requirePermission('create:items', 'read:items'), access)).toBe('200 ran');
    expect(thrown(() => assertPermission(access, 'create:items', 'read:items'))).toBe('passed');
  });

  it('one is not held, refuses with that one', async () => {
    const access = accessOf({ permissions: ['create:items'] });
    expect(await ask(requirePermission('create:items', 'delete:items', 'update:items'), access))
      .toBe('403 permission-missing delete:items');
    expect(thrown(() => assertPermission(access, 'create:items', 'delete:items'))).toBe('permission-missing delete:items');
  });

  it('a refusal, has the body and headers of the gate and is told', async () => {
    const told: string[] = [];
    const access = accessOf({ noteRefusal: ({ code }) => void told.push(code) });
    const app = express().use((request, _response, next) => {
      request.access = access;
      next();
    });
    app.get('/items', requirePermission('create:items'), (_request, response) => void response.end('ran'));
    const server = await serve(app);
    const { status, headers, json } = await server.call('GET', '/items');
    await server.close();
    expect(status).toBe(403);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    expect(json).toMatchObject(
      { statusCode: 403, error: 'Forbidden', message: 'Forbidden resource', required: 'create:items', code: 'permission-missing' },
    );
    expect(told).toEqual(['permission-missing']);
  });

  it('a deny in the way, refuses with policy-denies though it is allowed as well', async () => {
    const access = accessOf({ permissions: ['update:items'], policies: [{ effect: 'deny', actions: ['update'], resources: ['items'] }] });
    expect(await ask(requirePermission('update:items'), access)).toBe('403 policy-denies update:items');
    expect(thrown(() => assertPermission(access, 'update:items'))).toBe('policy-denies update:items');
  });

  it('nobody calling, is 401 with the challenge and no error', async () => {
    expect(await ask(requirePermission('read:items'), undefined)).toBe('401 token-missing');
    expect(thrown(() => assertPermission(undefined, 'read:items'))).toBe('token-missing');
  });

  it('HEAD, is guarded as GET is', async () => {
    expect(await ask(requirePermission('read:items'), accessOf(), { method: 'HEAD' })).toMatch(/^403/);
  });

  it.each<[string, Held, string]>([
    ['the project named in the URL, passes', { permissions: ['read:projects/7'] }, '200 ran'],
    ['another project, is refused', { permissions: ['read:projects/8'] }, '403 permission-missing read:projects/7'],
    ['every project, passes', { permissions: ['read:projects'] }, '200 ran'],
    ['every project but this, is denied', {
      permissions: ['read:projects'], policies: [{ effect: 'deny', actions: ['manage'], resources: ['projects/7'] }],
    }, '403 policy-denies read:projects/7'],
  ])('a parameter, held is %s', async (_name, effective, answer) => {
    expect(await ask(requirePermission('read:projects/:projectId'), accessOf(effective))).toBe(answer);
  });

  it.each([
    '..%2F8', '%2A', '%2A%2A', '.', '%20', '7%2F', '7%00', '%E2%80%8B7',
  ])('a parameter of the value %s, is refused whatever is held', async (value) => {
    const before = ran.length;
    const answer = await ask(requirePermission('read:projects/:projectId'), accessOf(
      { permissions: ['read:projects', 'read:projects/*', 'manage:*'] },
    ), { target: `/projects/${value}` });
    expect(answer).toMatch(/^403 permission-missing read:projects\//);
    expect(ran).toHaveLength(before);
  });

  it.each([
    ['/other/:id', '/other/7'], ['/files/*projectId', '/files/7'],
  ])('a parameter that the route %s has not as one part, is refused', async (path, target) => {
    expect(await ask(requirePermission('read:projects/:projectId'), accessOf({ isSuperadmin: true }), { path, target }))
      .toBe('403 permission-missing read:projects/');
  });

  it('a parameter in the plain function, is refused', () => {
    expect(thrown(() => assertPermission(accessOf({ isSuperadmin: true }), 'read:projects/:projectId')))
      .toBe('permission-missing read:projects/');
  });

  it.each([
    'items', ':items', 'read:', 'read:items/*', 'read:/items', 'read:a//b', 'read:a b', '',
  ])('a name of no permission (%s), throws when the route is declared', (permission) => {
    expect(() => requirePermission(permission)).toThrow('is not action:resource');
  });

  it('no name at all, throws', () => {
    expect(() => requirePermission(...([] as unknown as [string]))).toThrow('at least one');
    expect(() => assertPermission(accessOf(), ...([] as unknown as [string]))).toThrow('at least one');
  });

  it('a condition on the moment, is asked at the moment of the request', async () => {
    let now = Date.parse('2026-11-02T10:00:00Z');
    const access = accessOf({ clock: () => now, policies: [
      { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'time', from: '09:00', to: '11:00', zone: 'UTC' }] },
    ] });
    expect(await ask(requirePermission('read:items'), access)).toBe('200 ran');
    now += 3_600_000;
    expect(await ask(requirePermission('read:items'), access)).toBe('403 permission-missing read:items');
  });
});

describe('requireRoles', () => {
  const editor = accessOf({ roleTypes: ['editor', 'guest', 'user'] });

  it.each<[string, RequestHandler, string]>([
    ['one that is held, passes', requireRoles('editor'), '200 ran'],
    ['one that is inherited, passes', requireRoles('user'), '200 ran'],
    ['all held, passes', requireRoles('editor', 'user'), '200 ran'],
    ['one of them held, is refused with the others', requireRoles(
      'editor', 'reviewer', 'admin',
    ), '403 role-missing role reviewer and admin'],
    ['one of them held where any does, passes', requireRoles('reviewer', 'editor', { any: true }), '200 ran'],
    ['none held where any does, is refused with all', requireRoles(
      'reviewer', 'admin', { any: true },
    ), '403 role-missing role reviewer or admin'],
    ['any: false, is all of them', requireRoles('reviewer', 'editor', { any: false }), '403 role-missing role reviewer'],
    ['another spelling, is another role', requireRoles('Editor'), '403 role-missing role Editor'],
  ])('%s', async (_name, guard, answer) => {
    expect(await ask(guard, editor)).toBe(answer);
  });

  it('superadmin, has every role', async () => {
    const superadmin = accessOf({ isSuperadmin: true, roleTypes: ['superadmin'] });
    expect(await ask(requireRoles('editor', 'reviewer'), superadmin)).toBe('200 ran');
    expect(await ask(requireRoles('editor', { any: true }), superadmin)).toBe('200 ran');
  });

  it('manage:* without the role, is refused', async () => {
    expect(await ask(requireRoles('superadmin'), accessOf({ permissions: ['manage:*'] }))).toBe('403 role-missing role superadmin');
  });

  it('nobody calling, is 401', async () => {
    expect(await ask(requireRoles('guest'), undefined)).toBe('401 token-missing');
    expect(thrown(() => assertRoles(undefined, 'guest'))).toBe('token-missing');
  });

  it('the plain function, throws what the guard answers', () => {
    expect([thrown(() => assertRoles(editor, 'editor')), thrown(() => assertRoles(editor, 'admin')), thrown(
      () => assertRoles(editor, 'admin', 'editor', { any: true }),
    )])
      .toEqual(['passed', 'role-missing role admin', 'passed']);
  });

  it('no role named, throws when the route is declared', () => {
    expect(() => requireRoles(...([] as unknown as [string]))).toThrow('at least one role');
    expect(() => requireRoles(...([{ any: true }] as unknown as [string]))).toThrow('at least one role');
    expect(() => requireRoles('')).toThrow('at least one role');
  });
});

describe('checkPolicies', () => {
  const held = accessOf({ permissions: ['read:projects', 'update:projects/7'] });

  it('every action on every resource, passes', async () => {
    expect(await ask(checkPolicies({ actions: ['read', 'update'], resources: ['projects/:projectId', 'projects/7/notes'] }), held))
      .toBe('200 ran');
  });

  it('one action on one resource missing, is refused with that', async () => {
    const demand = { actions: ['read', 'update'], resources: ['projects/7', 'projects/8'] };
    expect(await ask(checkPolicies(demand), held)).toBe('403 permission-missing update:projects/8');
    expect(thrown(() => assertPolicies(held, demand))).toBe('permission-missing update:projects/8');
    expect(thrown(() => assertPolicies(held, { actions: ['read'], resources: ['projects/8'] }))).toBe('passed');
  });

  it.each([
    [{ actions: [], resources: ['items'] }], [{ actions: ['read'], resources: [] }], [{ actions: ['read:x'], resources: ['items'] }],
    [{ actions: [''], resources: ['items'] }], [{ actions: ['read'], resources: ['*'] }],
  ])('a demand for nothing that can be held (%j), throws', (demand) => {
    expect(() => checkPolicies(demand)).toThrow();
    expect(() => assertPolicies(accessOf({ isSuperadmin: true }), demand)).toThrow();
  });
});

describe('the mark of guards', () => {
  it('guards, tell what they ask for; other handlers are none', () => {
    expect(guardOf(requirePermission('read:projects/:projectId', 'read:items'))).toMatchObject({
      isPublic: false, roles: [],
      permissions: [{ text: 'read:projects/:projectId', parameters: ['projectId'] }, { text: 'read:items', parameters: [] }],
    });
    expect(guardOf(requireRoles('admin'))).toMatchObject({ isPublic: false, roles: ['admin'], permissions: [] });
    expect(guardOf(checkPolicies({ actions: ['read'], resources: ['items'] }))).toMatchObject({ permissions: [{ text: 'read:items' }] });
    expect(guardOf(publicRoute)).toMatchObject({ isPublic: true, roles: [], permissions: [] });
    expect([guardOf(() => undefined), guardOf(undefined), guardOf({ isPublic: true })]).toEqual([undefined, undefined, undefined]);
  });

  it('publicRoute, lets everybody pass', async () => {
    expect([await ask(publicRoute, undefined), await ask(publicRoute, accessOf())]).toEqual(['200 ran', '200 ran']);
  });
});
