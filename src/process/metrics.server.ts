import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { pathOf } from '../gate/front-door.ts';
import { AppError } from '../errors/errors.ts';
import { beginRequest } from '../http/request/request-context.ts';
import { sendProblem } from '../http/response/error-handler.ts';
import type { ErrorLog } from '../http/response/error-handler.ts';
import { secureResponse } from '../http/response/secure-response.ts';
import { metricsType } from '../platform/metrics/metrics.ts';

/** Creates the server for METRICS_PORT, which serves `GET /metrics` to everyone who can reach it, and nothing else. */
export function createMetricsServer(read: () => Promise<string>, logger?: ErrorLog): Server {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    beginRequest(request, response);
    secureResponse(response);
    if (pathOf(request.url ?? '') !== '/metrics') throw new AppError('unknown-url');
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new AppError('method-not-allowed', { allow: ['GET', 'HEAD'] });
    const body = Buffer.from(await read());
    response.setHeader('Content-Type', metricsType);
    response.setHeader('Content-Length', body.length);
    response.end(body); // Node does not send the body for HEAD
  }

  return createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => sendProblem(request, response, error, logger));
  });
}
