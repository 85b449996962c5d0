import type { RequestHandler } from 'express';
import { findGuardFaults } from '../host/guards/guard-findings.ts';
import { guardOf } from '../host/guards/guard.ts';
import type { Finding } from '../http/census/census.ts';
import { isNamedIn } from '../http/census/inspect-app.ts';
import type { AppLayers, Layer, Route, Served, ServedHandler, ServedParam, ServedRoute } from '../http/census/inspect-app.ts';

export interface RouteCheckOptions {
  /** Names of handlers that never answer a request. */
  readonly neverAnswer: readonly string[];
  readonly authenticator: RequestHandler;
}

/**
 * Finds what an app serves without anybody deciding about it, and guards that could let nobody pass; empty: nothing.
 *
 * A guard counts on the route itself alone, before every handler of it that could answer: which requests meet a guard
 * that `app.use` mounted is for Express to say. What cannot be looked into, such as a mounted app, is found.
 */
export function checkRoutes(layers: AppLayers, options: RouteCheckOptions): Finding[] {
  return [
    ...(layers.hasGate ? [] : [{ check: 'authenticator-missing', subject: 'app', cure: 'Mount the authenticator with app.use(verifier.authenticator), without a path.' }]),
    ...layers.beforeGate.flatMap(findAhead),
    ...[...layers.beforeGate, ...layers.afterGate].flatMap((served) => findUndecided(served, options)),
    ...findGuardFaults(layers),
  ];
}

/** A guard that runs before anybody knows who is calling refuses everybody. */
function findAhead(served: Served): Finding[] {
  const handlers = served.kind === 'route' ? served.route.stack : served.kind === 'guard' ? [served.layer] : [];
  if (handlers.every(({ handle }) => guardOf(handle)?.isPublic !== false)) return [];
  const subject = served.kind === 'route' ? subjectOf(served, served.methods) : `${served.name} at ${served.prefixes.join(', ')}`;
  return [{ check: 'ahead-of-authenticator', subject, cure: 'Declare it after app.use(verifier.authenticator), else its guard knows nobody.' }];
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
  // `all` says what runs for the methods that have nothing of their own.
  const shown = [...methods, ...otherMethods].filter((method) => verbs.includes(route.methods[method.toLowerCase()] ? method.toLowerCase() : '_all'));
  return [{
    check: 'unguarded-route', subject: subjectOf(served, shown.length > 0 ? shown : verbs),
    cure: 'Put a guard before its handlers, such as requirePermission, or publicRoute if it is for everybody.',
  }];
}

/** Whether the first that could answer is a guard. Error handlers see only failures. */
function isGuarded(layers: readonly Layer[], neverAnswer: readonly string[]): boolean {
  const first = layers.find((layer) => layer.handle.length <= 3 && !isNamedIn(neverAnswer, layer));
  return !first || guardOf(first.handle) !== undefined;
}

/** What runs for a verb, in its order. */
function layersOf({ stack }: Route, verb: string): Layer[] {
  return stack.filter(({ method }) => method === undefined || method === verb);
}

function subjectOf({ paths }: ServedRoute, methods: readonly string[]): string {
  return `${methods.join(', ')} ${paths.join(', ')}`;
}
