import type { Request } from 'express';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import type { Access } from '../../src/engine/access.ts';
import type { Caller } from '../../src/engine/caller.ts';
import { AppError } from '../../src/errors/errors.ts';
import type { ErrorCode } from '../../src/errors/table.ts';
import type { Verdict } from '../../src/gate/gate.ts';
import { createRecheck } from '../../src/gate/recheck.ts';
import { registryOf, school } from '../engine/registries.ts';

const registry = registryOf(school);
const endpointOf = (url: string) => {
  const [found] = registry.endpointsOf(url);
  if (!found) throw new Error(`${url} is not registered.`);
  return found;
};
const [endpoint, elsewhere] = [endpointOf('/users/me'), endpointOf('/roles/create')];
const caller: Caller = {
  userId: 'ann', tenantId: 'default', sessionId: 's1', username: 'ann', roles: [], roleTypes: [], attributes: {},
  grants: compileGrants(registry, { rights: [], policies: [], isSuperadmin: false }),
};
const refusedWith = (code: ErrorCode): Verdict => ({ kind: 'refused', error: new AppError(code), caller: null });
const requestWith = (
  read: { readableDidRead?: boolean; readableEnded?: boolean },
) => ({ readableDidRead: false, readableEnded: false, ...read }) as unknown as Request; // all that is read of it
const afterBody = () => requestWith({ readableDidRead: true });
const access = {} as Access; // only handed on

/** A check after the body, for which the gate decides so; it notes what was asked and recorded. */
function watchConfirm(verdict: Verdict, { isCurrent = false, hasDecided = true } = {}) {
  const seen = { asked: [] as string[], recorded: [] as string[] };
  const recheck = createRecheck({
    gate(_request, target, method = '') {
      seen.asked.push(`${method} ${target}`);
      return Promise.resolve(verdict);
    },
    decidedOf: () => (hasDecided ? { method: 'GET', target: '/users/me?x=1', endpoint } : undefined),
    isCurrent: () => isCurrent,
    accessOf: () => access,
    onRefused: (_request, { code }, { userId }) => void seen.recorded.push(`${code} ${userId}`),
  });
  return { seen, recheck };
}

describe('the check after the body', () => {
  it('nothing read, a caller who is current, or nobody, asks the gate nothing', () => {
    const { seen, recheck } = watchConfirm(refusedWith('right-missing'));
    expect(recheck(requestWith({}), caller)).toBe(caller);
    expect(recheck(afterBody(), null)).toBeNull();
    expect(watchConfirm(refusedWith('right-missing'), { isCurrent: true }).recheck(afterBody(), caller)).toBe(caller);
    expect(seen).toEqual({ asked: [], recorded: [] });
  });

  it.each([
    ['read from', { readableDidRead: true }], ['ended', { readableEnded: true }],
  ])('a body that was %s, asks about what was decided at first and answers the caller of now', async (_what, read) => {
    const now = { ...caller, username: 'ann of now' };
    const { seen, recheck } = watchConfirm({ kind: 'pass', endpoint, caller: now });
    const request = requestWith(read);
    expect(await recheck(request, caller)).toBe(now);
    expect(request.access).toBe(access);
    expect(seen).toEqual({ asked: ['GET /users/me?x=1'], recorded: [] });
  });

  it.each<ErrorCode>(
    ['right-missing', 'session-ended', 'too-many-requests'],
  )('refused with %s, rejects with it and records it once', async (code) => {
    const { seen, recheck } = watchConfirm(refusedWith(code));
    await expect(recheck(afterBody(), caller)).rejects.toMatchObject({ code });
    expect(seen.recorded).toEqual([`${code} ann`]);
  });

  it.each<ErrorCode>(
    ['database-unreachable', 'not-ready', 'internal'],
  )('failed with %s, which is no refusal of the caller, rejects with it and records nothing', async (code) => {
    const { seen, recheck } = watchConfirm(refusedWith(code));
    await expect(recheck(afterBody(), caller)).rejects.toMatchObject({ code });
    expect(seen.recorded).toEqual([]);
  });

  it.each<[string, Verdict]>([
    ['another URL', { kind: 'pass', endpoint: elsewhere, caller }],
    ['another session', { kind: 'pass', endpoint, caller: { ...caller, sessionId: 's2' } }],
    ['nobody', { kind: 'pass', endpoint, caller: null }],
    ['the methods of the URL', { kind: 'options', allow: ['GET'] }],
  ])('passed for %s, is a mismatch', async (_what, verdict) => {
    const { recheck } = watchConfirm(verdict);
    await expect(recheck(afterBody(), caller)).rejects.toMatchObject({ code: 'route-mismatch' });
  });

  it('without a decision at first, is a mismatch and asks nothing', async () => {
    const { seen, recheck } = watchConfirm({ kind: 'pass', endpoint, caller }, { hasDecided: false });
    await expect(recheck(afterBody(), caller)).rejects.toMatchObject({ code: 'route-mismatch' });
    expect(seen.asked).toEqual([]);
  });
});
