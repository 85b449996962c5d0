import type { IncomingMessage } from 'node:http';
import type { Caller } from '../engine/caller.ts';
import type { DecisionContext } from '../engine/policies/decision-context.types.ts';
import { decideUrl } from '../engine/decide.ts';
import type { UrlRequest } from '../engine/decide.ts';
import { decisionsIn, usualComparisons } from '../engine/meter.ts';
import type { Meter } from '../engine/meter.ts';
import { allowHeader } from '../engine/urls/url-registry.ts';
import type { Endpoint, UrlRegistry } from '../engine/urls/url-registry.ts';
import { AppError } from '../errors/errors.ts';
import { clientIp } from '../http/request/client-ip.ts';
import { requestContext } from '../http/request/request-context.ts';
import { requestHost } from '../http/request/request-host.ts';
import type { IdentifyCaller } from './identify-caller.ts';
import { readBearerToken } from './bearer-token.ts';
import { checkFrontDoor, readTarget } from './front-door.ts';
import type { FrontDoorGuard } from './front-door.ts';

/** What the gate answers about one request. */
export type Verdict =
  | { readonly kind: 'pass'; readonly endpoint: Endpoint; readonly caller: Caller | null }
  /** OPTIONS: nothing runs, the caller is told what it may send. */
  | { readonly kind: 'options'; readonly allow: readonly string[] }
  | { readonly kind: 'refused'; readonly error: AppError; readonly caller: Caller | null };

export interface GateDeps {
  /** The registered URLs; null until the server is ready, and as long nothing passes. */
  readonly registry: () => UrlRegistry | null;
  readonly identifyCaller: IdentifyCaller;
  readonly guards?: readonly FrontDoorGuard[];
  /** Counts what a decision costs beyond the one that admitted the caller. */
  readonly spend?: (tenantId: string, decisions: number) => void;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Decides about a request by its target, its headers, and its method, or another one that it had before. */
export type Gate = (request: IncomingMessage, target: string, method?: string) => Verdict | Promise<Verdict>;

/**
 * Creates the gate: front door, registered URL, token, session, decision, in this order; what does not pass is refused.
 *
 * Refuses with `not-ready`, the front door's codes, `unknown-url`, `method-not-allowed`, what `authenticate` throws,
 * `right-missing`, `permission-missing` and `policy-denies`; throws or rejects with whatever else fails below. A simple URL is decided at once, without waiting, and so is any other for a caller who is in memory.
 */
export function createGate({ registry, identifyCaller, guards, spend = () => undefined, clock }: GateDeps): Gate {
  function decide(request: IncomingMessage, asked: Required<UrlRequest>, caller: Caller): Verdict {
    // Rights alone compare nothing.
    const meter = caller.grants.urls.size > 0 || asked.endpoint.permission ? { comparisons: 0 } : undefined;
    const decision = decideUrl(caller.grants, asked, contextOf(caller, request, clock(), meter));
    if (meter && meter.comparisons > usualComparisons) spend(caller.tenantId, decisionsIn(meter.comparisons) - 1);
    return decision.allowed ? pass(asked.endpoint, caller) : refused(
      new AppError(decision.reason, { required: decision.required }), caller,
    );
  }

  function passWithSession(request: IncomingMessage, asked: Required<UrlRequest>): Verdict | Promise<Verdict> {
    try {
      const caller = identifyCaller(readBearerToken(request.headers.authorization), requestHost(request));
      return caller instanceof Promise ? caller.then(
        (late) => decide(request, asked, late),
      ).catch(refusedFor) : decide(request, asked, caller);
    } catch (error) {
      return refusedFor(error);
    }
  }

  return (request, target, method = request.method ?? '') => {
    const urls = registry();
    if (!urls) return refused(new AppError('not-ready'));
    const plain = readTarget(target);
    const guard = checkFrontDoor(plain, request, guards);
    if (guard) return refused(new AppError(guard.code));
    const lookup = urls.lookUp(method, plain.path);
    if (lookup.kind === 'unknown') return refused(new AppError('unknown-url'));
    if (lookup.kind === 'found') {
      const { endpoint } = lookup;
      requestContext(request).endpoint = endpoint;
      return endpoint.access === 'simple' ? pass(endpoint, null) : passWithSession(request, { endpoint, path: plain.path });
    }
    const allow = allowHeader(lookup.allow);
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

/** What is known of a request besides what it asks for. */
export function contextOf({ tenantId, attributes }: Caller, request: IncomingMessage, now: number, meter?: Meter): DecisionContext {
  return { now, tenantId, subject: attributes, ip: clientIp(request), meter };
}
