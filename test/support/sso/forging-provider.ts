import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeLater } from '../../../scripts/test-run/closing.ts';
import { leftHalfOf, makeProviderKey, publicJwk, signToken } from './sign-token.ts';
import type { Members, ProviderKey } from './sign-token.ts';

/** What a case may use to forge: the good values of this login, and keys of others. */
export interface ForgeFacts {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly accessToken: string;
  /** s since 1970 */
  readonly now: number;
  readonly key: ProviderKey;
}

export type Reply = { readonly status: number; readonly body: unknown } | { readonly hangsUp: true };

/** How an answer differs from the good one. Each part gets the good one and returns its own. */
export interface Forgery {
  readonly metadata?: (good: Members) => unknown;
  readonly keys?: (good: readonly Members[]) => unknown;
  /** The query that the browser brings back. */
  readonly answer?: (good: URLSearchParams, facts: { readonly issuer: string }) => string;
  readonly header?: (good: Members, facts: ForgeFacts) => unknown;
  readonly claims?: (good: Members, facts: ForgeFacts) => unknown;
  /** The key that signs, and the algorithm. */
  readonly signer?: (good: ProviderKey) => Pick<ProviderKey, 'alg' | 'privateKey'>;
  readonly idToken?: (good: string, facts: ForgeFacts) => unknown;
  readonly tokens?: (good: Members, facts: ForgeFacts) => Members | Reply;
  readonly userinfo?: (good: Members) => Members | Reply;
}

/** How a token differs from the good one. */
export type TokenForgery = Pick<Forgery, 'header' | 'claims' | 'signer' | 'idToken'>;

export interface ForgingProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How often each endpoint was asked. */
  readonly asked: Readonly<Record<'discovery' | 'keys' | 'tokens' | 'userinfo', number>>;
  /** The last request at each endpoint, with its form. */
  readonly last: { tokens?: { readonly authorization: string | undefined; readonly form: URLSearchParams } };
  /** From now on its answers differ like this. */
  forge(forgery: Forgery): void;
  /** Acts as browser and person: follows an authorization URL, and returns the query that the browser brings back. */
  authorize(url: string): string;
  /** Signs with a new key from now on, and publishes both, or the new one alone. */
  rotate(kid: string, staying?: boolean): ProviderKey;
  /** A logout token for its client, changed in what is given. */
  logoutToken(forgery?: TokenForgery): string;
  key(): ProviderKey;
}

export interface ForgingProviderOptions {
  readonly clientId?: string;
  /** ms since 1970 */
  readonly clock?: () => number;
  readonly key?: ProviderKey;
  /** The claims of the person, in the ID token. */
  readonly claims?: Members;
  /** The claims of the person at the userinfo endpoint. */
  readonly userinfo?: Members;
}

interface Pending { readonly nonce: string; readonly challenge: string; readonly redirectUri: string }

