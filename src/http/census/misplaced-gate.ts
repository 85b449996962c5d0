import type { Finding } from './census.types.ts';
import type { AppLayers, Served } from './inspect-app.ts';
import { mountedRouteOf } from '../route/mount-routes.ts';

interface Input {
  readonly layers: AppLayers;
}

type Found = Omit<Finding, 'check'>[];

/** Finds an app whose gate is not mounted, or is mounted where some requests do not pass it. */
export function findNoGate({ layers: { hasGate, gateElsewhere } }: Input): Found {
  if (hasGate) return [];
  const isElsewhere = gateElsewhere.length > 0;
  const place = isElsewhere ? `It is mounted at ${gateElsewhere.join(', ')}: mount it on the app itself,` : 'Mount the authenticator';
  return [{ subject: 'app', cure: `${place} with app.use(gatehouse.authenticator), without a path.` }];
}

/** Finds a gate that is mounted after all routes, or after the routes of Gatehouse. */
export function findGateLast({ layers: { beforeGate, afterGate } }: Input): Found {
  const ahead = beforeGate.filter(({ kind }) => kind === 'route');
  if (ahead.length < 2 || (afterGate.some(({ kind }) => kind === 'route') && !ahead.some(isOwn))) return [];
  const cure = `${ahead.length} routes are declared before the authenticator: mount it first, with app.use(gatehouse.authenticator).`;
  return [{ subject: 'app', cure }];
}

/** Finds routes of Gatehouse that are mounted at a path. Their URLs are registered without this path. */
export function findRoutesBelowPath({ layers: { hasGate, afterGate } }: Input): Found {
  if (!hasGate) return [];
  const prefixes = new Set(afterGate.flatMap((served) => {
    const url = ownUrlOf(served);
    if (url === undefined || served.kind !== 'route') return [];
    return served.paths.filter((path) => path !== url).map((path) => (path.endsWith(url) ? path.slice(0, -url.length) : path));
  }));
  return [...prefixes].slice(0, 1).map((prefix) => ({
    subject: prefix, cure: 'Mount Gatehouse\'s own URLs with app.use(gatehouse.routes()), without a path: they begin at the root.',
  }));
}

function isOwn(served: Served): boolean {
  return ownUrlOf(served) !== undefined;
}

function ownUrlOf(served: Served): string | undefined {
  return served.kind === 'route' ? mountedRouteOf(served.route.stack[0]?.handle)?.url : undefined;
}
