import type { Becoming } from '../../identities/identity.types.ts';
import type { CheckedStep } from '../checks.ts';
import type { LoginStep } from '../providers/provider-ports.types.ts';
import type { WouldBecome } from './provider-test.model.ts';

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

type Would = Awaited<ReturnType<Becoming['wouldBecome']>>;

/** The outcome of a test without a browser. `would` is null if the person is not known because a check did not hold. */
export function outcomeOf(
  steps: readonly CheckedStep[], claims: Readonly<Record<string, unknown>> | undefined, would: Would | null,
): Omit<TestOutcome, 'secrets'> {
  if (!would) return { result: 'failed', steps };
  const getsIn = would.would === 'make a user' || would.would === 'identity' || would.would === 'link';
  const step = { step: 'user', ok: getsIn, expected: 'a user who gets in', received: would.code ?? would.would };
  return { result: getsIn ? 'passed' : 'failed', steps: [...steps, step], ...(claims && { claims }), would };
}
