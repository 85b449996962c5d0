import { z } from 'zod';
import { parseStrictObject } from './strict-json.ts';

/** A NumericDate of RFC 7519 section 2 in whole seconds; text, fractions, infinities and the time before 1970 are none. */
const seconds = z.int().positive();
const id = z.string().min(1);

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: id,
  sid: id,
  jti: id,
  iat: seconds,
  exp: seconds,
  nbf: seconds.optional(),
  tenant: id,
  orgId: id,
  username: z.string(),
  roles: z.array(id).optional(),
  grants: z.literal('session').optional(),
});

/**
 * What an access token of Gatehouse says; times in seconds since 1970.
 *
 * `roles` are role types. They are left out, and `grants` is "session", when they would make the token too large.
 */
export type AccessClaims = Readonly<Omit<z.infer<typeof claimsSchema>, 'nbf' | 'roles'>> & { readonly roles?: readonly string[] | undefined };

export interface ClaimRules {
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Seconds by which the clocks of two nodes may differ. */
const tolerance = 5;

/**
 * Reads the claims of a payload whose signature was found good.
 *
 * Undefined for whatever Gatehouse would not have issued: no object, a claim missing or of another type, another issuer or
 * audience, a start in the future, a longer life than `lifetimeSeconds` (so `exp` in ms). An elapsed `exp` is not checked here.
 * The result is frozen, since many requests share it; undeclared claims are left out of it.
 */
export function readClaims(payload: Uint8Array, rules: ClaimRules): AccessClaims | undefined {
  const parsed = claimsSchema.safeParse(parseStrictObject(payload));
  if (!parsed.success) return undefined;
  const { nbf, ...claims } = parsed.data;
  const latestStart = rules.now + tolerance;
  const fits = claims.iss === rules.issuer && claims.aud === rules.audience
    && claims.orgId === claims.tenant
    && (claims.roles !== undefined || claims.grants === 'session')
    && claims.iat <= latestStart && (nbf === undefined || nbf <= latestStart)
    && claims.exp > claims.iat && claims.exp - claims.iat <= rules.lifetimeSeconds;
  if (!fits) return undefined;
  Object.freeze(claims.roles);
  return Object.freeze(claims);
}
