import { composeApi } from './boot/api.ts';
import { assembleGatehouse } from './boot/assemble.ts';
import { readHostOptions } from './boot/host-options.ts';
import { createLifecycle } from './boot/lifecycle.ts';
import { createSeeding } from './boot/seeding.ts';
import { createSsoPorts } from './boot/sso-ports.ts';
import { createStorage } from './boot/stores.ts';
import { createAccountsModule } from './features/accounts/accounts.module.ts';
import { createAuditModule } from './features/audit/audit.module.ts';
import { createBrandingModule } from './features/branding/branding.module.ts';
import { createClientsModule } from './features/clients/clients.module.ts';
import { createDecisionsModule } from './features/decisions/decisions.module.ts';
import { createDomainsModule } from './features/domains/domains.module.ts';
import { createEventsModule } from './features/events/events.module.ts';
import { createFromCodeModule } from './features/from-code/from-code.module.ts';
import { createGrantsModule } from './features/grants/grants.module.ts';
import { createGroupsModule } from './features/groups/groups.module.ts';
import { createIdentitiesModule } from './features/identities/identities.module.ts';
import { createLinksModule } from './features/links/links.module.ts';
import { createMembershipsModule } from './features/memberships/memberships.module.ts';
import { createPoliciesModule } from './features/policies/policies.module.ts';
import { createPreviewModule } from './features/preview/preview.module.ts';
import { isSuperadmin, isTenantAdmin, ladder } from './features/roles/role.ladder.ts';
import { createRoleRules, createRolesModule } from './features/roles/roles.module.ts';
import { createSessionsModule } from './features/sessions/sessions.module.ts';
import { createSigningKeysModule } from './features/signing-keys/signing-keys.module.ts';
import { createSsoModule } from './features/sso/sso.module.ts';
import { createSystemModule } from './features/system/system.module.ts';
import { createTenantsModule } from './features/tenants/tenants.module.ts';
import { attributesOf } from './features/users/user.attributes.ts';
import { createUsersModule } from './features/users/users.module.ts';
import { createGateModule } from './gate/gate.module.ts';
import type { Gatehouse, GatehouseDeps } from './gatehouse.types.ts';
import { forgetUserIn } from './platform/module.ts';
import type { Module } from './platform/module.ts';
import { createPlatform } from './platform/platform.ts';

/**
 * Creates a Gatehouse. One process and one connection may hold several: with different prefixes they share nothing, and with
 * the same prefix they are nodes of one Gatehouse.
 *
 * Throws a StartError that names every faulty option.
 */
