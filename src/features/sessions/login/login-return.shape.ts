import { optional, string } from '../../../http/input/fields.ts';

/** How an app gets the answer of a login through a browser. */
export interface LoginReturn {
  /** Exactly one of the return URLs of the tenant. */
  readonly returnTo: string;
  /** S256 (RFC 7636), for the code that the app gets. */
  readonly codeChallenge: string;
  /** The app gets it back. */
  readonly state?: string;
}

/** The code of a login, as an app sends it. */
export interface SentCode {
  readonly code: string;
  /** The verifier whose challenge began the login (RFC 7636). */
  readonly codeVerifier: string;
}

/** The SHA-256 of the verifier in base64url. */
export const codeChallengeField = string({ min: 43, max: 43, pattern: /^[A-Za-z0-9_-]*$/ });
export const stateField = optional(string({ min: 1, max: 512, pattern: /^[ -~]*$/ }));

export const sentCodeFields = {
  code: string({ min: 1, max: 256 }),
  /** RFC 7636 section 4.1 */
  codeVerifier: string({ min: 43, max: 128, pattern: /^[A-Za-z0-9._~-]*$/ }),
};
