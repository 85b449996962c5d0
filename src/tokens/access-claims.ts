import { z } from 'zod';
import { policiesClaim } from './policy-claim.ts';
import { parseStrictObject } from './strict-json.ts';

/** A NumericDate of RFC 7519 section 2 in whole seconds; text, fractions, infinities and the time before 1970 are none. */
const seconds = z.int().positive();
const id = z.string().min(1);

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: id,
  sid: id,
  client_id: id.optional(),
  jti: id,
  iat: seconds,
  exp: seconds,
  grants_exp: seconds.optional(),
  nbf: seconds.optional(),
  tenant: id,
  orgId: id,
  username: z.string(),
  roles: z.array(id).optional(),
  permissions: z.array(id).optional(),
  policies: policiesClaim.optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  grants: z.literal('session').optional(),
});

type Parsed = z.infer<typeof claimsSchema>;

/**
 * What an access token of Gatehouse says; times in seconds since 1970.
 *
 * `client_id` is there for clients alone, and the same as `sub` (RFC 9068 section 2.2).
 * `roles` are the types of all roles that count everywhere; for permissions, policies and attributes see GrantClaims. Those three are left out, and `grants`
 * is "session", when they would make the token too large; the roles then too if they alone would.
 * `grants_exp`, where it is there, is `exp` once more, of a token that ends because an assignment starts or ends: who knows nothing but
 * the token believes it no longer than that.
 */
export type AccessClaims = Readonly<Omit<Parsed, 'nbf'>>;

export interface ClaimRules {
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
  /** Seconds by which the clock of the issuer may be ahead. */
  readonly tolerance: number;
  /** Seconds since 1970. */
  readonly now: number;
}

/**
 * Reads the claims of a payload whose signature was found good.
 *
 * `token-invalid` for whatever Gatehouse would not have issued: no object, a claim missing or of another type, another issuer or
 * audience, a longer life than `lifetimeSeconds` (so `exp` in ms); `token-not-yet-valid` for a start in the future by more than the
 * tolerance. An elapsed `exp` is not checked here.
 * The result is frozen, since many requests share it; undeclared claims are left out of it.
 */
export function readClaims(payload: Uint8Array, rules: ClaimRules): AccessClaims | 'token-invalid' | 'token-not-yet-valid' {
  const parsed = claimsSchema.safeParse(parseStrictObject(payload));
  if (!parsed.success) return 'token-invalid';
  const { nbf, ...claims } = parsed.data;
  const fits = claims.iss === rules.issuer && claims.aud === rules.audience
    && claims.orgId === claims.tenant && (claims.client_id ?? claims.sub) === claims.sub
    && (claims.grants === 'session' ? hasNone(claims) : hasAll(claims))
    && claims.exp > claims.iat && claims.exp - claims.iat <= rules.lifetimeSeconds;
  if (!fits) return 'token-invalid';
  return Math.max(claims.iat, nbf ?? 0) <= rules.now + rules.tolerance ? deepFreeze(claims) : 'token-not-yet-valid';
}

function hasAll({ roles, permissions, policies }: AccessClaims): boolean {
  return roles !== undefined && permissions !== undefined && policies !== undefined;
}

function hasNone({ permissions, policies, attributes }: AccessClaims): boolean {
  return permissions === undefined && policies === undefined && attributes === undefined;
}

/** For what came out of JSON, which has no circles. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
