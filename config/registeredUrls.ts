import type { UrlDeclaration } from '../src/engine/urls/registered-url.ts';

/**
 * Every URL that is not a config URL, by access class and root path.
 *
 * simple: public. auth: needs a session with the right. A URL that is not listed is refused. A name may also be
 * `{ name, methods?, external?, permission?, recentLogin? }`, contain path parameters (`delete-user/:userId`) or end in a wildcard
 * (`*path`).
 */
export const registeredUrls: UrlDeclaration = {
  simple: {
    '/': ['', 'livez', 'readyz', 'openapi.json', 'docs', 'docs/*path', 'login'],
    '/branding/': [':digest'],
    '/.well-known/': ['jwks.json', 'oauth-authorization-server'],
    // Their handlers check the client that calls.
    '/oauth/': ['token', 'introspect', 'revoke'],
    // Their handlers check the token of the set-up link, the answer of the provider, its logout token, or the
    // secret of the proxy.
    '/sso/': [
      'setup', 'setup/load', 'setup/update', 'setup/test', 'discover', 'start', 'callback/:providerId', 'test-result/:result',
      'back-channel/:providerId', 'header/:providerId',
    ],
    '/users/': [
      'login', 'refresh', 'register', 'verify-email', 'resend-verification', 'forgot-password', 'reset-password', 'confirm',
      'link-branding', 'set-up-superadmin', 'exchange-code',
    ],
  },
  auth: {
    '/users/': ['logout'],
    '/profile/': [
      'me', 'sessions', 'sessions/:sessionId', 'change-username', 'update-profile-data', 'change-email', 'set-new-password',
      'delete-account', 'confirm-identity', 'identities', { name: 'identities/:identityId', recentLogin: 600 },
      { name: 'link-identity', recentLogin: 600 },
    ],
    '/admin/': [
      'load-users', 'load-user/:userId', 'create-user', 'update-user/:userId', 'disable-user', 'enable-user', 'delete-user/:userId',
      'set-new-password', 'load-sessions', 'delete-session/:sessionId', 'load-identities/:userId', 'unlink-identity',
    ],
    '/permissions/': ['', 'check', 'explain', 'who-can', 'what-can'],
    '/groups/': ['load', 'load/:groupId', 'create', 'update', 'delete', 'add-users', 'remove-user', 'load-user/:userId'],
    '/memberships/': ['add', 'remove', 'load'],
    '/audit/': ['load', 'export'],
  },
};

/** Registered only if METRICS_TOKEN is set. The URL is public for the gate, since its handler checks that token. */
export const metricsUrls: UrlDeclaration = { simple: { '/': ['metrics'] } };
