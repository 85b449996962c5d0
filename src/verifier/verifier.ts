import type { JsonWebKey } from 'node:crypto';
import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express';
import type { Access } from '../engine/access.ts';
import type { BsonClasses } from '../engine/resources/text-order.ts';
import { readBearerToken, repeatsAuthorization } from '../gate/bearer-token.ts';
import { AppError, startError } from '../errors/errors.ts';
import { errorTable } from '../errors/table.ts';
import { leaveAbsence } from '../host/guards/missing-access.ts';
import { isGuard } from '../host/guards/guard.ts';
import { closeRouter, closeStack } from '../http/census/protect-routes.ts';
import { printFindings } from '../http/census/census.ts';
import { clientIp } from '../http/request/client-ip.ts';
import { createErrorHandler, sendProblem } from '../http/response/error-handler.ts';
import type { ErrorLog } from '../http/response/error-handler.ts';
import { inspectApp } from '../http/census/inspect-app.ts';
import { requestContext } from '../http/request/request-context.ts';
import type { AccessClaims } from '../tokens/access-claims.ts';
import { parseCompact } from '../tokens/compact-jws.ts';
import { createRemoteKeys } from '../tokens/remote-keys.ts';
import { importVerificationKey } from '../tokens/verification-key.ts';
import { createVerifyToken, kidOf, maxClockTolerance } from '../tokens/verify-token.ts';
import type { VerificationKey } from '../tokens/verify-token.ts';
import { createMisfitReport } from './misfits.ts';
import { createVerifierLog } from './verifier-log.ts';
import { checkRoutes } from './route-check.ts';
import { createAccessOfClaims } from './token-access.ts';

export interface VerifierOptions {
  /** The `PUBLIC_URL` of the Gatehouse that issues the tokens. */
  readonly issuer: string;
  /** The audience of the tokens; by default `gatehouse`, which Gatehouse writes into them. */
  readonly audience?: string;
  /** The URL of the public keys; by default `/.well-known/jwks.json` of the issuer. */
  readonly jwksUrl?: string | URL;
  /** The longest lifetime of a token in seconds; by default 86,400, the largest value of `ACCESS_TOKEN_SECONDS`. */
  readonly accessTokenSeconds?: number;
  /** The classes of the MongoDB driver of this service, such as `mongoose.mongo`. Only `access.scope` needs them. */
  readonly bson?: BsonClasses;
  /** Largest allowed difference between the clocks of Gatehouse and this service: 0 to 300 s, by default 60, like `CLOCK_TOLERANCE`. */
  readonly clockTolerance?: number;
  /**
   * The logger for requests that cannot be served, for example pino. Without a logger, the first failure is a process warning, and
   * so is the first token with a wrong issuer, audience or key.
   */
  readonly logger?: ErrorLog;
  /** ms since 1970. */
  readonly clock?: () => number;
}

export interface ProtectOptions {
  /** Names of handlers that only prepare requests and never answer them, such as `jsonParser`. */
  readonly neverAnswer?: readonly string[];
}

export interface Verifier {
  /**
   * Identifies the caller: mount it with `app.use(verifier.authenticator)`, without a path, before the routes.
   *
   * Sets `request.access` for a valid token. Without one, the guards answer, so that a public route is served even with an
   * invalid token. Until `protect` is called, every request is answered 503.
   */
  readonly authenticator: RequestHandler;
  /**
   * Checks that every route has a guard or is marked as public, and opens the app. Call it before the app listens.
   *
   * Throws an Error that lists each route and handler without a guard, and each guard that names an unknown parameter. Later,
   * adding a route throws.
   */
  protect(app: Express, options?: ProtectOptions): void;
  /**
   * Returns the access of the subject of a token, outside Express. Throws `token-malformed`, `token-expired`,
   * `token-invalid`, `token-not-yet-valid`, `grants-not-in-token`, `keys-unreachable`.
   */
  accessOf(token: string, facts?: { readonly ip?: string | null }): Promise<Access>;
  /** Answers errors of handlers as problems; mount it last. */
  readonly errorHandler: ErrorRequestHandler;
}

