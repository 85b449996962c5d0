import { listUrls } from '../../src/engine/urls/registered-url.ts';
import type { UrlDeclaration } from '../../src/engine/urls/registered-url.ts';
import { createUrlRegistry } from '../../src/engine/urls/url-registry.ts';
import type { UrlRegistry } from '../../src/engine/urls/url-registry.ts';

/** A registry of what a deployment declares; URLs that name no methods serve GET and POST. */
export function registryOf(declaration: UrlDeclaration): UrlRegistry {
  return createUrlRegistry(listUrls([declaration]), () => ['GET', 'POST']);
}

/** URLs of every kind. */
export const school: UrlDeclaration = {
  simple: { '/': ['', 'login', { name: 'news', methods: ['GET'] }, 'files/*path'] },
  auth: {
    '/users/': ['me', ':userId', { name: ':userId/posts', methods: ['GET', 'DELETE'] }],
    '/': [{ name: 'news', methods: ['POST'] }, { name: 'reports/:year', external: true }],
    '/files/': ['private/*path'],
  },
  config: { '/roles/': ['create', { name: 'load', methods: ['GET'] }] },
};
