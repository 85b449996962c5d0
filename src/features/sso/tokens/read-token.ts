import type { AssertedPerson, PersonReading } from '../../identities/identity.types.ts';
import type { CheckedStep } from '../checks.ts';
import { isSubject } from '../oidc/claim-checks.ts';
import { hasMoreGroups } from '../oidc/claims/groups-overage.ts';
import { readProof } from '../oidc/claims/login-proof.ts';
import type { AssertedProof } from '../oidc/claims/login-proof.ts';
import { wantedClaims } from '../oidc/claims/wanted-claims.ts';
import { algorithmsOf } from '../oidc/oidc-client.ts';
import { realmOf } from '../realm.ts';
import type { BearerProvider } from './bearer-provider.ts';
import { verifyExternalToken } from './external-token.ts';
import type { ExternalTokenRules } from './external-token.ts';
import type { KeysOf } from './token-keys.ts';

/** A token of a provider that counts, and the person whom it names. */
export interface AcceptedToken {
  readonly ok: true;
  readonly steps: readonly CheckedStep[];
  readonly person: AssertedPerson;
  readonly proof: AssertedProof;
  readonly expiresAt: Date;
}

export type ReadTokenResult = AcceptedToken | { readonly ok: false; readonly steps: readonly CheckedStep[] };

/** Verifies an access token of a provider, and reads the person from it. Never throws for what the token or the provider is. */
export type ReadToken = (provider: BearerProvider, token: string) => Promise<ReadTokenResult>;

export interface ReadTokenDeps extends PersonReading {
  readonly keysOf: KeysOf;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the reader of access tokens. The person of a token has the same realm as at a login, so it is the same identity. */
export function createReadToken({ keysOf, mappingOf, subjectIn, clock }: ReadTokenDeps): ReadToken {
  return async (provider, token) => {
    const { configuration } = provider;
    const found = await keysOf(provider);
    if ('step' in found) return { ok: false, steps: [found.step] };
    const verdict = await verifyExternalToken(token, { ...rulesOf(provider, clock() / 1_000), keys: found.keys });
    if (!verdict.ok) return verdict;
    const { claims, steps } = verdict;
    const mapping = mappingOf(provider);
    const subject = subjectIn(mapping, claims);
    if (!isSubject(subject)) {
      return { ok: false, steps: [...steps, { step: 'subject', ok: false, expected: 'text of 1 to 255 characters' }] };
    }
    const { iat, exp } = claims;
    // Without `auth_time`, the person proved who they are when the token was issued, at the latest.
    const dated = { auth_time: iat, ...claims };
    return {
      ok: true, steps, expiresAt: new Date(Number(exp) * 1_000),
      proof: readProof(dated, 'clientId' in configuration ? configuration : {}, clock()),
      person: {
        realm: realmOf(configuration.issuer, mapping['subject']), subject, claims,
        hasMoreGroups: hasMoreGroups({ claims, groupClaims: wantedClaims(mapping).groups }),
      },
    };
  };
}

function rulesOf({ configuration }: BearerProvider, now: number): Omit<ExternalTokenRules, 'keys'> {
  const { issuer, bearer: { audience, tenantClaim, tenantValue } } = configuration;
  return {
    issuer, audience, algorithms: algorithmsOf(configuration), now,
    ...(tenantClaim !== undefined && { tenant: { claim: tenantClaim, value: tenantValue ?? '' } }),
  };
}
