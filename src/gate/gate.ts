import type { IncomingMessage } from 'node:http';
import type { Caller } from '../engine/caller.ts';
import type { DecisionContext } from '../engine/policies/decision-context.types.ts';
import { decideUrl } from '../engine/decide.ts';
import type { UrlRequest } from '../engine/decide.ts';
import { decisionsIn, usualComparisons } from '../engine/meter.ts';
import type { Meter } from '../engine/meter.ts';
import { isRecentLogin } from '../engine/recent-login.ts';
import { allowHeader } from '../engine/urls/url-registry.ts';
import type { Endpoint, UrlRegistry } from '../engine/urls/url-registry.ts';
import { AppError } from '../errors/errors.ts';
import { clientIp } from '../http/request/client-ip.ts';
import { requestContext } from '../http/request/request-context.ts';
import { requestHost } from '../http/request/request-host.ts';
import type { IdentifyCaller } from './identify-caller.ts';
import { readUnverifiedToken } from './bearer-token.ts';
import { createFrontDoor, readTarget } from './front-door.ts';
import type { FrontDoorGuard } from './front-door.ts';

/** The decision of the gate about one request. */
export type Verdict =
  | { readonly kind: 'pass'; readonly endpoint: Endpoint; readonly caller: Caller | null }
  /** OPTIONS: no route runs, and the answer lists the allowed methods. */
  | { readonly kind: 'options'; readonly allow: readonly string[] }
  | { readonly kind: 'refused'; readonly error: AppError; readonly caller: Caller | null };

export interface GateDeps {
  /** The registered URLs; null until the server is ready. While it is null, the gate refuses everything. */
  readonly registry: () => UrlRegistry | null;
  readonly identifyCaller: IdentifyCaller;
  readonly guards?: readonly FrontDoorGuard[];
  /** Counts the cost of a decision beyond the one that was counted when the caller was identified. */
  readonly spend?: (tenantId: string, decisions: number) => void;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Decides about a request by its target, its headers and its method. `method` overrides the method that the request has now. */
export type Gate = (request: IncomingMessage, target: string, method?: string) => Verdict | Promise<Verdict>;

/**
 * Creates the gate. It checks front door, registered URL, token, session and decision, in this order, and refuses by default.
 *
 * Refuses with `not-ready`, the codes of the front door, `unknown-url`, `method-not-allowed`, the codes of `identifyCaller`,
 * `right-missing`, `permission-missing`, `policy-denies` and `recent-login-required`. Throws or rejects with any other failure.
 * Answers without a promise for a simple URL, and for a caller who is in the cache.
 */
export function createGate({ registry, identifyCaller, guards, spend = () => undefined, clock }: GateDeps): Gate {
  const checkFrontDoor = createFrontDoor(guards);

  function decide(request: IncomingMessage, asked: Required<UrlRequest>, caller: Caller): Verdict {
    // A decision by rights alone compares no patterns, so it needs no meter.
    const meter = caller.grants.urls.size > 0 || asked.endpoint.permission ? { comparisons: 0 } : undefined;
    const decision = decideUrl(caller.grants, asked, contextOf(caller, request, clock(), meter));
    if (meter && meter.comparisons > usualComparisons) spend(caller.tenantId, decisionsIn(meter.comparisons) - 1);
    if (!decision.allowed) return refused(new AppError(decision.reason, { required: decision.required }), caller);
    const { recentLogin } = asked.endpoint;
    if (recentLogin === undefined || isRecentLogin(caller.auth, recentLogin, 1, clock())) return pass(asked.endpoint, caller);
    return refused(new AppError('recent-login-required', { login: { seconds: recentLogin, level: 1 } }), caller);
  }

  function passWithSession(request: IncomingMessage, asked: Required<UrlRequest>): Verdict | Promise<Verdict> {
    try {
      const caller = identifyCaller(readUnverifiedToken(request.headers.authorization), requestHost(request), request);
      if (!(caller instanceof Promise)) return decide(request, asked, caller);
      return caller.then((late) => decide(request, asked, late)).catch(refusedFor);
    } catch (error) {
      return refusedFor(error);
    }
  }

  return (request, target, method = request.method ?? '') => {
    const urls = registry();
    if (!urls) return refused(new AppError('not-ready'));
    const plain = readTarget(target);
    const guard = checkFrontDoor(plain, request);
    if (guard) return refused(new AppError(guard.code));
    const lookup = urls.lookUp(method, plain.path);
    if (lookup.kind === 'unknown') return refused(new AppError('unknown-url'));
    if (lookup.kind === 'found') {
      const { endpoint } = lookup;
      requestContext(request).endpoint = endpoint;
      return endpoint.access === 'simple' ? pass(endpoint, null) : passWithSession(request, { endpoint, path: plain.path });
    }
    const allow = allowHeader(lookup.allow, lookup.refusesHead);
    return method === 'OPTIONS' ? { kind: 'options', allow } : refused(new AppError('method-not-allowed', { allow }));
  };
}

function pass(endpoint: Endpoint, caller: Caller | null): Verdict {
  return { kind: 'pass', endpoint, caller };
}

function refused(error: AppError, caller: Caller | null = null): Verdict {
  return { kind: 'refused', error, caller };
}

function refusedFor(error: unknown): Verdict {
  if (error instanceof AppError) return refused(error);
  throw error;
}

/** The context of the decision about a request: time, tenant, attributes of the caller, and address. */
export function contextOf({ tenantId, attributes }: Caller, request: IncomingMessage, now: number, meter?: Meter): DecisionContext {
  return { now, tenantId, subject: attributes, ip: clientIp(request), meter };
}
