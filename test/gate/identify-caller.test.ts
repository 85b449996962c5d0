import type { Caller } from '../../src/engine/caller.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { AppError } from '../../src/errors/errors.ts';
import { createIdentifyCaller } from '../../src/gate/identify-caller.ts';
import type { IdentifyCallerDeps } from '../../src/gate/identify-caller.ts';
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
  return { asked, identifyCaller: () => identifyCaller('a', 'host') };
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
    expect(asked).toContain('load claims of a at host');
  });

  it('of a token that is no good, is refused with its code and nobody is asked', () => {
    const { asked, identifyCaller } = authenticateWith({ verify: () => ({ ok: false, code: 'token-expired' }) });
    expect(identifyCaller).toThrow(new AppError('token-expired'));
    expect(asked).toEqual([]);
  });

  it('of a token whose key must be fetched first, is answered later, or refused', async () => {
    expect(await authenticateWith({ verify: () => Promise.resolve({ ok: true, claims: 'c' }) }).identifyCaller()).toBe(remembered);
    await expect(authenticateWith({ verify: () => Promise.resolve({ ok: false, code: 'token-invalid' }) }).identifyCaller())
      .rejects.toMatchObject({ code: 'token-invalid' });
  });
});
