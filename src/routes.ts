import { setTimeout as sleep } from 'node:timers/promises';
import { holdingsOf } from './engine/grants/grant.ts';
import type { Right } from './engine/grants/right.ts';
import type { UrlRegistry } from './engine/urls/url-registry.ts';
import { createAccountRoutes } from './features/accounts/account.routes.ts';
import { createAuditRoutes } from './features/audit/audit.routes.ts';
import { createGrantRoutes } from './features/roles/roles.module.ts';
import { createClientRoutes } from './features/clients/client.routes.ts';
import type { RouteDefinition } from './http/route/define-route.ts';
import { createMetricsRoutes } from './features/system/metrics.routes.ts';
import type { MetricsRouteDeps } from './features/system/metrics.routes.ts';
import { createOAuthRoutes } from './features/clients/oauth/oauth.routes.ts';
import { createPermissionRoutes } from './features/decisions/decision.routes.ts';
import { createPreviewRoutes } from './features/preview/preview.routes.ts';
import { createProfileRoutes } from './features/accounts/profile.routes.ts';
import type { Services } from './services.ts';
import { actInTenant } from './features/tenants/act-in-tenant.ts';
import { createTenantRoutes } from './features/tenants/tenant.routes.ts';
import { createSessionRoutes } from './features/sessions/session.routes.ts';
import { createDocsRoutes } from './features/system/docs.routes.ts';
import { createSystemRoutes } from './features/system/system.routes.ts';
import { createSuperadminRoutes } from './features/users/superadmin/superadmin.routes.ts';
import { createUserRoutes } from './features/users/user.routes.ts';

export interface RouteDeps {
  readonly services: Services;
  readonly registry: () => UrlRegistry;
  /** PUBLIC_URL. */
  readonly issuer: string;
  readonly isReady: () => Promise<boolean>;
  readonly openApi: () => Record<string, unknown>;
  /** null: they have no URL here. */
  readonly metrics: MetricsRouteDeps | null;
}

/** How long the published keys wait to be read anew, in ms. */
const keysPatience = 500;

/** What superadmins of the platform do in other tenants as well. */
const administered = /^\/(?:admin|roles|groups|memberships|permissions|audit|clients)\/./;

/** Every route that Gatehouse serves itself, in the order in which Express tries them. */
export function createRoutes({ services, registry, issuer, isReady, openApi, metrics }: RouteDeps): RouteDefinition[] {
  const { accounts, audit, authenticateClient, clients, directory, grants, logIn, oauth, refresh, readHeld, sessions, signingKeys, superadmin, permissions, tenants, users } = services;
  const goodRights = (rights: readonly Right[], isSuperadmin: boolean) => (isSuperadmin ? registry().urls : rights.filter((right) => !grants.roles.isStale(right)));
  return [
    ...createSystemRoutes({ isReady, openApi, jwks: async () => {
      // Services that verify tokens need the keys while the database is away as well: then those that were read last.
      await Promise.race([signingKeys.refresh()?.catch(() => undefined), sleep(keysPatience, undefined, { ref: false })]);
      return signingKeys.jwks();
    } }),
    ...createDocsRoutes(),
    ...(metrics ? createMetricsRoutes(metrics) : []),
    ...createSessionRoutes({ logIn, refresh, sessions, tenants: directory, requireMayActOn: (caller, { kind, userId }) => (kind === 'client' ? clients : users).requireMayActOn(caller, userId) }),
    ...createSuperadminRoutes({ superadmin }),
    ...createAccountRoutes({ ...accounts, tenants: directory }),
    ...createProfileRoutes({
      profile: accounts.profile,
      findUser: users.find,
      async rightsOf(user) {
        const { roles: held, given } = await readHeld(user);
        const { rights, isSuperadmin } = holdingsOf(given);
        return { roles: held, rights: goodRights(rights, isSuperadmin) };
      },
    }),
    ...createUserRoutes({ users }),
    ...createPermissionRoutes({ permissions: services.permissionService, goodRights }),
    ...createAuditRoutes({ audit, auditExport: services.auditExport }),
    ...createPreviewRoutes({ preview: services.preview }),
    ...createGrantRoutes(grants, { registry, permissions }),
    ...createTenantRoutes({ tenants, removeTenant: services.removeTenant }),
    ...createClientRoutes({ clients }),
    ...createOAuthRoutes({ oauth, authenticateClient, issuer }),
  ].map((route) => (administered.test(route.url) ? actInTenant(route, directory.find) : route));
}