export function createGatehouse(deps: GatehouseDeps): Gatehouse {
  const options = readHostOptions(deps);
  const { settings, logger, clock, permissions, attributes } = options;
  const state = createLifecycle({ logger });
  const { registry } = state;
  const api = composeApi(() => modules, { registry, title: settings.appName, named: () => ({ ...grants, findTenant: directory.find }) });
  const { tenantLocations, database, stores } = createStorage(options);
  const { ensureLocated } = stores.tenants;
  const audit = createAuditModule({ stores, auditDays: settings.auditDays, clock, logger, ensureLocated });
  const platform = createPlatform({ ...options, database, stores, tenantLocations, ...stores.ports, writeAudit: audit.writeChanges });
  const links = createLinksModule({ stores });
  const branding = createBrandingModule({ stores, settings, readTenant: stores.tenants.read });
  const keys = createSigningKeysModule({ ...platform, stores, settings });
  const grants = createGrantsModule({ ...platform, stores, registry, baseRole: ladder.guest, isSuperadmin, isTenantAdmin });
  const rules = createRoleRules({
    store: stores.roles, locks: stores.roleLocks, registry, permissions, attributes, logger, nameOfTenant: stores.tenants.nameOf,
  });
  const users = createUsersModule({
    ...platform, ...rules, ...links, ...grants, stores, ladder, hostUsers: options.users,
    endSessions: stores.sessions.endAllOf, hasMemberships: stores.memberships.hasAny, readTenant: stores.tenants.read,
    tenantIds: stores.tenants.ids, returnUrls: branding.returnUrls, forgetUser: forgetUserIn(() => modules),
  });
  const groups = createGroupsModule({ ...platform, ...rules, ...grants, stores });
  const memberships = createMembershipsModule({ ...platform, ...rules, ...grants, stores, ladder });
  const tenants = createTenantsModule({
    ...platform, ...rules, ...grants, stores, settings, registry, roles: options.roles, requireWayIn: (...of) => sso.requireWayIn(...of),
    digestOf: audit.digestOf, createAdmin: users.createFirstAdmin, keepLogo: branding.keepLogo, countUsers: users.countUsersOfDomain,
  });
  const identities = createIdentitiesModule({ ...platform, ...rules, ...grants, ...stores.domains, stores, users, ladder, registry });
  const { directory, limitsOf } = tenants;
  const sessions = createSessionsModule({
    ...platform, stores, settings, grants, directory, ensureLocated, attributesOf, limitsOf, requireReturnUrl: branding.returnUrls.require,
    accessTokens: keys.accessTokens, refusals: audit.refusals, validate: users.validate, logoutUrlOf: (...of) => sso.logoutUrlOf(...of),
    requireMayActOn: (caller, { kind, userId }) => (kind === 'client' ? clients : users.users).requireMayActOn(caller, userId),
  });
  const clients = createClientsModule({
    ...platform, ...rules, ...grants, stores, serves: directory.serves, sessions, accessTokens: keys.accessTokens,
    refusals: audit.refusals, issuer: settings.publicUrl, exchange: (...order) => sso.exchange(...order),
  });
  const sso = createSsoModule({
    ...platform, ...rules, ...grants, ...links, stores, options, directory, identities, sessions, refusals: audit.refusals,
    ports: createSsoPorts({ ...stores, attributes }, identities.forgetProvider), requireReturnUrl: branding.returnUrls.require,
  });
  const roles = createRolesModule({
    ...platform, ...grants, store: stores.roles, registry, permissions, rules, defaultRole: tenants.defaultRole,
    holders: [users, groups, memberships, clients, tenants, sso].map(({ roleHolder }) => roleHolder),
  });
  const accounts = createAccountsModule({
    ...platform, ...links, ...branding, stores, settings, hostMail: options.mail, mailTexts: options.mailTexts, users, grants, directory,
    ladder, lockRole: rules.lockRole, confirmSession: sessions.sessions.confirm, confirmations: sso.confirmations,
  });
  const decisions = createDecisionsModule({ ...platform, stores, grants, attributesOf, registry });
  const preview = createPreviewModule({ ...platform, ...grants, stores, registry, routes: [
    roles.routes, users.assignmentRoutes, groups.routes, memberships.routes, sso.previewedRoutes,
  ].flat() });
  const policies = createPoliciesModule({
    searches: stores.policySearches, readOwnDatabases: stores.tenants.idsInOwnDatabases, logger, recordLocation: tenantLocations.record,
  });
  const { calls } = createFromCodeModule({
    ...platform, stores, grants, registry, attributesOf, explain: decisions.explain, isOpen: state.isOpen, refusals: audit.refusals,
    routes: api.routes,
  });
  const domains = createDomainsModule({ ...platform, stores, settings, ladder });
  const events = createEventsModule({ ...platform, stores });
  const gate = createGateModule({
    ...platform, ...keys.accessTokens, callers: sessions.callerCache, reloadCaller: sessions.reloadCaller, foreign: sso.direct, settings,
    hosts: directory, ensureLocated, explain: decisions.explain, stored: database.storedAs, refusals: audit.refusals, state,
  });
  const { token } = settings.metrics;
  const system = createSystemModule({
    appName: settings.appName, keys: keys.keys,
    metrics: token && { token, read: deps.peers?.readMetrics ?? platform.metrics.read, onRefused: gate.noteBehindGate },
    isReady: () => (state.isDraining() ? Promise.resolve(false) : platform.watchdog.check().then(state.isOpen)),
    openApi: api.document,
  });
  const modules: readonly Module[] = [
    policies, keys, grants, links, sessions, users, identities, accounts, roles, groups, memberships, decisions, preview, tenants, clients,
    audit, sso, branding, domains, events, system,
  ];
  const seed = createSeeding({
    ...platform, ...rules, keys: keys.keys, superadmin: users.superadmin, tenants: stores.tenants, seedTenants: tenants.seedTenants,
    settings, roles: options.roles,
  });
  return assembleGatehouse({
    options, state, platform, gate, modules, routes: api.routes(), seed, keys, users, tenants, sso, calls, on: events.on,
  });
}
