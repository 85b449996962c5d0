import type { Express } from 'express';
import type { RequestHandler } from 'express';
import { startError } from '../errors/errors.ts';
import { parsePattern } from '../engine/urls/url-pattern.ts';
import { createUrlRegistry } from '../engine/urls/url-registry.ts';
import { findGuardFaults } from '../host/guards/guard-findings.ts';
import { isGuard } from '../host/guards/guard.ts';
import { printFindings, servedMethods, takeCensus } from '../http/census/census.ts';
import type { Finding } from '../http/census/census.types.ts';
import { inspectApp } from '../http/census/inspect-app.ts';
import type { RouteDefinition } from '../http/route/define-route.ts';
import { requireServedRights } from './declarations/declared-rights.ts';
import type { HostOptions } from './host-options.ts';
import type { Lifecycle } from './lifecycle.ts';
import { requireSameExpress } from './peer-packages.ts';

export interface CensusDeps extends Pick<HostOptions, 'urls' | 'roles' | 'beforeGate' | 'afterGate'> {
  readonly authenticator: RequestHandler;
  readonly state: Pick<Lifecycle, 'learn'>;
  /** Gatehouse's own routes. */
  readonly routes: readonly RouteDefinition[];
}

/** Creates the census, which compares the routes of an app with the registered URLs. */
export function createCensus({ urls, roles, beforeGate, afterGate, authenticator, state, routes }: CensusDeps) {
  const refusingHead = new Set(routes.flatMap(({ noHead, url }) => (noHead ? [parsePattern(url).shape] : [])));
  const readLayers = (app: Express) => inspectApp(app, authenticator, isGuard);

  function find(app: Express): Finding[] {
    const layers = readLayers(app);
    return [...takeCensus({ urls, layers, beforeGate, afterGate }), ...findGuardFaults(layers)];
  }

  return {
    readLayers, find,
    /** Stores the URLs and methods of the app. Throws a StartError that names every finding. */
    learn(app: Express): void {
      requireSameExpress(app);
      const findings = find(app);
      if (findings.length > 0) throw startError(`The census found faults. The gate could not decide about:\n${printFindings(findings)}`);
      const registry = createUrlRegistry(urls, servedMethods(readLayers(app)), (shape) => refusingHead.has(shape));
      requireServedRights(roles, registry);
      state.learn(app, registry);
    },
  };
}
