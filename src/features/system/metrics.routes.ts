import { createHash, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readBearerToken } from '../../gate/bearer-token.ts';
import { AppError } from '../../errors/errors.ts';
import type { ErrorCode } from '../../errors/table.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import type { RequestFacts } from '../../http/route/define-route.ts';
import { metricsType } from '../../platform/metrics/metrics.ts';

export interface MetricsRouteDeps {
  /** METRICS_TOKEN. */
  readonly token: KeyObject;
  readonly read: () => Promise<string>;
  /** Called for each refused request, for the audit trail. */
  readonly onRefused: (refusal: RequestFacts & { readonly code: ErrorCode; readonly caller: null }) => void;
}

/** Creates `GET /metrics`. It accepts one token, which belongs to no session. */
export function createMetricsRoutes({ token, read, onRefused }: MetricsRouteDeps) {
  const expected = digest(token.export());

  /** Throws `token-missing`, `token-malformed`, `token-invalid`. */
  function requireToken(authorization: string | null): void {
    const sent = digest(readBearerToken(authorization ?? undefined));
    if (!timingSafeEqual(sent, expected)) throw new AppError('token-invalid');
  }

  return [
    defineRoute({
      method: 'GET', url: '/metrics', id: 'getMetrics', ignoresQuery: true,
      summary: 'The metrics of this node in the text format of Prometheus',
      description: 'Send METRICS_TOKEN as bearer token. The URL exists only if this setting has a value.',
      output: 'text',
      recordsRefusals: true,
      errors: ['token-missing', 'token-malformed', 'token-invalid'],
      async handler({ request }) {
        try {
          requireToken(request.authorization());
        } catch (error) {
          if (error instanceof AppError) onRefused({ ...request, code: error.code, caller: null });
          throw error;
        }
        return { contentType: metricsType, body: await read() };
      },
    }),
  ];
}

/** A digest has the same length for any text, so the time of the comparison reveals nothing about the expected token. */
function digest(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest();
}
