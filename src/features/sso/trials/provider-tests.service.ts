import { AppError } from '../../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { newId } from '../../../platform/database/queries/new-id.ts';
import type { ProviderService } from '../provider.service.ts';
import type { ProviderStore } from '../provider.store.ts';
import { allHold } from '../checks.ts';
import type { TokenTrials } from '../tokens/validate-token.ts';
import { cleanSteps } from '../traces/clean-steps.ts';
import { createCheckWithoutLogin } from './check-without-login.ts';
import type { CheckWithoutLoginDeps } from './check-without-login.ts';
import type { ProviderTest } from './provider-test.model.ts';
import type { ProviderTestStore } from './provider-test.store.ts';
import type { TestOutcome } from './test-outcome.ts';

/** Tests of providers. A test changes no user and opens no session. */
export interface ProviderTests {
  /**
   * Checks what can be checked without a login. If all of it holds, the test waits for its login.
   *
   * `token` is an access token of the provider. It is the login of a provider that has keys and no other login; for others, it is one
   * more check before the login. Throws `provider-not-found`, `too-many-requests`.
   */
  start(actor: Actor, providerId: string, revision?: number, token?: string): Promise<ProviderTest>;
  /** Throws `provider-test-not-found`. */
  find(tenantId: string, testId: string): Promise<ProviderTest>;
  /** Stores the outcome of the login. A revision that passed can be activated. Does nothing if the test is over already. */
  finish(actor: Actor, testId: string, outcome: TestOutcome): Promise<void>;
}

export interface ProviderTestsDeps extends CheckWithoutLoginDeps {
  readonly store: ProviderTestStore;
  readonly providers: Pick<ProviderStore, 'find' | 'write'>;
  readonly findProvider: ProviderService['find'];
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly trials: Pick<TokenTrials, 'outcome' | 'check'>;
  /** Counts a test of a provider. Throws `too-many-requests`. */
  readonly countTest: (tenantId: string, providerId: string) => Promise<void>;
}

/** How long a test is kept, in ms. */
const lifetime = 7 * 24 * 60 * 60 * 1_000;

/** The longest text of claims that is kept. */
const maxClaims = 20_000;

/** The claims as text, without the secrets of the login. */
function cleanClaims(claims: Readonly<Record<string, unknown>>, secrets: readonly string[] = []): string {
  const text = secrets.filter(({ length }) => length > 0)
    .reduce((rest, secret) => rest.split(secret).join('[removed]'), JSON.stringify(claims));
  return text.slice(0, maxClaims);
}

/** Creates the service of tests. */
export function createProviderTests(
  { store, providers, findProvider, usable, changes, clock, countTest, checkReachable, trials }: ProviderTestsDeps,
): ProviderTests {
  const checkWithoutLogin = createCheckWithoutLogin({ usable, checkReachable });

  const pass = async (tx: ChangeTransaction, { providerId, revision }: ProviderTest) => {
    const provider = await providers.find(tx.actor.tenantId, providerId, tx);
    // The newest revision may be another one by now.
    if (provider?.revision !== revision) return;
    await providers.write(tx, { ...provider, testedRevision: revision });
  };

  const find: ProviderTests['find'] = async (tenantId, testId) => {
    const test = await store.find(tenantId, testId);
    if (!test) throw new AppError('provider-test-not-found');
    return test;
  };

  const finish: ProviderTests['finish'] = (actor, testId, { result, steps, claims, would, secrets }) => changes.transact(
    actor, async (tx) => {
      const test = await store.find(actor.tenantId, testId, tx);
      if (test?.result !== 'pending') return;
      await store.finish(tx, testId, {
        result, steps: [...test.steps, ...cleanSteps(steps, secrets)], ...(claims && { claims: cleanClaims(claims, secrets) }),
        ...(would && { would }),
      });
      if (result === 'passed') await pass(tx, test);
      tx.record({
        action: 'provider.test', target: { kind: 'provider', id: test.providerId }, after: { revision: test.revision, result },
      });
    });

  return {
    find, finish,
    async start(actor, providerId, wanted, token) {
      const { tenantId } = actor;
      const provider = await findProvider(tenantId, providerId);
      const revision = wanted ?? provider.revision;
      await countTest(tenantId, providerId);
      const withoutLogin = await checkWithoutLogin(providerId, revision);
      const usableOne = token !== undefined && allHold(withoutLogin) ? await usable.find(providerId, revision) : null;
      const isLogin = usableOne?.protocol === 'JWT';
      const steps = [...withoutLogin, ...usableOne && !isLogin ? await trials.check(usableOne, token ?? '') : []];
      const now = clock();
      const test: ProviderTest = {
        _id: newId(), tenantId, providerId, revision, result: allHold(steps) ? 'pending' : 'failed',
        steps: cleanSteps(steps, token === undefined ? [] : [token]), at: new Date(now), expiresAt: new Date(now + lifetime),
      };
      await changes.transact(actor, (tx) => store.create(tx, test));
      if (!usableOne || !isLogin) return test;
      await finish(actor, test._id, await trials.outcome(actor, usableOne, token ?? ''));
      return find(tenantId, test._id);
    },
  };
}
