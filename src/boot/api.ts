import type { Method } from '../engine/urls/method.ts';
import type { UrlRegistry } from '../engine/urls/url-registry.ts';
import { actInTenant } from '../features/tenants/act-in-tenant.ts';
import type { ActInTenantDeps } from '../features/tenants/act-in-tenant.ts';
import { createOpenApi } from '../http/openapi/openapi.ts';
import type { RouteDefinition } from '../http/route/define-route.ts';
import type { Module } from '../platform/module.ts';
import { version } from './version.ts';

export interface ApiDeps {
  readonly registry: () => UrlRegistry;
  /** The title of the OpenAPI document. */
  readonly title: string;
  /** The needs of routes that superadmins of the platform may use in other tenants. It is read at the first use. */
  readonly named: () => ActInTenantDeps;
}

export interface Api {
  /** The routes of all modules, in their order. */
  readonly routes: () => readonly RouteDefinition[];
  readonly document: () => ReturnType<typeof createOpenApi>;
}

/** Composes the API of all modules. The list of modules is read at the first use, because some modules read the API. */
export function composeApi(modules: () => readonly Module[], { registry, title, named }: ApiDeps): Api {
  let composed: { readonly subjects: readonly Module[]; readonly routes: readonly RouteDefinition[] } | undefined;
  function compose() {
    const subjects = modules().map((each) => ({
      ...each, routes: each.routes.map((route) => (route.actsInTenant ? actInTenant(route, named()) : route)),
    }));
    return { subjects, routes: subjects.flatMap(({ routes }) => routes) };
  }
  const read = () => (composed ??= compose());
  const endpointOf = (method: Method, url: string) => registry().endpointsOf(url).find((endpoint) => endpoint.method === method);
  return {
    routes: () => read().routes,
    document: () => createOpenApi(read().subjects, {
      title, version, accessOf: (method, url) => endpointOf(method, url)?.access,
      needsRecentLogin: (method, url) => endpointOf(method, url)?.recentLogin !== undefined,
    }),
  };
}
