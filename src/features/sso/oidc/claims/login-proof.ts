import type { OidcConfiguration } from '../../provider.types.ts';

type Claims = Readonly<Record<string, unknown>>;

const maxMethods = 10;
const maxText = 64;

/** How and when a provider says that a person proved who they are. */
export interface AssertedProof {
  /** The methods (RFC 8176); empty if the provider names none. */
  readonly amr: readonly string[];
  /** 2 only if the provider asserted a value that its configuration trusts for two factors. */
  readonly level: 1 | 2;
  readonly at: Date;
  /** The provider's name of its session. */
  readonly external?: string;
}

const isShort = (value: unknown): value is string => typeof value === 'string' && value.length >= 1 && value.length <= maxText;

/**
 * Reads the proof from the claims of an ID token.
 *
 * Without `auth_time`, the proof is as old as the login. A time in the future counts as now.
 */
export function readProof(
  claims: Claims, { trustedAmr = [], trustedAcr = [] }: Pick<OidcConfiguration, 'trustedAmr' | 'trustedAcr'>, now: number,
): AssertedProof {
  const { amr, acr, auth_time: time, sid } = claims;
  const methods = (Array.isArray(amr) ? amr as unknown[] : [amr]).filter(isShort).slice(0, maxMethods);
  const isTrusted = methods.some((method) => trustedAmr.includes(method)) || (isShort(acr) && trustedAcr.includes(acr));
  const at = typeof time === 'number' && Number.isFinite(time) && time > 0 ? Math.min(time * 1_000, now) : now;
  return {
    amr: methods, level: isTrusted ? 2 : 1, at: new Date(at),
    ...(typeof sid === 'string' && sid.length >= 1 && sid.length <= 255 && { external: sid }),
  };
}
