import cors from 'cors';
import type { Request, Response } from 'express';
import { secureResponse } from '../http/response/secure-response.ts';

/**
 * Sets the headers of every response, also of refusals: security headers and, for listed origins, cross-origin headers.
 *
 * `corsOrigins` are compared exactly. Answers true if it has answered the preflight of a listed origin: then nothing else may run.
 * The gate answers other OPTIONS requests and other origins.
 */
export function createResponsePreparer(
  corsOrigins: readonly string[], begin: (request: Request, response: Response) => void,
): (request: Request, response: Response) => boolean {
  const origins = new Set(corsOrigins);
  const share = cors({
    origin: [...corsOrigins], maxAge: 600, preflightContinue: true,
    exposedHeaders: ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'WWW-Authenticate', 'Allow', 'ETag'],
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
  // The package is called only to set headers; it must not call the next middleware.
}
