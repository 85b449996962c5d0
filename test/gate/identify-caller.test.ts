import type { IncomingMessage } from 'node:http';
import type { Caller } from '../../src/engine/caller.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { AppError } from '../../src/errors/errors.ts';
import { createIdentifyCaller } from '../../src/gate/identify-caller.ts';
import type { ForeignTokens, IdentifyCallerDeps } from '../../src/gate/identify-caller.ts';
import type { ErrorCode } from '../../src/errors/table.ts';
import { registryOf } from '../engine/registries.ts';

const callerNamed = (username: string): Caller => ({
  userId: 'u', tenantId: 't', sessionId: 's', username, roles: [], roleTypes: [], attributes: {},
  grants: compileGrants(registryOf({}), { rights: [], policies: [], isSuperadmin: false }),
});
const [remembered, loaded] = [callerNamed('remembered'), callerNamed('loaded')];

/** With a good token and a caller in memory whose host counts, unless a test says something else. */
function authenticateWith(more: Partial<IdentifyCallerDeps<string>> = {}) {
  const asked: string[] = [];
  const identifyCaller = createIdentifyCaller<string>({
    verify: (token) => ({ ok: true, claims: `claims of ${token}` }),
    recall: () => remembered,
    recallHost: (host, tenantId) => { asked.push(`${host} ${tenantId}`); return true; },
    load: (claims, host) => { asked.push(`load ${claims} at ${host}`); return Promise.resolve(loaded); },
    ...more,
  });
  return { asked, identifyCaller: (token = 'a.b.c') => identifyCaller(token, 'host', {} as IncomingMessage) };
}

describe('who a token speaks for', () => {
  it('in memory, where the host is known to count, is answered at once', () => {
    const { asked, identifyCaller } = authenticateWith();
    expect(identifyCaller()).toBe(remembered);
    expect(asked).toEqual(['host t']);
  });

  it.each<[string, Partial<IdentifyCallerDeps<string>>]>([
    ['not in memory', { recall: () => undefined }],
    ['in memory, at a host that is not known', { recallHost: () => undefined }],
    ['in memory, at the host of another tenant', { recallHost: () => false }],
  ])('%s, is loaded, which decides about the host as well', async (_what, more) => {
    const { asked, identifyCaller } = authenticateWith(more);
    expect(await identifyCaller()).toBe(loaded);
    expect(asked).toContain('load claims of a.b.c at host');
  });

  it('of a token that is no good, is refused with its code and nobody is asked', () => {
    const { asked, identifyCaller } = authenticateWith({ verify: () => ({ ok: false, code: 'token-expired' }) });
    expect(() => identifyCaller()).toThrow(new AppError('token-expired'));
    expect(asked).toEqual([]);
  });

  it('of a token whose key must be fetched first, is answered later, or refused', async () => {
    expect(await authenticateWith({ verify: () => Promise.resolve({ ok: true, claims: 'c' }) }).identifyCaller()).toBe(remembered);
    await expect(authenticateWith({ verify: () => Promise.resolve({ ok: false, code: 'token-invalid' }) }).identifyCaller())
      .rejects.toMatchObject({ code: 'token-invalid' });
  });

  describe('of another issuer', () => {
    const foreignWith = (code: ErrorCode, foreign: Partial<ForeignTokens<string>>) => authenticateWith({
      verify: () => ({ ok: false, code }),
      foreign: { recall: () => undefined, accept: () => Promise.resolve(null), ...foreign },
    });

    it('that was accepted before, is answered at once, like a token of Gatehouse', () => {
      const { identifyCaller } = foreignWith('token-invalid', { recall: (token, host) => `${token} at ${host}` });
      expect(identifyCaller()).toBe(remembered);
    });

    it.each(['token-invalid', 'token-malformed'] as const)('that was not accepted yet and is %s here, is accepted', async (code) => {
      const { identifyCaller } = foreignWith(code, { accept: () => Promise.resolve({ ok: true, claims: 'c' }) });
      expect(await identifyCaller()).toBe(remembered);
    });

    it('that no issuer counts for, is refused as before; one that counts for nothing, with its own code', async () => {
      await expect(foreignWith('token-malformed', {}).identifyCaller()).rejects.toMatchObject({ code: 'token-malformed' });
      const { identifyCaller } = foreignWith('token-invalid', { accept: () => Promise.resolve({ ok: false, code: 'token-expired' }) });
      await expect(identifyCaller()).rejects.toMatchObject({ code: 'token-expired' });
    });

    it.each(['a', 'a.b', 'a.b.c.d', 'a..c', '.b.c', 'a.b.'])('and not in three parts, as "%s", is refused at once', (token) => {
      const asked = () => { throw new Error('asked'); };
      const { identifyCaller } = foreignWith('token-malformed', { recall: asked, accept: asked });
      expect(() => identifyCaller(token)).toThrow(expect.objectContaining({ code: 'token-malformed' }) as Error);
    });

    it('is no question for a token of Gatehouse that is too old', () => {
      const asked = () => { throw new Error('asked'); };
      const { identifyCaller } = foreignWith('token-expired', { recall: asked, accept: asked });
      expect(() => identifyCaller()).toThrow(expect.objectContaining({ code: 'token-expired' }) as Error);
    });
  });
});
