import type { Request, Response } from 'express';
import morgan from 'morgan';
import { requestContext } from './request-context.ts';

/** The part of a pino logger that logs requests. */
export interface RequestLogger {
  info(fields: Record<string, unknown>, message: string): void;
  isLevelEnabled(level: string): boolean;
}

/**
 * Creates the log of requests: one line for each, after its response. Query, headers and bodies are never logged, because they
 * may contain secrets. Does nothing if the level is above info.
 */
export function createRequestLog(logger: RequestLogger): (request: Request, response: Response) => void {
  if (!logger.isLevelEnabled('info')) return () => undefined;
  const log = morgan<Request, Response>((_tokens, request, response) => {
    const { requestId, startedAt } = requestContext(request);
    logger.info({
      requestId,
      method: request.method,
      url: request.originalUrl.split('?', 1)[0],
      status: response.statusCode,
      milliseconds: Math.round((performance.now() - startedAt) * 10) / 10,
      userId: request.access?.caller.userId,
    }, 'request');
    return undefined;
  });
  return (request, response) => log(request, response, () => undefined);
}
