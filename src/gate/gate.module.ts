import type { Request } from 'express';
import type { Logger } from 'pino';
import { accessOnDemand, createAccess } from '../engine/access.ts';
import type { AccessDeps } from '../engine/access.ts';
import type { Caller } from '../engine/caller.ts';
import { decideUrl } from '../engine/decide.ts';
import type { ExplainedDecision } from '../engine/explain.ts';
import type { UrlRegistry } from '../engine/urls/url-registry.ts';
import { AppError } from '../errors/errors.ts';
import { isOfApp } from '../http/census/own-app.ts';
import { clientIp } from '../http/request/client-ip.ts';
import { createIgnoredProxyNote } from '../http/request/ignored-proxy.ts';
import { beginRequest, requestContext } from '../http/request/request-context.ts';
import { createRequestLog } from '../http/request/request-log.ts';
import { sendProblem } from '../http/response/error-handler.ts';
import { createThrottledLog } from '../http/server/throttled-log.ts';
import type { DatabaseWatchdog } from '../platform/database/watchdog.ts';
import type { Metrics } from '../platform/metrics/metrics.ts';
import { createAuthenticator } from './authenticator.ts';
import { createGate, contextOf } from './gate.ts';
import type { GateDeps } from './gate.ts';
import { createIdentifyCaller } from './identify-caller.ts';
import type { ForeignTokens, IdentifyCallerDeps } from './identify-caller.ts';
import { createResponsePreparer } from './prepare-response.ts';
import { createRecheck } from './recheck.ts';
import { createRecordRefusals } from './refusal-recorder.ts';
import type { RecordRefusalsDeps } from './refusal-recorder.ts';
import { createRefuse, refusedRequest } from './refuse.ts';
import { createRoutePasses } from './route-pass.ts';
import { createUpgradeWatch } from './upgrade-watch.ts';

export interface CallerLookUp {
  /** True for the first lookup of a request, which counts towards the limits of the caller. False for a second one. */
  readonly countsRequest: boolean;
}

/** The tokens of other issuers that count, by what a session notes of a request. */
interface ForeignTokenPort<C> extends Pick<ForeignTokens<C>, 'recall'> {
  readonly accept: (token: string, request: {
    readonly host: string; readonly ip: string | null; readonly userAgent: string; readonly requestId: string;
  }) => ReturnType<ForeignTokens<C>['accept']>;
}

