import type { Server } from 'node:http';
import type { ErrorRequestHandler, Express, RequestHandler, Router } from 'express';
import type { Connection } from 'mongoose';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { configUrls } from '../config/configUrls.ts';
import type { InitReport } from '../config/init.ts';
import { metricsUrls, registeredUrls } from '../config/registeredUrls.ts';
import { permissions as declaredPermissions } from '../config/permissions.ts';
import { builtInRoles } from '../config/roles.ts';
import { listUrls } from './engine/urls/registered-url.ts';
import type { UrlDeclaration } from './engine/urls/registered-url.ts';
import { parsePattern } from './engine/urls/url-pattern.ts';
import { createUrlRegistry } from './engine/urls/url-registry.ts';
import type { UrlRegistry } from './engine/urls/url-registry.ts';
import { guardUpgrades } from './gate/upgrade-gate.ts';
import type { UpgradeHandlers } from './gate/upgrade-gate.ts';
import { systemActor } from './platform/changes/actor.ts';
import type { Peers } from './platform/changes/peers.ts';
import { requireServedRights } from './boot/declarations/declared-rights.ts';
import { checkOptions, optionShapes } from './boot/declarations/options.check.ts';
import { AppError, startError } from './errors/errors.ts';
import { createGating } from './gate/gate.module.ts';
import { findGuardFaults } from './host/guards/guard-findings.ts';
import { isGuard } from './host/guards/guard.ts';
import { armRoutes } from './http/census/protect-routes.ts';
import { printFindings, servedMethods, takeCensus } from './http/census/census.ts';
import type { Finding } from './http/census/census.ts';
import type { RouteDefinition } from './http/route/define-route.ts';
import { createErrorHandler } from './http/response/error-handler.ts';
import { readApp } from './http/census/inspect-app.ts';
import { isMountedByGatehouse, mountRoutes } from './http/route/mount-routes.ts';
import { createOpenApi } from './http/openapi/openapi.ts';
import type { HostMail } from './platform/mail/host.transport.ts';
import { createMetrics } from './platform/metrics/metrics.ts';
import { createPlacements } from './platform/database/tenancy/tenant-locations.ts';
import type { Isolation } from './platform/database/tenancy/tenant-locations.ts';
import { createPulse } from './platform/database/watchdog.ts';
import { defaultTenantId } from './platform/database/tenancy/tenant-scope.ts';
import type { PasswordPool } from './platform/passwords/password.pool.ts';
import { createKnownPermissions } from './features/policies/declared-permissions.ts';
import type { PermissionDeclaration } from './features/policies/declared-permissions.ts';
import { mergeRoles } from './features/roles/role.ladder.ts';
import type { RoleDeclaration } from './features/roles/role.ladder.ts';
import { requirePeerVersions, requireSameExpress, requireSameMongoose } from './boot/peer-packages.ts';
import { createRoutes } from './routes.ts';
import { createSeeding } from './boot/seeding.ts';
import { createServices } from './services.ts';
import type { Settings } from './settings/load-settings.ts';
import type { MoveOutcome } from './features/tenants/tenant.move.ts';
import { createCompareAddresses } from './features/users/email/email-keys.ts';
import type { CompareAddresses } from './features/users/email/email-keys.ts';
import type { HostUsers } from './features/users/host-users.service.ts';
import type { GatehouseKeys } from './features/signing-keys/signing-key.rotation.ts';
import { createStorage } from './platform/database/database.ts';

export interface GatehouseDeps {
  /** From `connect()`, or an open mongoose connection of the host's own. */
  readonly connection: Connection;
  /** Begins the names of the collections, so that other things, such as another Gatehouse, may live in the same database. */
  readonly prefix?: string;
  readonly settings: Settings;
  /** URLs of the host, registered beside Gatehouse's own. */
  readonly urls?: UrlDeclaration;
  /** Built-in roles of the host; one of the same type as Gatehouse's adds its rights to it. */
  readonly roles?: readonly RoleDeclaration[];
  /** Permissions of the host, declared beside those of config/permissions.ts. */
  readonly permissions?: readonly PermissionDeclaration[];
  /** Names of handlers that may run ahead of the authenticator. */
  readonly beforeGate?: readonly string[];
  /** Names of handlers behind the authenticator that prepare requests and never answer them. */
  readonly afterGate?: readonly string[];
  /** The host's own service that knows users and passwords, beside Gatehouse's. */
  readonly users?: HostUsers;
  /** What sends the mails, in place of `SMTP_URL`. */
  readonly mail?: HostMail;
  /** The other processes of this machine that serve the same, if there are any: a change is acknowledged only when it counts in all of them. */
  readonly peers?: Peers;
  /** Where passwords are hashed, in place of threads of its own: Gatehouses of one process that share it do not contend for its cores. Whoever made it closes it. */
  readonly passwordPool?: PasswordPool;
  readonly logger?: Logger;
  /** ms since 1970. */
  readonly clock?: () => number;
}

