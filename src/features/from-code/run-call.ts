import type { Caller } from '../../engine/caller.ts';
import { decideUrl } from '../../engine/decide.ts';
import type { Method } from '../../engine/urls/method.ts';
import type { Endpoint, UrlRegistry } from '../../engine/urls/url-registry.ts';
import { AppError } from '../../errors/errors.ts';
import { errorTable } from '../../errors/table.ts';
import type { RouteDefinition } from '../../http/route/define-route.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { RefusalLog } from '../audit/refusal.types.ts';
import type { CallOptions } from './from-code.types.ts';
import type { LoadActor } from './load-actor.ts';

/** A call of a URL of Gatehouse, with the values that a client would send. */
export interface Call {
  readonly method: Method;
  /** The URL as it is registered, such as `/admin/load-user/:userId`. */
  readonly url: string;
  readonly params?: Readonly<Record<string, string>>;
  /** Absent values are left out. */
  readonly query?: object;
  readonly body?: object;
}

/**
 * Runs a call as its actor would make it over HTTP: the same decision about the URL, input rules, handler, delegation and audit.
 *
 * The decision is made again inside the transaction of the call. A host in JavaScript may leave out the options.
 */
export type RunCall = (call: Call, options: CallOptions | undefined) => Promise<unknown>;

export interface RunCallDeps {
  readonly loadActor: LoadActor;
  readonly registry: () => UrlRegistry;
  /** False until the server is ready. */
  readonly isOpen: () => boolean;
  /** The routes that code may call, by method and URL. */
  readonly routes: () => readonly RouteDefinition[];
  readonly refusals: Pick<RefusalLog, 'note'>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the function that runs calls from code. */
export function createRunCall({ loadActor, registry, isOpen, routes, refusals, clock }: RunCallDeps): RunCall {
  function find({ method, url }: Call) {
    const endpoint = registry().endpointsOf(url).find((each) => each.method === method);
    const route = routes().find((each) => each.method === method && each.url === url);
    if (!endpoint || !route) throw new AppError('unknown-url');
    return { endpoint, route };
  }

  /** Conditions about an address have no data: an allow does not apply, and a deny does. */
  function requireAllowed({ grants, tenantId, attributes }: Caller, endpoint: Endpoint, path: string): void {
    const decision = decideUrl(grants, { endpoint, path }, { now: clock(), tenantId, subject: attributes });
    if (!decision.allowed) throw new AppError(decision.reason, { required: decision.required });
  }

  function noteRefusal(error: unknown, caller: Caller, { method }: Call, path: string): void {
    if (!(error instanceof AppError) || !recordedStatuses.has(errorTable[error.code].status)) return;
    refusals.note({
      tenantId: caller.tenantId, action: 'request', code: error.code, userId: caller.userId, sessionId: null, ip: null, userAgent: null,
      requestId: null, method, url: path, via: 'code',
    });
  }

  return async (call, options) => {
    const { actor, tenant }: Partial<CallOptions> = options ?? {};
    if (!isOpen()) throw new AppError('not-ready');
    const { endpoint, route } = find(call);
    const { caller, readAgain } = await loadActor(actor);
    const path = pathOf(call);
    const facts = {
      ...noRequest, method: call.method, url: path,
      async requireAllowed(session: ClientSession) { requireAllowed(await readAgain(session), endpoint, path); },
    };
    try {
      requireAllowed(caller, endpoint, path);
      return await route.run(inputOf(call, tenant), caller, facts, () => undefined);
    } catch (error) {
      noteRefusal(error, caller, call, path);
      throw error;
    }
  };
}

/** The statuses of refusals, which the audit trail records. */
const recordedStatuses = new Set<number>([401, 403, 429]);

/** The facts of a request, for a call without one. */
const noRequest = {
  via: 'code' as const, ip: '', userAgent: '', requestId: '', host: '', cookie: () => null, cookieNames: () => [], rawQuery: () => '',
  authorization: () => null, headerValues: () => [], peerAddress: () => null,
};

function pathOf({ url, params = {} }: Call): string {
  return url.replace(/:(\w+)/g, (_name, name: string) => encodeURIComponent(wellFormed(params[name] ?? '')));
}

/** Half of a character above U+FFFF alone has no form in a URL, so U+FFFD takes its place. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** The input in the form in which a request carries it: texts in the query, and values of JSON in the body. */
function inputOf({ params = {}, query = {}, body }: Call, tenant: string | undefined) {
  const sent = Object.entries({ ...query, tenant }).filter(([, value]) => value !== undefined);
  return {
    params, query: Object.fromEntries(sent.map(([name, value]) => [name, String(value)])),
    body: JSON.parse(JSON.stringify(body ?? {})) as unknown,
  };
}