export interface GateModuleDeps<C extends { readonly tenant: string }>
  extends Pick<RecordRefusalsDeps, 'refusals'> {
  readonly rates: Required<Pick<GateDeps, 'spend'>>;
  readonly verify: IdentifyCallerDeps<C>['verify'];
  /** The tokens of other issuers that count. */
  readonly foreign: ForeignTokenPort<C>;
  readonly callers: {
    get(claims: C, lookUp: CallerLookUp): Caller | undefined;
    load(claims: C, lookUp: CallerLookUp): Promise<Caller>;
    isCurrent(caller: Caller): boolean;
  };
  readonly hosts: {
    recallServes(host: string, tenantId: string): boolean | undefined;
    requireHost(host: string, tenantId: string): Promise<void>;
  };
  /** Loads the location of a tenant; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
  readonly reloadCaller: (caller: Caller) => Promise<Caller>;
  readonly explain: (caller: Caller, question: Parameters<AccessDeps['explain']>, ip: string | null) => Promise<ExplainedDecision>;
  /** How old this node's knowledge of changes is, in s. */
  readonly feed: { state(): { readonly lagSeconds: number } };
  readonly stored: AccessDeps['stored'];
  readonly settings: { readonly corsOrigins: readonly string[]; readonly maxStaleness: number };
  readonly watchdog: DatabaseWatchdog;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly state: {
    /** The registered URLs; null while the gate is closed. */
    openRegistry(): UrlRegistry | null;
    /** The app whose routes are known; null before the census. */
    served(): unknown;
    isDraining(): boolean;
  };
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates everything that a request passes before its route: the gate, the authenticator around it, and the record of refusals. */
export function createGateModule<C extends { readonly tenant: string }>(deps: GateModuleDeps<C>) {
  const { verify, foreign, callers, hosts, ensureLocated, reloadCaller, explain, feed, stored, settings } = deps;
  const { refusals, rates, watchdog, metrics, logger, state, clock } = deps;
  const gateFor = (lookUp: CallerLookUp) => createGate({
    clock, registry: state.openRegistry, spend: rates.spend,
    identifyCaller: createIdentifyCaller({
      verify(token) {
        const verified = verify(token);
        return verified instanceof Promise ? watchdog.watched(verified) : verified; // a promise waits for keys from the database
      },
      foreign: acceptForeign(foreign, watchdog),
      recall: (claims) => callers.get(claims, lookUp),
      recallHost: hosts.recallServes,
      async load(claims, host) {
        const locating = ensureLocated(claims.tenant);
        if (locating) await watchdog.watched(locating);
        const [caller] = await watchdog.watched(Promise.all([callers.load(claims, lookUp), hosts.requireHost(host, claims.tenant)]));
        return caller;
      },
    }),
  });
  const gate = gateFor({ countsRequest: true });
  const passes = createRoutePasses();
  const logRequest = createRequestLog(logger);
  const { noteAtGate, noteBehindGate, withRecord } = createRecordRefusals({ refusals, countHandlerRefusal: metrics.countHandlerRefusal });
  const refuse = createRefuse({
    sendProblem(request, response, error) {
      metrics.countRefused(error);
      sendProblem(request, response, error, logger);
    },
    requestId: (request) => requestContext(request).requestId,
    onRefused: noteAtGate,
  });
  const note = (request: Request, { code }: AppError, caller: Caller) => noteBehindGate(
    refusedRequest(request, code, caller, requestContext(request).requestId),
  );
  const accessOf = accessOnDemand((caller: Caller, request: Request) => createAccess({
    caller,
    context: () => contextOf(caller, request, clock()),
    stored,
    explain: (...question) => watchdog.watched(explain(caller, question, clientIp(request))),
    noteRefusal: (error) => note(request, error, caller),
  }));
  const recheck = createRecheck(
    { gate: gateFor({ countsRequest: false }), decidedOf: passes.decidedOf, isCurrent: callers.isCurrent, accessOf, onRefused: note },
  );
  const { noteForeignApp, noteIgnoredProxy } = createWarnings(logger);
  const isOfOwnApp = (request: Request) => {
    const own = state.served();
    const isOwn = own === null || isOfApp(request, own);
    if (!isOwn) noteForeignApp();
    return isOwn;
  };
  const upgradeWatch = createUpgradeWatch({
    isCurrent: callers.isCurrent, lag: () => feed.state().lagSeconds * 1_000, maxStaleness: settings.maxStaleness,
    async decideAgain({ request, endpoint, path, caller }, from) {
      const now = from === 'memory' && callers.isCurrent(caller) ? caller : await watchdog.watched(reloadCaller(caller));
      const decision = decideUrl(now.grants, { endpoint, path }, contextOf(now, request, clock()));
      if (!decision.allowed) throw new AppError(decision.reason, { required: decision.required });
      return now;
    },
  });
  const authenticator = createAuthenticator({
    isOfOwnApp,
    gate,
    passes,
    accessOf,
    prepare: createResponsePreparer(settings.corsOrigins, (request, response) => {
      beginRequest(request, response);
      // On a kept connection, the client's next request would arrive while the server closes.
      if (state.isDraining() && !response.headersSent) response.setHeader('Connection', 'close');
      logRequest(request, response);
      noteIgnoredProxy(request);
      metrics.timeAnswer(response);
    }),
    refuse,
    onAllowed: metrics.countAllowed,
  });

  return { upgradeWatch, gate, passes, recheck, refuse, authenticator, noteBehindGate, withRecord, close: upgradeWatch.close };
}

function acceptForeign<C>({ recall, accept }: ForeignTokenPort<C>, watchdog: DatabaseWatchdog): ForeignTokens<C> {
  return {
    recall,
    accept: (token, host, request) => watchdog.watched(accept(token, {
      host, ip: clientIp(request), userAgent: (request.headers['user-agent'] ?? '').slice(0, 500),
      requestId: requestContext(request).requestId,
    })),
  };
}

/** Creates the log lines about mistakes of the deployment that requests show. */
function createWarnings(logger: Logger) {
  return {
    noteForeignApp: createThrottledLog((count) => logger.error(
      { count },
      'requests were refused: they came through an app that is not the one of gatehouse.init(app). Each app needs its own Gatehouse',
    )),
    noteIgnoredProxy: createIgnoredProxyNote((address) => logger.warn(
      { address },
      'all requests come from this address, and its X-Forwarded-For is ignored: all clients count as one. '
      + 'If it is your proxy, name it in TRUST_PROXY, or in "trust proxy" of your app',
    )),
  };
}
