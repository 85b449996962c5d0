import type { Caller } from '../../src/engine/caller.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { AppError } from '../../src/errors/errors.ts';
import type { ErrorCode } from '../../src/errors/table.ts';
import { createRecordRefusals } from '../../src/gate/refusal-recorder.ts';
import type { RefusedRequest } from '../../src/gate/refuse.ts';
import type { RouteDefinition } from '../../src/http/route/define-route.ts';
import { registryOf } from '../engine/registries.ts';

const caller: Caller = {
  userId: 'ann', tenantId: 'acme', sessionId: 's1', username: 'ann', roles: [], roleTypes: [], attributes: {},
  grants: compileGrants(registryOf({}), { rights: [], policies: [], isSuperadmin: false }),
};
const facts = { ip: '192.0.2.1', userAgent: 'a browser', requestId: 'r1', method: 'POST', url: '/here' };
const refusal: RefusedRequest = { ...facts, code: 'right-missing', caller };

function watchRecords() {
  const seen = { noted: [] as unknown[], counted: [] as ErrorCode[] };
  const recorder = createRecordRefusals(
    { refusals: { note: (record) => void seen.noted.push(record) }, countHandlerRefusal: (code) => void seen.counted.push(code) },
  );
  /** A route whose handler ends so. */
  const run = (end: () => unknown, more: object = {}) => {
    const route = { run: () => Promise.resolve().then(end), errors: [], ...more } as unknown as RouteDefinition; // all that is read of it
    return recorder.withRecord(route).run({ params: {}, query: {}, body: {} }, caller, facts as never, () => undefined); // only handed on
  };
  return { seen, run, ...recorder };
}

describe('the record of refusals', () => {
  it('at the gate, says who was refused what, and counts no handler', () => {
    const { seen, noteAtGate } = watchRecords();
    noteAtGate(refusal);
    expect(seen).toEqual(
      { noted: [{ ...facts, code: 'right-missing', action: 'request', tenantId: 'acme', userId: 'ann', sessionId: 's1' }], counted: [] },
    );
  });

  it('of nobody, stands in the default tenant', () => {
    const { seen, noteAtGate } = watchRecords();
    noteAtGate({ ...refusal, caller: null });
    expect(seen.noted).toMatchObject([{ tenantId: 'default', userId: null, sessionId: null }]);
  });

  it('behind the gate, is counted as well', () => {
    const { seen, noteBehindGate } = watchRecords();
    noteBehindGate(refusal);
    expect([seen.noted.length, seen.counted]).toEqual([1, ['right-missing']]);
  });

  it.each<ErrorCode>(
    ['wrong-password', 'token-of-other-tenant', 'too-many-requests', 'link-invalid', 'set-up-link-invalid'],
  )('of a handler that refuses with %s, is made once, and the refusal stays', async (code) => {
    const { seen, run } = watchRecords();
    await expect(run(() => { throw new AppError(code); })).rejects.toMatchObject({ code });
    expect(seen).toMatchObject({ noted: [{ ...facts, code, userId: 'ann' }], counted: [code] });
  });

  it.each<ErrorCode>(
    ['user-not-found', 'invalid-input', 'version-conflict', 'database-unreachable'],
  )('of a handler that ends with %s, is not made', async (code) => {
    const { seen, run } = watchRecords();
    await expect(run(() => { throw new AppError(code); })).rejects.toMatchObject({ code });
    await expect(run(() => { throw new Error('a fault'); })).rejects.toThrow('a fault');
    expect(seen).toEqual({ noted: [], counted: [] });
  });

  it('of a route that records refusals itself, is not made; an answer is handed on', async () => {
    const { seen, run } = watchRecords();
    await expect(run(() => { throw new AppError('wrong-password'); }, { recordsRefusals: true }))
      .rejects.toMatchObject({ code: 'wrong-password' });
    expect(await run(() => 'an answer')).toBe('an answer');
    expect(seen).toEqual({ noted: [], counted: [] });
  });
});
