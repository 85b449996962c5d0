import { parseCompact, verifyParsed } from '../tokens/compact-jws.ts';
import { parseStrictObject } from '../tokens/strict-json.ts';
import { kidOf, maxTokenBytes, typ } from '../tokens/verify-token.ts';
import type { VerificationKey } from '../tokens/verify-token.ts';

export interface MisfitDeps {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: URL;
  readonly verificationKey: (kid: string) => VerificationKey | undefined;
  /** ms since 1970. */
  readonly clock: () => number;
  readonly report: (message: string) => void;
}

const correctKeys = 'If your Gatehouse issued it, correct `issuer` or `jwksUrl` of createVerifier.';
const correctIssuer = 'set it to the PUBLIC_URL of your Gatehouse.';

/** Minimum time between two examined tokens, in ms. So most tokens of a flood are not verified a second time. */
const pause = 1_000;

/**
 * Creates the report of refused tokens that show a wrong configuration of the verifier. Each cause is reported once.
 *
 * Claims are logged only if the signature is valid, so that an attacker cannot write into the log.
 */
export function createMisfitReport({ issuer, audience, jwksUrl, verificationKey, clock, report }: MisfitDeps): (token: string) => void {
  const told = new Set<string>();
  let lookedAt = -Infinity;

  function tell(cause: string, message: string): void {
    if (told.has(cause)) return;
    told.add(cause);
    report(`${message} This is reported only once.`);
  }

  return (token) => {
    if (told.size === 3 || Math.abs(clock() - lookedAt) < pause) return;
    const parsed = parseCompact(token, maxTokenBytes);
    const kid = parsed && kidOf(parsed);
    if (!parsed || kid === undefined) return;
    lookedAt = clock();
    const key = verificationKey(kid);
    if (!key) {
      tell('keys', `A token was refused because ${jwksUrl.href} does not publish its key. ${correctKeys}`);
      return;
    }
    const result = verifyParsed(parsed, { key: key.publicKey, algorithm: key.algorithm, typ });
    const claims = result.ok ? parseStrictObject(result.payload) : undefined;
    if (!claims) return;
    const { iss, aud } = claims;
    const [issued, meant] = [`${JSON.stringify(iss)} issued them`, `they are for ${JSON.stringify(aud)}`];
    if (iss !== issuer) {
      tell('issuer', `Tokens are refused because ${issued}, and \`issuer\` of createVerifier is "${issuer}": ${correctIssuer}`);
    } else if (aud !== audience) {
      tell('audience', `Tokens are refused because ${meant}, and \`audience\` of createVerifier is "${audience}".`);
    }
  };
}
