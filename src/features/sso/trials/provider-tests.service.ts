import { AppError } from '../../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { newId } from '../../../platform/database/queries/new-id.ts';
import type { ProviderService } from '../provider.service.ts';
import type { ProviderStore } from '../provider.store.ts';
import type { LoginStep } from '../providers/provider-ports.types.ts';
import { cleanSteps } from '../traces/clean-steps.ts';
import { createCheckWithoutLogin } from './check-without-login.ts';
import type { CheckWithoutLoginDeps } from './check-without-login.ts';
import type { ProviderTest, WouldBecome } from './provider-test.model.ts';
import type { ProviderTestStore } from './provider-test.store.ts';

/** How a test ended. `passed`: every check held, and a user would get in. */
export interface TestOutcome {
  readonly result: 'passed' | 'failed';
  /** The steps of the login, without those that the start of the test has checked. */
  readonly steps: readonly LoginStep[];
  /** The claims of the person who logged in. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly would?: WouldBecome;
  /** Tokens, codes and passwords of the login, which are removed from all values. */
  readonly secrets?: readonly string[];
}

/** Tests of providers. A test changes no user and opens no session. */
export interface ProviderTests {
  /**
   * Checks what can be checked without a login. If all of it holds, the test waits for its login.
   *
   * Throws `provider-not-found`, `too-many-requests`.
   */
  start(actor: Actor, providerId: string, revision?: number): Promise<ProviderTest>;
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
  { store, providers, findProvider, usable, changes, clock, countTest, checkReachable }: ProviderTestsDeps,
): ProviderTests {
  const checkWithoutLogin = createCheckWithoutLogin({ usable, checkReachable });

  const pass = async (tx: ChangeTransaction, { providerId, revision }: ProviderTest) => {
    const provider = await providers.find(tx.actor.tenantId, providerId, tx);
    // The newest revision may be another one by now.
    if (provider?.revision !== revision) return;
    await providers.write(tx, { ...provider, testedRevision: revision });
  };

  return {
    async start(actor, providerId, wanted) {
      const { tenantId } = actor;
      const provider = await findProvider(tenantId, providerId);
      const revision = wanted ?? provider.revision;
      await countTest(tenantId, providerId);
      const steps = await checkWithoutLogin(providerId, revision);
      const now = clock();
      const test: ProviderTest = {
        _id: newId(), tenantId, providerId, revision, result: steps.every(({ ok }) => ok) ? 'pending' : 'failed', steps: cleanSteps(steps),
        at: new Date(now), expiresAt: new Date(now + lifetime),
      };
      await changes.transact(actor, (tx) => store.create(tx, test));
      return test;
    },

    async find(tenantId, testId) {
      const test = await store.find(tenantId, testId);
      if (!test) throw new AppError('provider-test-not-found');
      return test;
    },

    finish: (actor, testId, { result, steps, claims, would, secrets }) => changes.transact(actor, async (tx) => {
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
    }),
  };
}