export const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** Starts a provider of OpenID Connect that forges whatever a case wants. */
export async function startForgingProvider(
  options: ForgingProviderOptions = {},
): Promise<ForgingProvider> {
  const { clientId = 'gatehouse', clock = Date.now, key = makeProviderKey('first', 'ES256'), claims = {}, userinfo = {} } = options;
  const clientSecret = 'a secret of 32 characters, at least';
  const codes = new Map<string, Pending>();
  const asked = { discovery: 0, keys: 0, tokens: 0, userinfo: 0 };
  const last: ForgingProvider['last'] = {};
  let forgery: Forgery = {};
  let current = key;
  let published = [key];
  let issuer = '';
  const seconds = () => Math.floor(clock() / 1_000);

  const metadata = (): Members => ({
    issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`, end_session_endpoint: `${issuer}/logout`,
    authorization_response_iss_parameter_supported: true, response_types_supported: ['code'], subject_types_supported: ['public'],
  });

  function forgeToken(facts: ForgeFacts, good: Members, typ: string, by: TokenForgery): unknown {
    const header: Members = { alg: current.alg, kid: current.kid, typ };
    const token = signToken(by.header?.(header, facts) ?? header, by.claims?.(good, facts) ?? good, by.signer?.(current) ?? current);
    return by.idToken?.(token, facts) ?? token;
  }

  function answerToken(form: URLSearchParams): Members | Reply {
    const pending = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (pending?.challenge !== challenge || pending.redirectUri !== form.get('redirect_uri')) {
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    const accessToken = randomBytes(16).toString('hex');
    const now = seconds();
    const facts: ForgeFacts = { issuer, clientId, nonce: pending.nonce, accessToken, now, key: current };
    const good: Members = {
      iss: issuer, aud: clientId, sub: 'ann', iat: now, exp: now + 300, nonce: pending.nonce,
      at_hash: leftHalfOf(accessToken), email: 'ann@example.org', email_verified: true, sid: 'session of ann', ...claims,
    };
    const tokens = {
      access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token: forgeToken(facts, good, 'JWT', forgery),
    };
    return forgery.tokens?.(tokens, facts) ?? tokens;
  }

  function reply(response: ServerResponse, content: unknown): void {
    if (isReply(content)) {
      if ('hangsUp' in content) {
        response.destroy();
        return;
      }
      response.statusCode = content.status;
      reply(response, content.body);
      return;
    }
    response.setHeader('Content-Type', 'application/json').end(typeof content === 'string' ? content : JSON.stringify(content));
  }

  async function answerTo(request: IncomingMessage): Promise<unknown> {
    switch (new URL(request.url ?? '/', issuer).pathname) {
      case '/.well-known/openid-configuration':
        asked.discovery += 1;
        return forgery.metadata?.(metadata()) ?? metadata();
      case '/jwks': {
        asked.keys += 1;
        const good = published.map(publicJwk);
        return forgery.keys?.(good) ?? { keys: good };
      }
      case '/token': {
        asked.tokens += 1;
        const form = new URLSearchParams(await textOf(request));
        last.tokens = { authorization: request.headers.authorization, form };
        return answerToken(form);
      }
      case '/userinfo': {
        asked.userinfo += 1;
        const good = { sub: 'ann', ...userinfo };
        return forgery.userinfo?.(good) ?? good;
      }
      default: return { status: 404, body: {} };
    }
  }

  const server = createServer((request, response) => void answerTo(request).then(
    (content) => { reply(response, content); }, () => response.destroy(),
  ));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  server.unref(); // a test that fails before it closes the server must not keep the run from ending
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closeLater(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  return {
    issuer, clientId, clientSecret, asked, last,
    forge: (next) => { forgery = next; },
    authorize(url) {
      const { searchParams: query } = new URL(url);
      const code = randomBytes(16).toString('hex');
      codes.set(code, {
        nonce: query.get('nonce') ?? '', challenge: query.get('code_challenge') ?? '', redirectUri: query.get('redirect_uri') ?? '',
      });
      const good = new URLSearchParams({ code, state: query.get('state') ?? '', iss: issuer });
      return forgery.answer?.(good, { issuer }) ?? good.toString();
    },
    rotate(kid, staying = true) {
      current = makeProviderKey(kid, current.alg);
      published = [...(staying ? published : []), current];
      return current;
    },
    logoutToken(by = {}) {
      const now = seconds();
      const good: Members = {
        iss: issuer, aud: clientId, iat: now, exp: now + 120, jti: randomBytes(8).toString('hex'), sub: 'ann', sid: 'session of ann',
        events: { [logoutEvent]: {} },
      };
      return String(forgeToken({ issuer, clientId, nonce: '', accessToken: '', now, key: current }, good, 'logout+jwt', by));
    },
    key: () => current,
  };
}

function isReply(content: unknown): content is Reply {
  return typeof content === 'object' && content !== null && (('status' in content && 'body' in content) || 'hangsUp' in content);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