export interface Gatehouse {
  /** The gate: mount it first, with `app.use(gatehouse.authenticator)`. */
  readonly authenticator: RequestHandler;
  /** Gatehouse's own URLs: mount them at the root, behind the authenticator. */
  routes(): Router;
  /** What turns errors of the host's handlers into problems; mount it last. */
  readonly errorHandler: ErrorRequestHandler;
  /** Compares what the app serves with what is registered; an empty list means that they agree. */
  census(app: Express): Finding[];
  /** Brings roles, rights and the superadmin up to what is declared; a dry run only tells what would change. */
  seed(app: Express, options?: { readonly dryRun?: boolean }): Promise<InitReport>;
  /**
   * Takes the census, seeds, and opens the gate; until then every request is answered 503.
   *
   * Throws an Error that names every finding if the app serves anything that the gate would not decide about.
   */
  init(app: Express): Promise<InitReport>;
  /** A new one-time token to set up the first superadmin with; null once there is one who can log in. */
  renewSetUpToken(): Promise<string | null>;
  /** The keys that sign access tokens. */
  readonly keys: GatehouseKeys;
  /**
   * What this instance counts and measures, in Prometheus's text format.
   *
   * Unless METRICS_PORT or METRICS_TOKEN is set, durations and the lag of the event loop are measured from the first call on.
   */
  metrics(): Promise<string>;
  /** Moves a suspended tenant into a database of its own, or back among the others; may be interrupted and asked for again. `say` is told how it goes. */
  moveTenant(name: string, to: Isolation, say?: (line: string) => void): Promise<MoveOutcome>;
  /** Finds accounts whose e-mail addresses are one, though they were stored as two; with `renew`, brings all others into the form in which they are compared. */
  readonly compareAddresses: CompareAddresses;
  /** Puts the gate before upgrade requests of a server: each reaches the handler of its registered URL, and where there is none it is refused. */
  guardUpgrades(server: Server, handlers?: UpgradeHandlers): void;
  /** From now on `/readyz` answers 503 and every answer closes its connection, so that new requests go elsewhere before the server stops. */
  drain(): void;
  /** Sends the mail in hand, writes what is pending and ends its own password threads; the connection stays open, for whoever made it to close. */
  close(): Promise<void>;
}

const version = '0.1.0';
const plainHttp = 'PUBLIC_URL does not begin with https: passwords, tokens and cookies travel unencrypted. '
  + 'Serve it over TLS, and set PUBLIC_URL to the https address.';
const initMissing = 'every request is answered 503 until gatehouse.init(app) is called: call it before the app listens';

optionShapes satisfies Record<keyof GatehouseDeps, unknown>; // an option without a check would be refused

/**
 * Wires one Gatehouse. Several may live in one process and on one connection; each with a `prefix` of its own, nothing
 * is shared between them, and with the same one they are nodes of one Gatehouse.
 *
 * Throws a StartError that names every faulty option; in production, a way to send mail is none that may be left out.
 */
