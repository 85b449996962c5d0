import { setTimeout as sleep } from 'node:timers/promises';
import { holdingsOf } from './access/given.ts';
import type { Right } from './access/right.ts';
import type { UrlRegistry } from './access/url-registry.ts';
import { createAccountRoutes } from './accounts/account.routes.ts';
import { createAuditRoutes } from './audit/audit.routes.ts';
import { createGrantRoutes } from './grant-services.ts';
import { createClientRoutes } from './clients/client.routes.ts';
import type { RouteDefinition } from './http/define-route.ts';
import { createMetricsRoutes } from './metrics/metrics.routes.ts';
import type { MetricsRouteDeps } from './metrics/metrics.routes.ts';
import { createOAuthRoutes } from './oauth/oauth.routes.ts';
import { createPermissionRoutes } from './permissions/permission.routes.ts';
import { createPreviewRoutes } from './permissions/preview.routes.ts';
import { createProfileRoutes } from './profile/profile.routes.ts';
import type { Services } from './services.ts';
import { actInTenant } from './tenants/act-in-tenant.ts';
import { createTenantRoutes } from './tenants/tenant.routes.ts';
import { createSessionRoutes } from './sessions/session.routes.ts';
import { createDocsRoutes } from './system/docs.routes.ts';
import { createSystemRoutes } from './system/system.routes.ts';
import { createSuperadminRoutes } from './users/superadmin.routes.ts';
import { createUserRoutes } from './users/user.routes.ts';

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
