import type { UrlsByRoot } from '../src/engine/urls/registered-url.ts';

/**
 * The URLs with which superadmins manage access. No other role can have one of them, except those with `tenantAdmin`: the
 * admin role of each tenant has these as well, and with them can change only its own tenant.
 */
export const configUrls: UrlsByRoot = {
  '/roles/': [
    'get-rights', 'create', 'update', 'update-rights', 'load', 'delete', 'assign', 'preview', 'get-default', 'set-default',
  ].map((name) => ({ name, tenantAdmin: true })),
  '/clients/': ['create', 'load', 'rotate-secret', 'disable', 'enable', 'delete'].map((name) => ({ name, tenantAdmin: true })),
  '/identity-providers/': [
    ...['load', 'load/:providerId', 'load-test/:testId', 'load-logins/:providerId', 'load-login/:reference', 'validate-token'].map(
      (name) => ({ name, tenantAdmin: true }),
    ),
    ...['create', 'update', 'test', 'activate', 'deactivate', 'delete', 'invite'].map(
      (name) => ({ name, tenantAdmin: true, recentLogin: 600 }),
    ),
  ],
  '/domains/': [
    { name: 'load', tenantAdmin: true }, ...['add', 'verify', 'delete'].map((name) => ({ name, tenantAdmin: true, recentLogin: 600 })),
  ],
  '/tenants/': ['create', 'load', 'update', 'suspend', 'resume', 'delete'],
};
