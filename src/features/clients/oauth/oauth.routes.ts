import { defineRoute } from '../../../http/route/define-route.ts';
import type { AuthenticateClient } from './authenticate-client.ts';
import type { OAuthService } from './oauth.service.ts';
import { accessTokenType, createTokenExchange, exchangeGrant } from './token-exchange.ts';
import type { ExchangeSubjectToken } from './token-exchange.ts';
import { grantFields, introspectionShape, metadataShape, tokenFields, tokenShape } from './oauth.shape.ts';

export interface OAuthRouteDeps {
  readonly oauth: OAuthService;
  readonly authenticateClient: AuthenticateClient;
  readonly exchange: ExchangeSubjectToken;
  /** PUBLIC_URL: an origin. */
  readonly issuer: string;
}

const spoken = { bodyForm: 'form', errorForm: 'oauth', recordsRefusals: true } as const;
const clientErrors = ['client-refused', 'oauth-request-malformed', 'too-many-requests'] as const;
const authMethods: ('client_secret_basic' | 'client_secret_post')[] = ['client_secret_basic', 'client_secret_post'];

/** The URLs under /oauth/, where services get tokens, and the document that describes them. The handlers authenticate the client. */
export function createOAuthRoutes({ oauth, authenticateClient, exchange, issuer }: OAuthRouteDeps) {
  const exchangeToken = createTokenExchange({ authenticateClient, exchange });
  return [
    defineRoute({
      ...spoken, method: 'POST', url: '/oauth/token', id: 'issueClientToken',
      summary: 'An access token for a client (RFC 6749 section 4.4), or in exchange for a token of an identity provider (RFC 8693)',
      description: 'The client authenticates with HTTP Basic, or with `client_id` and `client_secret`. A token exchange needs '
        + '`subject_token` and `subject_token_type`. It needs no client if the provider of `provider_id` has `bearer.publicClients`.',
      input: { body: grantFields },
      output: tokenShape,
      errors: [
        ...clientErrors, 'grant-type-unsupported', 'scope-unknown', 'token-exchange-malformed', 'token-target-unknown',
        'subject-token-refused',
      ],
      async handler({ input: { body }, request, setHeader }) {
        const isExchange = body.grant_type === exchangeGrant;
        const { token, expiresInSeconds } = isExchange ? await exchangeToken(request, body)
          : await oauth.issue(await authenticateClient(request, body), body);
        setHeader('Pragma', 'no-cache');
        return {
          access_token: token, token_type: 'Bearer' as const, expires_in: expiresInSeconds,
          ...(isExchange && { issued_token_type: accessTokenType }),
        };
      },
    }),
    defineRoute({
      ...spoken, method: 'POST', url: '/oauth/introspect', id: 'introspectToken', summary: 'Whether a token is active now (RFC 7662)',
      description: 'It takes access and refresh tokens of the client\'s own tenant. Tokens of other tenants are never active here.',
      input: { body: tokenFields },
      output: introspectionShape,
      errors: clientErrors,
      handler: async ({ input: { body }, request }) => oauth.introspect(await authenticateClient(request, body), body.token),
    }),
    defineRoute({
      ...spoken, method: 'POST', url: '/oauth/revoke', id: 'revokeToken',
      summary: 'End the session of the client\'s own token (RFC 7009)', status: 200,
      description: 'For any other token, the answer is the same, and nothing happens.',
      input: { body: tokenFields },
      errors: clientErrors,
      async handler({ input: { body }, request }) {
        await oauth.revoke(await authenticateClient(request, body), body.token);
        return undefined;
      },
    }),
    defineRoute({
      method: 'GET', url: '/.well-known/oauth-authorization-server', id: 'getOAuthMetadata', ignoresQuery: true,
      summary: 'Metadata of the OAuth server (RFC 8414)',
      output: metadataShape,
      errors: [],
      cacheControl: 'public, max-age=600',
      handler: () => ({
        issuer,
        token_endpoint: `${issuer}/oauth/token`,
        jwks_uri: `${issuer}/.well-known/jwks.json`,
        response_types_supported: [],
        grant_types_supported: ['client_credentials', exchangeGrant],
        token_endpoint_auth_methods_supported: authMethods,
        introspection_endpoint: `${issuer}/oauth/introspect`,
        introspection_endpoint_auth_methods_supported: authMethods,
        revocation_endpoint: `${issuer}/oauth/revoke`,
        revocation_endpoint_auth_methods_supported: authMethods,
      }),
    }),
  ];
}
