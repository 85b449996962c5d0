import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import cors from 'cors';
import type { Request, Response } from 'express';
import helmet from 'helmet';

/** What helmet sets, which does not depend on the request: asked once, because asking for each costs more than the gate. */
const securityHeaders = headersOf(helmet());

function headersOf(set: (request: IncomingMessage, response: ServerResponse, next: () => void) => void): readonly (readonly [string, string])[] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  set(request, response, ignore);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

/** Sets the headers that every answer carries, whoever gives it. */
export function secureResponse(response: ServerResponse): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
  response.removeHeader('X-Powered-By');
  // A route that sets nothing itself is an API answer, and those are never kept by anybody.
  response.setHeader('Cache-Control', 'no-store');
}

/**
 * Makes what every answer carries, refusals included: security headers and, for listed origins, cross-origin headers.
 *
 * `corsOrigins` is an exact-match list. Answers true when it has answered the preflight of a listed origin, for which
 * nothing else may run; other OPTIONS requests and other origins are the gate's to answer.
 */
export function createResponsePreparer(
  corsOrigins: readonly string[], begin: (request: Request, response: Response) => void,
): (request: Request, response: Response) => boolean {
  const origins = new Set(corsOrigins);
  const share = cors({
    origin: [...corsOrigins], maxAge: 600, preflightContinue: true,
    exposedHeaders: ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'WWW-Authenticate', 'Allow'],
  });

  return (request, response) => {
    begin(request, response);
    secureResponse(response);
    if (origins.size > 0) response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.has(origin)) return false;
    share(request, response, ignore);
    // An OPTIONS request without this header is no preflight (Fetch standard, section "CORS protocol").
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
    response.status(204).end();
    return true;
  };
}

function ignore(): void {
  // helmet and cors are called for the headers they set; what follows is decided here
}
