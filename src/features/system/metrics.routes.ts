import { createHash, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readBearerToken } from '../../gate/bearer-token.ts';
import { AppError } from '../../errors/errors.ts';
import type { ErrorCode } from '../../errors/errors.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import type { RequestFacts } from '../../http/route/define-route.ts';
import { metricsType } from '../../platform/metrics/metrics.ts';

export interface MetricsRouteDeps {
  /** METRICS_TOKEN. */
  readonly token: KeyObject;
  readonly read: () => Promise<string>;
  /** Told who was turned away, for the record. */
  readonly onRefused: (request: RequestFacts, code: ErrorCode) => void;
}

/** Makes `GET /metrics`, which answers to one token that is nobody's session. */
export function createMetricsRoutes({ token, read, onRefused }: MetricsRouteDeps) {
  const expected = digest(token.export());

  /** Throws `token-missing`, `token-malformed`, `token-invalid`. */
  function requireToken(authorization: string | null): void {
    const sent = digest(readBearerToken(authorization ?? undefined));
    if (!timingSafeEqual(sent, expected)) throw new AppError('token-invalid');
  }

  return [
    defineRoute({
      method: 'GET', url: '/metrics', ignoresQuery: true, summary: 'What this node counts and measures, in Prometheus\'s text format',
      description: 'Answers to METRICS_TOKEN as bearer token, and exists only where that is set.',
      output: 'text',
      recordsRefusals: true,
      errors: ['token-missing', 'token-malformed', 'token-invalid'],
      async handler({ request }) {
        try {
          requireToken(request.authorization());
        } catch (error) {
          if (error instanceof AppError) onRefused(request, error.code);
          throw error;
        }
        return { contentType: metricsType, body: await read() };
      },
    }),
  ];
}

/** Of one length, whatever was sent, so that comparing tells nothing about it. */
function digest(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest();
}