/**
 * Creates a verifier of access tokens for another service, which knows only the public keys of Gatehouse.
 *
 * It accepts only tokens of this issuer and audience, with the algorithm ES256 and the type of access tokens. The claims of a token
 * are valid until it expires: a changed role takes effect with the next refresh. Keys are cached for 10 minutes. If they cannot be
 * fetched after that, requests that need a token are answered 503 `keys-unreachable`. Throws an Error for an invalid URL, and for a
 * tolerance of more than 300 s.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, audience = 'gatehouse', accessTokenSeconds = 86_400, clockTolerance = 60, logger, clock = Date.now } = options;
  if (!(clockTolerance >= 0 && clockTolerance <= maxClockTolerance)) {
    throw startError(`clockTolerance is ${clockTolerance}, but must be a number of seconds from 0 to ${maxClockTolerance}.`);
  }
  const jwksUrl = jwksUrlOf(options);
  const log = createVerifierLog(logger);
  const keys = createRemoteKeys({
    url: jwksUrl, clock, fetch: (url, request) => fetch(url, request), importKey: importGatehouseKey,
  });
  const reportMisfit = createMisfitReport({ issuer, audience, jwksUrl, verificationKey: keys.verificationKey, clock, report: log.misfit });
  const verifyToken = createVerifyToken({
    verificationKey: keys.verificationKey, issuer, audience,
    lifetimeSeconds: accessTokenSeconds, toleranceSeconds: clockTolerance, clock,
  });
  const accessOfClaims = createAccessOfClaims(options.bson);
  const opened = new WeakSet<object>();

  async function verify(token: string): Promise<AccessClaims> {
    await keys.freshen();
    let result = verifyToken(token);
    if (!result.ok && result.code === 'token-invalid') {
      const parsed = parseCompact(token);
      const kid = parsed && kidOf(parsed);
      if (kid !== undefined && await keys.learn(kid)) result = verifyToken(token);
    }
    if (!result.ok && result.code === 'token-invalid') reportMisfit(token);
    if (!result.ok) throw new AppError(result.code);
    // This service learns only from the token that an assignment has ended, so the clock tolerance does not apply.
    if (result.claims.grants_exp !== undefined && clock() >= result.claims.grants_exp * 1_000) throw new AppError('token-expired');
    return result.claims;
  }

  async function identify(request: Request): Promise<Access> {
    if (repeatsAuthorization(request)) throw new AppError('authorization-repeated');
    const claims = await verify(readBearerToken(request.headers.authorization));
    return accessOfClaims(claims, () => ({ now: clock(), ip: clientIp(request) }));
  }

  const authenticator: RequestHandler = async (request, response, next) => {
    if (!opened.has(request.app)) {
      sendProblem(request, response, new AppError('not-ready'), logger);
      return;
    }
    try {
      request.access = await identify(request);
    } catch (error) {
      leaveAbsence(request, error);
      if (!(error instanceof AppError) || errorTable[error.code].status >= 500) log.failure(error, requestContext(request).requestId);
    }
    next();
  };

  return {
    authenticator,
    protect(app, { neverAnswer = [] } = {}) {
      const layers = inspectApp(app, authenticator, isGuard);
      const findings = checkRoutes(layers, { neverAnswer, authenticator });
      if (findings.length > 0) throw startError(`No guard would decide about some routes of this app:\n${printFindings(findings)}`);
      for (const router of layers.routers) closeRouter(router);
      for (const served of [...layers.beforeGate, ...layers.afterGate]) if (served.kind === 'route') closeStack(served.route.stack);
      opened.add(app);
    },
    async accessOf(token, { ip = null } = {}) {
      const claims = await verify(token);
      return accessOfClaims(claims, () => ({ now: clock(), ip }));
    },
    errorHandler: createErrorHandler(logger),
  };
}

/** Gatehouse signs with ES256 alone. */
function importGatehouseKey(jwk: JsonWebKey): VerificationKey | undefined {
  const key = importVerificationKey(jwk);
  return key?.algorithm === 'ES256' ? key : undefined;
}

function jwksUrlOf({ issuer, jwksUrl = `${issuer}/.well-known/jwks.json` }: VerifierOptions): URL {
  if (!URL.canParse(issuer) || new URL(issuer).origin !== issuer) {
    throw startError(
      `The issuer "${issuer}" does not have the form of PUBLIC_URL: https://gate.example.com, without a path or a trailing slash.`);
  }
  const url = URL.canParse(String(jwksUrl)) ? new URL(jwksUrl) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw startError(`The public keys cannot be at "${String(jwksUrl)}", because it is not an http or https address.`);
  }
  return url;
}
