import { pino } from 'pino';
import { attributes as ownAttributes } from '../../config/attributes.ts';
import { configUrls } from '../../config/configUrls.ts';
import { permissions as ownPermissions } from '../../config/permissions.ts';
import { metricsUrls, registeredUrls } from '../../config/registeredUrls.ts';
import { builtInRoles } from '../../config/roles.ts';
import { listUrls } from '../engine/urls/registered-url.ts';
import { createKnownPermissions } from '../features/policies/declared-permissions.ts';
import { mergeRoles } from '../features/roles/role.ladder.ts';
import type { GatehouseDeps } from '../gatehouse.types.ts';
import { checkOptions, optionShapes } from './declarations/options.check.ts';
import { requirePeerVersions, requireSameMongoose } from './peer-packages.ts';

const plainHttp = 'PUBLIC_URL does not begin with https: passwords, tokens and cookies are sent unencrypted. '
  + 'Serve it over TLS, and set PUBLIC_URL to the https address.';

optionShapes satisfies Record<keyof GatehouseDeps, unknown>; // an option without a check would be refused

/**
 * Checks the options of a host application, and adds Gatehouse's own declarations and the defaults.
 *
 * Throws a StartError that names every faulty option.
 */
export function readHostOptions(deps: GatehouseDeps) {
  requirePeerVersions();
  checkOptions(deps, {
    urls: listUrls([registeredUrls, metricsUrls, { config: configUrls }]), roles: builtInRoles, permissions: ownPermissions,
    attributes: ownAttributes,
  });
  requireSameMongoose(deps.connection);
  const { settings, logger = pino({ level: settings.logLevel }), clock = Date.now, beforeGate = [], afterGate = [], prefix = '' } = deps;
  if (settings.production && settings.publicUrl.startsWith('http:')) logger.warn(plainHttp);
  return {
    ...deps, logger, clock, beforeGate, afterGate, prefix,
    urls: listUrls([registeredUrls, ...(settings.metrics.token ? [metricsUrls] : []), { config: configUrls }, deps.urls ?? {}]),
    roles: mergeRoles(builtInRoles, deps.roles ?? []),
    attributes: [...new Set([...ownAttributes, ...(deps.attributes ?? [])])],
    permissions: createKnownPermissions([...ownPermissions, ...(deps.permissions ?? [])]),
  };
}

export type HostOptions = ReturnType<typeof readHostOptions>;
