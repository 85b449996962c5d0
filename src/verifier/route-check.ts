import type { RequestHandler } from 'express';
import { findGuardFaults } from '../host/guards/guard-findings.ts';
import { guardOf } from '../host/guards/guard.ts';
import type { Finding } from '../http/census/census.types.ts';
import { isNamedIn } from '../http/census/inspect-app.ts';
import type { AppLayers, Layer, Route, Served, ServedHandler, ServedParam, ServedRoute } from '../http/census/inspect-app.ts';

export interface RouteCheckOptions {
  /** Names of handlers that never answer a request. */
  readonly neverAnswer: readonly string[];
  readonly authenticator: RequestHandler;
}

/**
 * Finds routes and handlers without a guard, and guards that would refuse every request. An empty list means that there are none.
 *
 * A guard must be on the route itself, before every handler that could answer: only Express knows which requests reach a guard
 * of `app.use`. A handler whose routes cannot be read, such as a mounted app, is reported.
 */
export function checkRoutes(layers: AppLayers, options: RouteCheckOptions): Finding[] {
  return [
    ...(layers.hasGate ? [] : [{
      check: 'authenticator-missing', subject: 'app',
      cure: 'Mount the authenticator with app.use(verifier.authenticator), without a path.',
    }]),
    ...layers.beforeGate.flatMap(findAhead),
    ...[...layers.beforeGate, ...layers.afterGate].flatMap((served) => findUndecided(served, options)),
    ...findGuardFaults(layers),
  ];
}

/** A guard that runs before the authenticator refuses every request, because it does not know the caller. */
function findAhead(served: Served): Finding[] {
  const handlers = served.kind === 'route' ? served.route.stack : served.kind === 'guard' ? [served.layer] : [];
  if (handlers.every(({ handle }) => guardOf(handle)?.isPublic !== false)) return [];
  const subject = served.kind === 'route' ? subjectOf(served, served.methods) : `${served.name} at ${served.prefixes.join(', ')}`;
  const cure = 'Declare it after app.use(verifier.authenticator): before it, the guard does not know the caller.';
  return [{ check: 'ahead-of-authenticator', subject, cure }];
}

function findUndecided(served: Served, options: RouteCheckOptions): Finding[] {
  if (served.kind === 'guard') return [];
  return served.kind === 'route' ? findUnguarded(served, options) : findHandler(served, options);
}

function findHandler(served: ServedHandler | ServedParam, { neverAnswer, authenticator }: RouteCheckOptions): Finding[] {
  if (isNamedIn(neverAnswer, served) || (served.kind === 'handler' && served.layer.handle === authenticator)) return [];
  return [{
    check: 'unguarded-handler', subject: `${served.name} at ${served.prefixes.join(', ')}`,
    cure: 'Make it a route with a guard, or, if it never answers a request, name it in neverAnswer.',
  }];
}

function findUnguarded(served: ServedRoute, { neverAnswer }: RouteCheckOptions): Finding[] {
  const { route, methods, otherMethods } = served;
  const verbs = Object.keys(route.methods).filter((verb) => !isGuarded(layersOf(route, verb), neverAnswer));
  if (verbs.length === 0) return [];
  // `all` runs for the methods that do not have their own handlers.
  const verbOf = (method: string) => (route.methods[method.toLowerCase()] ? method.toLowerCase() : '_all');
  const shown = [...methods, ...otherMethods].filter((method) => verbs.includes(verbOf(method)));
  return [{
    check: 'unguarded-route', subject: subjectOf(served, shown.length > 0 ? shown : verbs),
    cure: 'Put a guard before its handlers, such as requirePermission, or publicRoute if it is for everybody.',
  }];
}

/** Whether the first handler that could answer is a guard. Error handlers see only failures. */
function isGuarded(layers: readonly Layer[], neverAnswer: readonly string[]): boolean {
  const first = layers.find((layer) => layer.handle.length <= 3 && !isNamedIn(neverAnswer, layer));
  return !first || guardOf(first.handle) !== undefined;
}

/** The handlers that run for a method, in order. */
function layersOf({ stack }: Route, verb: string): Layer[] {
  return stack.filter(({ method }) => method === undefined || method === verb);
}

function subjectOf({ paths }: ServedRoute, methods: readonly string[]): string {
  return `${methods.join(', ')} ${paths.join(', ')}`;
}
