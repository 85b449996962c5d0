import type { Request } from 'express';
import mongoose from 'mongoose';
import type { Logger } from 'pino';
import { accessOnDemand, createAccess } from '../engine/access.ts';
import { createStoredAs } from '../engine/resources/stored-as.ts';
import type { Caller } from '../engine/caller.ts';
import { decideUrl } from '../engine/decide.ts';
import type { UrlRegistry } from '../engine/urls/url-registry.ts';
import { createAuthenticate } from './identify-caller.ts';
import { createAuthenticator } from './authenticator.ts';
import { createConfirm } from './recheck.ts';
import { createGate, factsOf } from './gate.ts';
import { createGrantBook } from './route-pass.ts';
import { createResponsePreparer } from './prepare-response.ts';
import { createRefuse, refusedRequest } from './refuse.ts';
import { createUpgradeWatch } from './upgrade-watch.ts';
import { AppError } from '../errors/errors.ts';
import { clientIp } from '../http/request/client-ip.ts';
import { createOccasionalNote } from '../http/server/throttled-log.ts';
import { isOfApp } from '../http/census/own-app.ts';
import { sendProblem } from '../http/response/error-handler.ts';
import { createIgnoredProxyNote } from '../http/request/ignored-proxy.ts';
import { beginRequest, requestContext } from '../http/request/request-context.ts';
import { createRequestLog } from '../http/request/request-log.ts';
import type { Metrics } from '../platform/metrics/metrics.ts';
import type { Pulse } from '../platform/database/watchdog.ts';
import { questionOf } from '../features/decisions/check.shape.ts';
import { createRecordRefusals } from './refusal-recorder.ts';
import type { Services } from '../services.ts';
import type { Asked } from '../features/sessions/caller-cache.ts';
import type { Settings } from '../settings/load-settings.ts';

export interface GatingDeps {
  readonly services: Services;
  readonly settings: Pick<Settings, 'corsOrigins' | 'maxStaleness'>;
  readonly pulse: Pulse;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** The registered URLs; null as long as nothing may pass. */
  readonly registry: () => UrlRegistry | null;
  /** The app whose routes are known; null as long as none is. */
  readonly served: () => unknown;
  /** ms since 1970 */
  readonly clock: () => number;
  /** Whether the server is about to stop. */
  readonly isDraining: () => boolean;
}

/** Wires the way of a request up to its route: the gate, the authenticator around it, and who is told of refusals. */
export function createGating({ services, settings, pulse, metrics, logger, registry, served, clock, isDraining }: GatingDeps) {
  const gateFor = (asked: Asked) => createGate({
    clock, registry, spend: services.rates.spend,
    authenticate: createAuthenticate({
      verify(token) {
        const verified = services.accessTokens.verify(token);
        return verified instanceof Promise ? pulse.during(verified) : verified; // it waits for the keys to be read
      },
      recall: (claims) => services.callers.recall(claims, asked),
      recallHost: services.directory.recallServes,
      async load(claims, host) {
        const placing = services.place(claims.tenant);
        if (placing) await pulse.during(placing);
        const [caller] = await pulse.during(Promise.all([services.callers.load(claims, asked), services.directory.requireHost(host, claims.tenant)]));
        return caller;
      },
    }),
  });
  const gate = gateFor('first');
  const grants = createGrantBook();
  const logRequest = createRequestLog(logger);
  const { noteAtGate, noteBehindGate, withRecord } = createRecordRefusals({ refusals: services.refusals, countHandlerRefusal: metrics.countHandlerRefusal });
  const refuse = createRefuse({
    sendProblem(request, response, error) {
      metrics.countRefused(error);
      sendProblem(request, response, error, logger);
    },
    requestId: (request) => requestContext(request).requestId,
    onRefused: noteAtGate,
  });
  const note = (request: Request, { code }: AppError, caller: Caller) => noteBehindGate(refusedRequest(request, code, caller, requestContext(request).requestId));
  const stored = createStoredAs(mongoose.mongo);
  const accessOf = accessOnDemand((caller: Caller, request: Request) => createAccess({
    caller,
    facts: () => factsOf(caller, request, clock()),
    stored,
    explain: (action, resource, attributes) => pulse.during(services.permissionService.explainTo(caller, questionOf(action, resource, attributes), clientIp(request))),
    noteRefusal: (error) => note(request, error, caller),
  }));
  const confirm = createConfirm({ gate: gateFor('again'), decidedOf: grants.decidedOf, isCurrent: services.callers.isCurrent, accessOf, onRefused: note });
  const noteForeignApp = createOccasionalNote((count) => logger.error({ count }, 'requests came through an app that gatehouse.init(app) has not seen, by the same authenticator, and were refused: each app needs a Gatehouse of its own'));
  const isOfOwnApp = (request: Request) => {
    const own = served();
    const isOwn = own === null || isOfApp(request, own);
    if (!isOwn) noteForeignApp();
    return isOwn;
  };
  const upgradeWatch = createUpgradeWatch({
    isCurrent: services.callers.isCurrent, lag: () => services.feed.state().lagSeconds * 1_000, maxStaleness: settings.maxStaleness,
    async decideAgain({ request, endpoint, path, caller }, from) {
      const now = from === 'memory' && services.callers.isCurrent(caller) ? caller : await pulse.during(services.reloadCaller(caller));
      const decision = decideUrl(now.grants, { endpoint, path }, factsOf(now, request, clock()));
      if (!decision.allowed) throw new AppError(decision.reason, { required: decision.required });
      return now;
    },
  });
  const noteIgnoredProxy = createIgnoredProxyNote((address) => logger.warn(
    { address }, 'all clients come from this address, and what it says of them in X-Forwarded-For is ignored: they count as one. If it is your proxy, name it in TRUST_PROXY, or in "trust proxy" of your app',
  ));
  const authenticator = createAuthenticator({
    isOfOwnApp,
    gate,
    grants,
    accessOf,
    prepare: createResponsePreparer(settings.corsOrigins, (request, response) => {
      beginRequest(request, response);
      // On a connection that is kept, the client's next request would meet a port that is closing.
      if (isDraining() && !response.headersSent) response.setHeader('Connection', 'close');
      logRequest(request, response);
      noteIgnoredProxy(request);
      metrics.timeAnswer(response);
    }),
    refuse,
    onAllowed: metrics.countAllowed,
  });

  return { upgradeWatch, gate, grants, confirm, refuse, authenticator, noteBehindGate, withRecord };
}