export function createGatehouse(deps: GatehouseDeps): Gatehouse {
  requirePeerVersions();
  checkOptions(deps, { urls: listUrls([registeredUrls, metricsUrls, { config: configUrls }]), roles: builtInRoles, permissions: declaredPermissions });
  const { connection, settings, beforeGate = [], afterGate = [], clock = Date.now } = deps;
  requireSameMongoose(connection);
  const logger = deps.logger ?? pino({ level: settings.logLevel });
  if (settings.production && settings.publicUrl.startsWith('http:')) logger.warn(plainHttp);
  const { token: metricsToken, port: metricsPort } = settings.metrics;
  const urls = listUrls([registeredUrls, ...(metricsToken ? [metricsUrls] : []), { config: configUrls }, deps.urls ?? {}]);

  let known: UrlRegistry | null = null;
  let isOpen = false;
  let isInitNoted = false;
  let isDraining = false;
  let served: Express | null = null;
  const registry = () => {
    if (!known) throw new AppError('not-ready');
    return known;
  };

  const metrics = createMetrics();
  if (metricsToken !== null || metricsPort !== null) metrics.measure();
  const pulse = createPulse(connection, settings.databaseSilence);
  const placements = createPlacements();
  const { stores, tenantDatabases, rehearsals } = createStorage(connection, deps.prefix ?? '', placements);
  const roles = mergeRoles(builtInRoles, deps.roles ?? []);
  const services = createServices({
    connection, stores, tenantDatabases, rehearsals, placements, settings, registry, roles, clock, logger, metrics, mail: deps.mail, hostUsers: deps.users, peers: deps.peers, passwordPool: deps.passwordPool,
    permissions: createKnownPermissions([...declaredPermissions, ...(deps.permissions ?? [])]),
    onError: (error) => logger.error(error, 'audit records of refusals were not written'),
  });
  metrics.watchPasswords(services.passwords.load);
  metrics.watchFeed(services.feed.state);
  const seedAll = createSeeding({ connection, stores, services, settings, roles });

  const { upgradeWatch, gate, grants, confirm, refuse, authenticator, noteBehindGate, withRecord } = createGating({
    services, settings, pulse, metrics, logger, clock, served: () => served, isDraining: () => isDraining,
    registry() {
      if (isOpen) return known;
      if (!isInitNoted) logger.error(initMissing);
      isInitNoted = true;
      return null;
    },
  });

  const routes = createRoutes({
    services, registry, issuer: settings.publicUrl,
    metrics: metricsToken && { token: metricsToken, read: deps.peers?.readMetrics ?? metrics.read, onRefused: (facts, code) => noteBehindGate({ ...facts, code, caller: null }) },
    async isReady() {
      if (isDraining) return false;
      await pulse.check();
      return isOpen;
    },
    openApi: () => (document ??= createOpenApi(routes, {
      title: 'Gatehouse', version, accessOf: (method, url) => registry().endpointsOf(url).find((endpoint) => endpoint.method === method)?.access,
    })),
  });
  let document: Record<string, unknown> | undefined;

  /** No route waits for a database that has fallen silent. */
  function withPulse(route: RouteDefinition): RouteDefinition {
    return { ...route, run: (...request) => pulse.during(route.run(...request)) };
  }

  const ownShapes = new Set(routes.map(({ url }) => parsePattern(url).shape));
  const readLayers = (app: Express) => readApp(app, authenticator, isGuard);

  function learn(app: Express): void {
    requireSameExpress(app);
    const findings = census(app);
    if (findings.length > 0) throw startError(`The census found what the gate would not decide about:\n${printFindings(findings)}`);
    const registered = createUrlRegistry(urls, servedMethods(readLayers(app)));
    requireServedRights(roles, registered);
    known = registered;
    served = app;
  }

  function census(app: Express): Finding[] {
    const layers = readLayers(app);
    return [...takeCensus({ urls, layers, beforeGate, afterGate }), ...findGuardFaults(layers)];
  }

  return {
    authenticator,
    routes: () => mountRoutes(routes.map(withRecord).map(withPulse), { takeGrant: grants.take, confirm, isForOthers: (request) => grants.isForOthers(request, ownShapes), logger }),
    errorHandler: createErrorHandler(logger),
    census,
    seed(app, options) {
      learn(app);
      return seedAll(options);
    },
    async init(app) {
      isInitNoted = true;
      learn(app);
      const report = await seedAll();
      for (const named of await services.findSelfAsserting()) logger.warn(named, 'a policy has a condition on subject.username, firstName or lastName, which users choose themselves: it counts as missing; ask for subject.id or subject.email instead');
      await services.signingKeys.load();
      armRoutes(readLayers(app), { grants, confirm, isMounted: isMountedByGatehouse, afterGate, logger });
      services.mailer.start();
      services.feed.start();
      await services.redis?.open();
      isOpen = true;
      return report;
    },
    renewSetUpToken: () => services.superadmin.renewSetUpToken(systemActor(defaultTenantId)),
    keys: {
      list: services.keyRotation.list,
      rotate: () => services.keyRotation.rotate(systemActor(defaultTenantId)),
      revoke: (kid) => services.keyRotation.revoke(systemActor(defaultTenantId), kid),
    },
    metrics: metrics.read,
    moveTenant: (name, to, say = () => undefined) => services.moveTenant(systemActor(defaultTenantId), name, to, say),
    compareAddresses: createCompareAddresses({ users: stores.users, tenantIds: () => stores.tenants.distinct('_id').exec() }),
    guardUpgrades(server, handlers) {
      guardUpgrades(server, { gate, refuse, watch: upgradeWatch.watch, onAllowed: metrics.countAllowed, adopt: (request) => { if (served) Object.setPrototypeOf(request, served.request); } }, handlers);
    },
    drain() {
      isDraining = true;
    },
    async close() {
      isOpen = false;
      upgradeWatch.close();
      metrics.close();
      await services.feed.close();
      await services.redis?.close();
      await services.mailer.close();
      await services.refusals.close();
      await services.passwords.close();
    },
  };
}
