import { parse } from 'node:querystring';
import type { Caller } from '../../engine/caller.ts';
import { decideUrl } from '../../engine/decide.ts';
import type { Endpoint, UrlRegistry } from '../../engine/urls/url-registry.ts';
import { AppError } from '../../errors/errors.ts';
import type { RequestFacts, RouteDefinition } from '../../http/route/define-route.ts';
import type { ClientSession } from '../../platform/database/session.ts';

/** A writing call, as a client would send it. */
export interface PreviewedCall {
  readonly method: string;
  /** With its query, if it has one. */
  readonly url: string;
  readonly body?: unknown;
}

/**
 * Runs calls one after the other, as if the caller sent them. Each call is decided by the rights that the calls before it leave.
 *
 * Throws `not-previewable` before it runs a call. Throws `right-missing`, `permission-missing` or `policy-denies` if the caller may
 * not make a call, and every error of a call itself. Of several calls, the error names the one that was refused.
 */
export type RunCalls = (
  caller: Caller, calls: readonly PreviewedCall[], request: RequestFacts, session: ClientSession,
) => Promise<void>;

export interface RunCallsDeps {
  readonly registry: () => UrlRegistry;
  /** The routes that change the grants of users. */
  readonly routes: readonly RouteDefinition[];
  /** Reads the rights of a caller in a transaction. */
  readonly callerNow: (caller: Caller, session: ClientSession) => Promise<Caller>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the function that runs the calls of a preview. */
export function createRunCalls({ registry, routes, callerNow, clock }: RunCallsDeps): RunCalls {
  function find({ method, url, body = {} }: PreviewedCall) {
    const [path = '', query = ''] = url.split('?', 2);
    const lookup = registry().lookUp(method, path);
    const route = lookup.kind === 'found' ? routes.find((each) => isWrite(each) && isAt(each, lookup.endpoint)) : undefined;
    if (lookup.kind !== 'found' || !route) throw new AppError('not-previewable');
    return { route, url: { endpoint: lookup.endpoint, path }, input: { params: {}, query: parse(query), body } };
  }

  async function run(
    caller: Caller, { route, url, input }: ReturnType<typeof find>, request: RequestFacts,
  ): Promise<void> {
    const decision = decideUrl(caller.grants, url, { now: clock(), tenantId: caller.tenantId, subject: caller.attributes });
    if (!decision.allowed) throw new AppError(decision.reason, { required: decision.required });
    await route.run(input, caller, request, () => undefined);
  }

  return async (caller, calls, request, session) => {
    const isOnly = calls.length === 1;
    const found = [];
    for (const [index, call] of calls.entries()) found.push(await namingCall(isOnly, index, () => find(call)));
    for (const [index, call] of found.entries()) {
      await namingCall(isOnly, index, async () => run(index === 0 ? caller : await callerNow(caller, session), call, request));
    }
  };
}

/** Adds the index of the call to its errors. */
async function namingCall<T>(isOnly: boolean, call: number, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isOnly || !(error instanceof AppError) ? error : new AppError(error.code, { ...error.extras, call }, error.cause);
  }
}

/** Whether a route changes something. */
export function isWrite({ method }: RouteDefinition): boolean {
  return method !== 'GET';
}

function isAt(route: RouteDefinition, { method, url }: Pick<Endpoint, 'method' | 'url'>): boolean {
  return route.method === method && route.url === url;
}
