import type { OidcConnections } from '../oidc/oidc-connections.ts';
import { callbackChecks, judgeCallback } from '../oidc/callback.ts';
import type { ProvedPerson } from '../oidc/callback.ts';
import { maxAgeOf } from '../oidc/authorization-request.ts';
import { wantedClaims } from '../oidc/claims/wanted-claims.ts';
import type { CheckedStep } from '../checks.ts';
import type { AssertedPerson, AttributeMapping } from '../../identities/identity.types.ts';
import type { Sealed } from '../../../platform/sealed.ts';
import type { UsableProvider } from '../provider.types.ts';
import { realmOf } from '../realm.ts';
import { isSubject } from '../oidc/claim-checks.ts';
import type { LoginProviders, OidcProvider } from './login-ports.types.ts';
import type { LoginTransaction } from './transactions/login-transaction.model.ts';
import { asOidc, callbackOf, verifierPlace } from './oidc-provider.ts';

export interface AnsweredLoginDeps {
  readonly providers: LoginProviders;
  readonly connections: OidcConnections;
  readonly open: (place: string, sealed: Sealed) => string;
  /** The mapping of a provider with the defaults of its protocol. */
  readonly mappingOf: (provider: UsableProvider) => AttributeMapping;
  /** What names the person in these claims; undefined if they hold nothing of it. */
  readonly subjectIn: (mapping: AttributeMapping, claims: Readonly<Record<string, unknown>>) => string | undefined;
  readonly publicUrl: string;
  readonly clock: () => number;
  /** Every check of an answer; only a test leaves one out. */
  readonly checks?: typeof callbackChecks;
}

/** Who came back from a provider. */
export type AnsweredLogin =
  | {
    readonly ok: true;
    readonly steps: readonly CheckedStep[];
    readonly provider: OidcProvider;
    readonly person: AssertedPerson;
    readonly idClaims: ProvedPerson['idClaims'];
  }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

/** Judges the answer of a provider for a transaction that this browser began and that is used up by now. */
export type AnswerLogin = (transaction: LoginTransaction, parameters: URLSearchParams) => Promise<AnsweredLogin>;

function refused(steps: readonly CheckedStep[], step: CheckedStep): AnsweredLogin {
  return { ok: false, steps: [...steps, step] };
}

/** Creates the part of a login between the browser's return and the user. */
export function createAnswerLogin(deps: AnsweredLoginDeps): AnswerLogin {
  const { providers, connections, open, mappingOf, subjectIn, publicUrl, clock, checks = callbackChecks } = deps;

  /** A login counts for the live revision alone. A test counts for the revision that it names. */
  async function findProvider({ kind, providerId, revision }: LoginTransaction): Promise<OidcProvider | null> {
    const provider = asOidc(await (kind === 'test' ? providers.find(providerId, revision) : providers.find(providerId)));
    return provider?.revision === revision && (kind === 'test' || provider.status === 'active') ? provider : null;
  }

  return async (transaction, parameters) => {
    const provider = await findProvider(transaction);
    if (!provider) return refused([], { step: 'provider', ok: false, expected: 'an active provider that was not changed since' });
    const connected = await connections.connect(provider);
    if (!connected.ok) return refused([], connected.step);
    const { _id, nonce, state, verifier, startedAt, kind } = transaction;
    const maxAge = maxAgeOf(provider.configuration, kind === 'confirm');
    const mapping = mappingOf(provider);
    const verdict = await judgeCallback({
      ...connected.connection, provider, wanted: wantedClaims(mapping), parameters, redirectUri: callbackOf(publicUrl, provider._id),
      now: clock() / 1_000,
      login: {
        state, nonce, verifier: open(verifierPlace(_id), verifier),
        authenticatedFrom: maxAge === undefined ? undefined : startedAt.getTime() / 1_000 - maxAge,
      },
    }, checks);
    if (!verdict.ok) return verdict;
    const { claims, idClaims, hasMoreGroups } = verdict.person;
    const subject = subjectIn(mapping, claims);
    if (!isSubject(subject)) return refused(verdict.steps, { step: 'subject', ok: false, expected: 'text of 1 to 255 characters' });
    const realm = realmOf(provider.configuration.issuer, mapping['subject']);
    return { ok: true, steps: verdict.steps, provider, idClaims, person: { realm, subject, claims, hasMoreGroups } };
  };
}
