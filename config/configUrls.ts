import type { UrlsByRoot } from '../src/engine/urls/registered-url.ts';

/**
 * The URLs with which superadmins change who may reach what. No other role is ever given one of them, but for those that
 * say `tenantAdmin`: the admin role of each tenant holds these as well, and acts with them on that tenant alone.
 */
export const configUrls: UrlsByRoot = {
  '/roles/': ['get-rights', 'create', 'update', 'update-rights', 'load', 'delete', 'assign', 'preview', 'get-default', 'set-default'].map((name) => ({ name, tenantAdmin: true })),
  '/clients/': ['create', 'load', 'rotate-secret', 'disable', 'enable', 'delete'].map((name) => ({ name, tenantAdmin: true })),
  '/tenants/': ['create', 'load', 'update', 'suspend', 'resume', 'delete'],
};
