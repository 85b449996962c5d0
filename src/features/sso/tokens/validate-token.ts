import type { Actor } from '../../../platform/changes/change.service.ts';
import type { Becoming } from '../../identities/identity.types.ts';
import type { CheckedStep } from '../checks.ts';
import type { UsableProvider } from '../provider.types.ts';
import { outcomeOf } from '../trials/test-outcome.ts';
import type { TestOutcome } from '../trials/test-outcome.ts';
import { asBearer } from './bearer-provider.ts';
import { withoutCreating } from './open-token-session.ts';
import type { ReadToken, ReadTokenResult } from './read-token.ts';

export const invalidReasons = ['token-expired', 'tenant-differs', 'user-unknown', 'user-inactive', 'token-invalid'] as const;

/** Whether a token would get in, and why not. Nothing is changed. */
export interface TokenVerdictView {
  readonly valid: boolean;
  readonly reason?: (typeof invalidReasons)[number];
  /** The user whom the token names, if there is one already. */
  readonly userId?: string;
  /** Those of a token whose every check holds. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly steps: readonly CheckedStep[];
}

/** Tries tokens without using them. */
export interface TokenTrials {
  /** Whether a token would get in through a provider. */
  validate(actor: Actor, provider: UsableProvider | null, token: string): Promise<TokenVerdictView>;
  /** The outcome of a test with a token. */
  outcome(actor: Actor, provider: UsableProvider, token: string): Promise<TestOutcome>;
  /** The checks of a token alone, without its person. */
  check(provider: UsableProvider, token: string): Promise<readonly CheckedStep[]>;
}

export interface TokenTrialDeps {
  readonly readToken: ReadToken;
  readonly becoming: Pick<Becoming, 'wouldBecome'>;
}

const noBearer: CheckedStep = { step: 'bearer', ok: false, expected: 'a provider whose configuration has bearer' };

/** Creates the dry runs of tokens. A person of another tenant is as unknown here as anybody else. */
export function createTokenTrials({ readToken, becoming }: TokenTrialDeps): TokenTrials {
  async function read(provider: UsableProvider | null, token: string): Promise<ReadTokenResult> {
    const bearer = asBearer(provider);
    return bearer ? readToken(bearer, token) : { ok: false, steps: [noBearer] };
  }

  return {
    async validate(actor, provider, token) {
      const accepted = await read(provider, token);
      const { steps } = accepted;
      if (!accepted.ok || !provider) return { valid: false, reason: reasonOf(steps), steps };
      const { claims } = accepted.person;
      const would = await becoming.wouldBecome(actor, withoutCreating(provider), accepted.person);
      const { result } = outcomeOf(steps, claims, would);
      const userId = would.userId === undefined ? {} : { userId: would.userId };
      if (result === 'passed') return { valid: true, ...userId, claims, steps };
      return { valid: false, reason: would.code === 'user-disabled' ? 'user-inactive' : 'user-unknown', claims, steps };
    },
    async outcome(actor, provider, token) {
      const accepted = await read(provider, token);
      if (!accepted.ok) return { result: 'failed', steps: accepted.steps, secrets: [token] };
      const would = await becoming.wouldBecome(actor, withoutCreating(provider), accepted.person);
      return { ...outcomeOf(accepted.steps, accepted.person.claims, would), secrets: [token] };
    },
    check: async (provider, token) => (await read(provider, token)).steps,
  };
}

function reasonOf(steps: readonly CheckedStep[]): (typeof invalidReasons)[number] {
  const failed = steps.find(({ ok }) => !ok)?.step;
  if (failed === 'exp') return 'token-expired';
  return failed === 'tenant' ? 'tenant-differs' : 'token-invalid';
}
