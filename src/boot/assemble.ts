import type { RequestHandler } from 'express';
import type { KeyRotation } from '../features/signing-keys/signing-key.rotation.ts';
import type { CheckProviders } from '../features/sso/trials/check-providers.ts';
import type { MoveOutcome } from '../features/tenants/moves/tenant.move.ts';
import type { CompareAddresses } from '../features/users/email/email-keys.ts';
import type { SuperadminService } from '../features/users/superadmin/superadmin.service.ts';
import type { Recheck } from '../gate/recheck.ts';
import type { RecordRefusals } from '../gate/refusal-recorder.ts';
import type { RoutePasses } from '../gate/route-pass.ts';
import { guardUpgrades } from '../gate/upgrade-gate.ts';
import type { UpgradeGuardDeps } from '../gate/upgrade-gate.ts';
import type { UpgradeWatch } from '../gate/upgrade-watch.ts';
import type { Gatehouse } from '../gatehouse.types.ts';
import { protectRoutes } from '../http/census/protect-routes.ts';
import { createErrorHandler } from '../http/response/error-handler.ts';
import { isMountedByGatehouse, mountRoutes } from '../http/route/mount-routes.ts';
import type { RouteDefinition } from '../http/route/define-route.ts';
import { parsePattern } from '../engine/urls/url-pattern.ts';
import { systemActor } from '../platform/changes/actor.ts';
import type { Actor } from '../platform/changes/change.service.ts';
import type { Isolation } from '../platform/database/tenancy/tenant-locations.ts';
import { defaultTenantId } from '../platform/database/tenancy/tenant-scope.ts';
import type { Module } from '../platform/module.ts';
import type { Platform } from '../platform/platform.ts';
import { createCensus } from './census.ts';
import type { HostOptions } from './host-options.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Seed } from './seeding.ts';

/** The gate, and what it hands to the routes behind it. */
interface AssembledGate extends Pick<UpgradeGuardDeps, 'gate' | 'refuse'>, Pick<RecordRefusals, 'withRecord'> {
  readonly authenticator: RequestHandler;
  readonly passes: RoutePasses;
  readonly recheck: Recheck;
  readonly upgradeWatch: Pick<UpgradeWatch, 'watch'>;
  readonly close: () => void;
}

export interface AssemblyDeps {
  readonly options: HostOptions;
  readonly state: Lifecycle;
  readonly platform: Platform;
  readonly gate: AssembledGate;
  readonly modules: readonly Module[];
  readonly routes: readonly RouteDefinition[];
  readonly seed: Seed;
  readonly sso: { readonly checkProviders: CheckProviders };
  /** What the code of a host calls. */
  readonly calls: Pick<Gatehouse, 'users' | 'roles' | 'accessFor'>;
  readonly on: Gatehouse['on'];
  readonly keys: { readonly rotation: KeyRotation };
  readonly users: { readonly superadmin: Pick<SuperadminService, 'renewSetUpToken'>; readonly compareAddresses: CompareAddresses };
  readonly tenants: {
    /** `report` gets a line about each step. */
    readonly moveTenant: (actor: Actor, name: string, to: Isolation, report: (line: string) => void) => Promise<MoveOutcome>;
  };
}

/** Creates the interface of one Gatehouse from its parts. */
export function assembleGatehouse(
  { options, state, platform, gate, modules, routes, seed, keys, users, tenants, sso, calls, on }: AssemblyDeps,
): Gatehouse {
  const { logger, watchdog, metrics } = platform;
  const { authenticator, passes, recheck } = gate;
  const census = createCensus({ ...options, authenticator, state, routes });
  const platformActor = systemActor(defaultTenantId);
  const ownShapes = new Set(routes.map(({ url }) => parsePattern(url).shape));

  /** The steps between the gate and each of Gatehouse's own routes, from the inside to the outside. */
  const steps = [gate.withRecord, whileDatabaseAnswers];
  function whileDatabaseAnswers(route: RouteDefinition): RouteDefinition {
    return { ...route, run: (...request) => watchdog.watched(route.run(...request)) };
  }

  return {
    ...calls, on,
    authenticator,
    routes: () => mountRoutes(routes.map((route) => steps.reduce((wrapped, step) => step(wrapped), route)), {
      takePass: passes.take, recheck, isForOthers: (request) => passes.isForOthers(request, ownShapes), logger,
    }),
    errorHandler: createErrorHandler(logger, options),
    census: census.find,
    seed(app, seedOptions) {
      census.learn(app);
      return seed(seedOptions);
    },
    async init(app) {
      state.beginInit();
      census.learn(app);
      const report = await seed();
      for (const { start } of modules) await start?.();
      protectRoutes(census.readLayers(app), { passes, recheck, isMounted: isMountedByGatehouse, afterGate: options.afterGate, logger });
      await platform.start();
      state.open();
      for (const { opened } of modules) opened?.();
      return report;
    },
    renewSetUpToken: () => users.superadmin.renewSetUpToken(platformActor),
    keys: {
      list: keys.rotation.list,
      rotate: () => keys.rotation.rotate(platformActor),
      revoke: (kid) => keys.rotation.revoke(platformActor, kid),
    },
    metrics: metrics.read,
    moveTenant: (name, to, report = () => undefined) => tenants.moveTenant(platformActor, name, to, report),
    compareAddresses: users.compareAddresses,
    checkProviders: sso.checkProviders,
    guardUpgrades(server, handlers) {
      const adopt = (request: object) => {
        const app = state.served();
        if (app) Object.setPrototypeOf(request, app.request);
      };
      guardUpgrades(
        server, { gate: gate.gate, refuse: gate.refuse, watch: gate.upgradeWatch.watch, onAllowed: metrics.countAllowed, adopt }, handlers,
      );
    },
    drain: state.drain,
    async close() {
      for (const { closing } of modules) await closing?.();
      state.close();
      gate.close();
      for (const { close } of modules) await close?.();
      await platform.close();
    },
  };
}
