import { createProviderTests } from '../../../../src/features/sso/trials/provider-tests.service.ts';
import type { ProviderTestsDeps } from '../../../../src/features/sso/trials/provider-tests.service.ts';
import type { ProviderTest } from '../../../../src/features/sso/trials/provider-test.model.ts';
import type { LoginStep } from '../../../../src/features/sso/providers/provider-ports.types.ts';
import type { IdentityProvider, UsableProvider } from '../../../../src/features/sso/provider.types.ts';
import { systemActor } from '../../../../src/platform/changes/actor.ts';
import type { ChangeTransaction } from '../../../../src/platform/changes/change.service.ts';

const actor = systemActor('acme');

/** The service of tests on lists in memory. */
function setUp({ steps = [], open = () => ({ revision: 2 }) }: {
  readonly steps?: readonly LoginStep[]; readonly open?: (revision?: number) => object | null;
} = {}) {
  const stored = new Map<string, ProviderTest>();
  const recorded: unknown[] = [];
  let provider = { _id: 'acme.1', tenantId: 'acme', revision: 2, status: 'draft' } as IdentityProvider; // the fields that are read
  const tx = { actor, record: (change) => void recorded.push(change) } as ChangeTransaction; // the parts that are used
  const deps: ProviderTestsDeps = {
    trials: { outcome: () => Promise.reject(new Error('not asked')), check: () => Promise.reject(new Error('not asked')) },
    clock: () => 1_000, countTest: () => Promise.resolve(), checkReachable: () => Promise.resolve(steps),
    findProvider: () => Promise.resolve(provider),
    providers: { find: () => Promise.resolve(provider), write: (_tx, after) => { provider = after; return Promise.resolve(); } },
    usable: { find: (_id, revision) => Promise.resolve().then(() => open(revision) as UsableProvider | null) },
    changes: { transact: (_actor, work) => work(tx) } as ProviderTestsDeps['changes'],
    store: {
      create: (_tx, test) => { stored.set(test._id, test); return Promise.resolve(); },
      find: (_tenantId, testId) => Promise.resolve(stored.get(testId) ?? null),
      finish: (_tx, testId, outcome) => {
        stored.set(testId, { ...stored.get(testId) as ProviderTest, ...outcome });
        return Promise.resolve();
      },
      removeOf: () => Promise.resolve(),
    },
  };
  return { tests: createProviderTests(deps), recorded, provider: () => provider, edit: () => { provider = { ...provider, revision: 3 }; } };
}

describe('a test of a provider', () => {
  it('whose reachable steps hold, waits for its login; passed, its revision can be activated', async () => {
    const { tests, provider, recorded } = setUp({ steps: [{ step: 'discovery-issuer', ok: true }] });
    const { _id, result, revision, steps } = await tests.start(actor, 'acme.1');
    expect([result, revision, steps.map(({ step }) => step)]).toEqual(['pending', 2, ['secrets', 'discovery-issuer']]);
    expect(provider().testedRevision).toBeUndefined();
    const would = { would: 'make a user', roles: [{ roleId: 'user', because: 'group staff' }] };
    await tests.finish(actor, _id, {
      result: 'passed', steps: [{ step: 'id-token', ok: true }], would,
      claims: { 'sub': '1', 'https://a.example/b.c': ['x'], 'echo': 'the-code' },
      secrets: ['the-code'],
    });
    expect(await tests.find('acme', _id)).toMatchObject({
      result: 'passed', steps: [{ step: 'secrets' }, { step: 'discovery-issuer' }, { step: 'id-token' }], would,
      claims: '{"sub":"1","https://a.example/b.c":["x"],"echo":"[removed]"}',
    });
    expect(provider().testedRevision).toBe(2);
    expect(recorded).toMatchObject([{ action: 'provider.test', after: { revision: 2, result: 'passed' } }]);
  });

  it('that failed, or is over already, changes nothing', async () => {
    const { tests, provider } = setUp();
    const { _id } = await tests.start(actor, 'acme.1');
    await tests.finish(actor, _id, { result: 'failed', steps: [] });
    await tests.finish(actor, _id, { result: 'passed', steps: [] });
    expect((await tests.find('acme', _id)).result).toBe('failed');
    expect(provider().testedRevision).toBeUndefined();
  });

  it('of a revision that was edited since, proves nothing about the newer one', async () => {
    const { tests, provider, edit } = setUp();
    const { _id } = await tests.start(actor, 'acme.1');
    edit();
    await tests.finish(actor, _id, { result: 'passed', steps: [] });
    expect(provider()).toMatchObject({ revision: 3 });
    expect(provider().testedRevision).toBeUndefined();
  });

  it('with a step that fails, or secrets that do not open, fails at once', async () => {
    const failing = setUp({ steps: [{ step: 'address', ok: false, received: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl' }] });
    expect(await failing.tests.start(actor, 'acme.1')).toMatchObject({ result: 'failed', steps: [{}, { received: '[removed]' }] });
    const sealed = setUp({ open: () => { throw new Error('another key'); } });
    expect(await sealed.tests.start(actor, 'acme.1')).toMatchObject({ result: 'failed', steps: [{ step: 'secrets', ok: false }] });
  });

  it('of a revision that there is not, is refused', async () => {
    const { tests } = setUp({ open: () => null });
    await expect(tests.start(actor, 'acme.1', 7)).rejects.toMatchObject({ code: 'provider-not-found' });
    await expect(tests.find('acme', 'nothing')).rejects.toMatchObject({ code: 'provider-test-not-found' });
  });
});
