import { randomBytes } from 'node:crypto';
import { bodyOf } from '../answers.ts';
import type { Client } from '../client/client.ts';
import type { BodyAt } from '../client/routes.ts';
import { makeProviderKey, signToken } from './sign-token.ts';
import type { Members, ProviderKey } from './sign-token.ts';

export interface TokenIssuerOptions {
  readonly content?: Partial<BodyAt<'POST', '/identity-providers/create'>>;
  /** Members of `bearer`. */
  readonly bearer?: Members;
  readonly key?: ProviderKey;
  /** `?tenant=NAME`, or nothing. */
  readonly query?: `?tenant=${string}` | '';
  /** ms since 1970 */
  readonly clock?: () => number;
  readonly isActivated?: boolean;
}

/** An issuer of access tokens whose keys are in the configuration of its provider, so that nobody asks it anything. */
export interface TokenIssuer {
  readonly providerId: string;
  readonly issuer: string;
  readonly key: ProviderKey;
  /** An access token of a person with this subject, changed in what is given. */
  token(subject: string, claims?: Members): string;
  activate(): Promise<void>;
}

/** Creates a provider of access tokens, tests it with a token, and activates it. By default it makes users of persons. */
export async function newTokenIssuer(admin: Client, options: TokenIssuerOptions = {}): Promise<TokenIssuer> {
  const { content = {}, bearer = {}, key = makeProviderKey('only', 'ES256'), query = '', clock = Date.now, isActivated = true } = options;
  const name = randomBytes(6).toString('hex');
  const issuer = `https://${name}.example`;
  const { providerId } = bodyOf(await admin.post(`/identity-providers/create${query}`, {
    providerName: name, protocol: 'JWT',
    configuration: {
      issuer, algorithms: ['ES256'], publicKeys: [String(key.publicKey.export({ type: 'spki', format: 'pem' }))],
      bearer: { audience: 'gatehouse', ...bearer },
    },
    provisioning: { createFromToken: true }, ...content,
  }, 201));

  function token(subject: string, claims: Members = {}): string {
    const now = Math.floor(clock() / 1_000);
    return signToken({ alg: 'ES256', typ: 'at+jwt' }, {
      iss: issuer, aud: 'gatehouse', sub: subject, iat: now, exp: now + 600, jti: randomBytes(8).toString('hex'),
      email: `${subject}@example.org`, email_verified: true, ...claims,
    }, key);
  }

  async function activate(): Promise<void> {
    const { result, steps } = bodyOf(await admin.post(`/identity-providers/test${query}`, { providerId, token: token('tester') }, 200));
    if (result !== 'passed') throw new Error(JSON.stringify(steps));
    await admin.post(`/identity-providers/activate${query}`, { providerId, revision: 1 }, 200);
  }

  if (isActivated) await activate();
  return { providerId, issuer, key, token, activate };
}

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The form of an exchange. */
export function exchangeForm(token: string, more: Record<string, string> = {}): Record<string, string> {
  return { grant_type: exchangeGrant, subject_token: token, subject_token_type: 'urn:ietf:params:oauth:token-type:jwt', ...more };
}
