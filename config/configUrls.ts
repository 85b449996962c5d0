import type { UrlsByRoot } from '../src/access/registered-url.ts';

/** The URLs with which superadmins change who may reach what. No other role is ever given one of them. */
export const configUrls: UrlsByRoot = {
  '/roles/': ['get-rights', 'create', 'update', 'update-rights', 'load', 'delete', 'assign', 'preview'],
};
