import { z } from 'zod';
import { AppError } from '../../errors/errors.ts';
import { defineRoute } from '../../http/route/define-route.ts';

export interface SystemRouteDeps {
  readonly appName: string;
  /** Whether the database answers and has every unique index. */
  readonly isReady: () => Promise<boolean>;
  readonly openApi: () => Record<string, unknown>;
  readonly jwks: () => Promise<{ readonly keys: readonly object[] }>;
}

/** Creates the public routes about the server itself. */
export function createSystemRoutes({ appName, isReady, openApi, jwks }: SystemRouteDeps) {
  return [
    defineRoute({
      method: 'GET', url: '/', id: 'getService', ignoresQuery: true, summary: 'The name of this service and its main URLs',
      output: z.object({ name: z.string(), docs: z.string(), openapi: z.string(), health: z.string() }),
      errors: [],
      handler: () => ({ name: appName, docs: '/docs', openapi: '/openapi.json', health: '/readyz' }),
    }),
    defineRoute({
      method: 'GET', url: '/livez', id: 'checkLiveness', ignoresQuery: true, summary: 'Whether the process runs',
      output: z.object({ status: z.literal('ok') }),
      errors: [],
      handler: () => ({ status: 'ok' as const }),
    }),
    defineRoute({
      method: 'GET', url: '/readyz', id: 'checkReadiness', ignoresQuery: true,
      summary: 'Whether this server can serve requests and the database answers',
      output: z.object({ status: z.literal('ok') }),
      errors: ['not-ready', 'database-unreachable'],
      async handler() {
        if (!(await isReady())) throw new AppError('not-ready');
        return { status: 'ok' as const };
      },
    }),
    defineRoute({
      method: 'GET', url: '/openapi.json', id: 'getOpenApi', ignoresQuery: true, summary: 'This API as OpenAPI 3.1',
      output: z.record(z.string(), z.unknown()),
      errors: [],
      handler: () => openApi(),
    }),
    defineRoute({
      method: 'GET', url: '/.well-known/jwks.json', id: 'getPublicKeys', ignoresQuery: true,
      summary: 'The public keys of access tokens (RFC 7517)',
      output: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
      errors: [],
      cacheControl: 'public, max-age=600',
      handler: async () => ({ keys: (await jwks()).keys.map((key) => ({ ...key })) }),
    }),
  ];
}
