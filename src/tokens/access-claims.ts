import { z } from 'zod';
import type { LoginProof } from '../engine/recent-login.ts';
import { policiesClaim } from './policy-claim.ts';
import { parseStrictObject } from './strict-json.ts';

/** A NumericDate of RFC 7519 section 2 in whole seconds. Text, fractions, infinities and times before 1970 are refused. */
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
  acr: z.enum(['1', '2', '3']),
  amr: z.array(id),
  auth_time: seconds,
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
 * The claims of an access token of Gatehouse. Times are in seconds since 1970.
 *
 * `acr` is the level of the login as text, `amr` its methods (RFC 8176), and `auth_time` when it was proved (OpenID Connect Core 2).
 * `client_id` is present only for clients and equals `sub` (RFC 9068 section 2.2).
 * `roles` are the types of all roles without those of memberships. For permissions, policies and attributes see GrantClaims. If
 * these three would make the token too large, they are left out and `grants` is "session". The roles are left out too if they
 * alone are too large.
 * `grants_exp` equals `exp`. It is present if the token ends early because an assignment starts or ends. A service that knows
 * only the token must not accept it after that time, even within its clock tolerance.
 */
export type AccessClaims = Readonly<Omit<Parsed, 'nbf'>>;

/** The claims about the login of a session. */
export type LoginClaims = Pick<AccessClaims, 'acr' | 'auth_time'> & { readonly amr: readonly string[] };

/** The claims of a login. They have whole seconds, so a login looks up to a second older. */
export function loginToClaims({ amr, level, at }: LoginProof): LoginClaims {
  return { acr: `${level}`, amr: [...amr], auth_time: Math.floor(at / 1_000) };
}

const levels = { 1: 1, 2: 2, 3: 3 } as const;

export function loginFromClaims({ acr, amr, auth_time }: LoginClaims): LoginProof {
  return { amr, level: levels[acr], at: auth_time * 1_000 };
}

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
 * Reads the claims of a payload whose signature is valid.
 *
 * Returns `token-invalid` for claims that Gatehouse would not issue: a value that is no object, a claim that is missing or has
 * another type, another issuer or audience, or a lifetime above `lifetimeSeconds` (such as `exp` in ms). Returns
 * `token-not-yet-valid` if the start is in the future by more than the tolerance. Does not check whether `exp` has passed.
 * The result is frozen, because many requests share it, and has no undeclared claims.
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

/** For values from JSON, which have no circular references. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
