import type { RequestHandler } from 'express';
import { guardOf } from '../guards/guard.ts';
import type { GuardAsks } from '../guards/guard.ts';
import type { Finding } from '../http/census.ts';
import { isNamedIn } from '../http/express-layers.ts';
import type { AppLayers, Layer, Route, Served, ServedRoute } from '../http/express-layers.ts';
import { readPath } from '../http/path-cover.ts';

export interface RouteCheckOptions {
  /** Names of handlers that never answer a request. */
  readonly neverAnswer: readonly string[];
  readonly authenticator: RequestHandler;
}

/**
 * Finds what an app serves without anybody deciding about it; an empty list means: nothing.
 *
 * A guard counts on the route itself alone, before every handler of it that could answer: which of the requests behind
 * a guard of `app.use` reach it, is for Express to say. What cannot be looked into, such as a mounted app, is found.
 */
export function checkRoutes(layers: AppLayers, options: RouteCheckOptions): Finding[] {
  return [
    ...(layers.hasGate ? [] : [{ check: 'authenticator-missing', subject: 'app', cure: 'Mount the authenticator with app.use(verifier.authenticator), without a path.' }]),
    ...layers.beforeGate.flatMap((served) => [...findAhead(served), ...findIn(served, options)]),
    ...layers.afterGate.flatMap((served) => findIn(served, options)),
  ];
}

function findAhead(served: Served): Finding[] {
  if (served.kind !== 'route' || guardsOf(served.route).every(({ isPublic }) => isPublic)) return [];
  return [{ check: 'ahead-of-authenticator', subject: subjectOf(served), cure: 'Declare this route after app.use(verifier.authenticator), else its guard knows nobody.' }];
}

function findIn(served: Served, options: RouteCheckOptions): Finding[] {
  return served.kind === 'route' ? [...findUnguarded(served, options), ...findUnanswerable(served)] : findHandlers(served, options);
}

function findHandlers(served: Exclude<Served, ServedRoute>, { neverAnswer, authenticator }: RouteCheckOptions): Finding[] {
  const isSafe = isNamedIn(neverAnswer, served) || (served.kind === 'handler' && (served.layer.handle === authenticator || guardOf(served.layer.handle) !== undefined));
  if (isSafe) return [];
  return [{
    check: 'unguarded-handler', subject: `${served.name} at ${served.prefixes.join(', ')}`,
    cure: 'Make it a route with a guard, or, if it never answers a request, name it in neverAnswer.',
  }];
}

function findUnguarded(served: ServedRoute, { neverAnswer }: RouteCheckOptions): Finding[] {
  const verbs = Object.keys(served.route.methods).filter((verb) => !isGuarded(layersOf(served.route, verb), neverAnswer));
  if (verbs.length === 0) return [];
  // `all` says what runs for the methods that have nothing of their own.
  const shown = [...served.methods, ...served.otherMethods].filter((method) => verbs.includes(served.route.methods[method.toLowerCase()] ? method.toLowerCase() : '_all'));
  return [{
    check: 'unguarded-route', subject: `${(shown.length > 0 ? shown : verbs).join(', ')} ${served.paths.join(', ')}`,
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

/** A guard that asks for parameters which its route has not would refuse everybody. */
function findUnanswerable(served: ServedRoute): Finding[] {
  const asked = new Set(guardsOf(served.route).flatMap(({ permissions }) => permissions.flatMap(({ parameters }) => parameters)));
  const missing = [...asked].filter((name) => !served.paths.every((path) => parametersOf(path).includes(name)));
  if (missing.length === 0) return [];
  return [{
    check: 'unknown-parameter', subject: subjectOf(served),
    cure: `Its guard asks for ${missing.map((name) => `:${name}`).join(', ')}: name the parameter in the path, as a whole part of it.`,
  }];
}

function parametersOf(path: string): string[] {
  return readPath(path)?.segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : [])) ?? [];
}

function guardsOf({ stack }: Route): GuardAsks[] {
  return stack.flatMap(({ handle }) => guardOf(handle) ?? []);
}

function subjectOf({ methods, paths }: ServedRoute): string {
  return `${methods.join(', ')} ${paths.join(', ')}`;
}
