import type { NamedCheck } from '../../checks.ts';
import { eachParameterOnce } from '../../oidc/answer-checks.ts';
import { hashSecret } from './login-cookie.ts';
import type { LoginTransaction } from './login-transaction.model.ts';

/** What decides whether an answer belongs to this browser and to this provider. */
export interface ReturnedAnswer {
  readonly parameters: URLSearchParams;
  /** The provider in the path. */
  readonly providerId: string;
  /** The transaction that the state names; null if it names none, or one that was used. */
  readonly transaction: LoginTransaction | null;
  /** The value of the cookie of that very transaction. */
  readonly cookie: string | null;
  readonly now: Date;
}

const transactionKnown: NamedCheck<ReturnedAnswer> = {
  step: 'transaction',
  findMismatch: ({ transaction }) => (transaction
    ? null : { expected: 'the state of a login that is not finished', received: 'another one' }),
};

/** The row stays for up to a minute after its time. */
const stillRunning: NamedCheck<ReturnedAnswer> = {
  step: 'expiry',
  findMismatch: ({ transaction, now }) => (transaction && transaction.expiresAt > now
    ? null : { expected: 'an answer within 10 minutes', received: 'a later one' }),
};

/** The first defence against a mix-up of providers: the answer of one does not count at the address of another. */
const sameProvider: NamedCheck<ReturnedAnswer> = {
  step: 'provider',
  findMismatch: ({ transaction, providerId }) => (transaction?.providerId === providerId
    ? null : { expected: transaction?.providerId ?? 'a provider', received: providerId }),
};

/** Without it, somebody could bring their own answer into the browser of another person (login CSRF). */
const sameBrowser: NamedCheck<ReturnedAnswer> = {
  step: 'browser',
  findMismatch: ({ transaction, cookie }) => (cookie !== null && transaction?.secretHash === hashSecret(cookie)
    ? null : { expected: 'the cookie of this login', received: cookie === null ? 'none' : 'another one' }),
};

const sameState: NamedCheck<ReturnedAnswer> = {
  step: 'state',
  findMismatch: ({ transaction, parameters }) => (transaction?.state === parameters.get('state')
    ? null : { expected: 'the state of this login', received: 'another one' }),
};

/** Every check of whether an answer belongs to this browser, in their order. */
export const bindingChecks: readonly NamedCheck<ReturnedAnswer>[] = [
  eachParameterOnce, transactionKnown, stillRunning, sameProvider, sameBrowser, sameState,
];
