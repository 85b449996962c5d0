import { fetchUserInfo, skipSubjectCheck } from 'openid-client';
import type { Configuration } from 'openid-client';
import type { NamedCheck, Mismatch } from '../../checks.ts';
import { describeFailure } from '../describe-failure.ts';
import type { WantedClaims } from './wanted-claims.ts';

type Claims = Readonly<Record<string, unknown>>;

/** The claims of a person from two answers of one provider. */
export interface UserinfoAnswer {
  readonly idClaims: Claims;
  readonly userinfo: Claims;
}

/** Says no value, because a subject names a person. */
const sameSubject: NamedCheck<UserinfoAnswer> = {
  step: 'userinfo',
  findMismatch: ({ idClaims, userinfo }) => (userinfo['sub'] === idClaims['sub']
    ? null : { expected: 'the sub of the ID token', received: 'another one' }),
};

/** Every check of an answer of the userinfo endpoint (OpenID Connect Core section 5.3.2), in their order. */
export const userinfoChecks: readonly NamedCheck<UserinfoAnswer>[] = [sameSubject];

/** Reads the claims of the person from the userinfo endpoint. Never throws for what the provider does. */
export async function readUserinfo(
  client: Configuration, accessToken: string,
): Promise<{ readonly userinfo: Claims } | { readonly mismatch: Mismatch }> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- whether it is the same person is a check of our own, which traces name
    return { userinfo: await fetchUserInfo(client, accessToken, skipSubjectCheck) };
  } catch (error) {
    return { mismatch: { expected: 'an answer of the userinfo endpoint', received: describeFailure(error) } };
  }
}

/** The claims of targets of which an ID token has none. */
export function missingClaims(idClaims: Claims, { targets }: Pick<WantedClaims, 'targets'>): readonly string[] {
  return [...new Set(targets.filter((names) => !names.some((name) => Object.hasOwn(idClaims, name))).flat())];
}

/**
 * Adds the missing claims to those of the ID token, which take precedence.
 *
 * Whether an address is verified is only taken together with that address.
 */
export function addUserinfo({ idClaims, userinfo }: UserinfoAnswer, missing: readonly string[]): Claims {
  const isSameAddress = !Object.hasOwn(idClaims, 'email') || idClaims['email'] === userinfo['email'];
  const added = missing.filter((name) => Object.hasOwn(userinfo, name) && (name !== 'email_verified' || isSameAddress));
  const { email_verified: verified, ...rest } = idClaims;
  // An address from one answer is not proven by the other one.
  const kept = added.includes('email') ? rest : { ...rest, ...(verified !== undefined && { email_verified: verified }) };
  const addressAdded = added.includes('email') && Object.hasOwn(userinfo, 'email_verified') ? ['email_verified'] : [];
  return { ...kept, ...Object.fromEntries([...added, ...addressAdded].map((name) => [name, userinfo[name]])) };
}
