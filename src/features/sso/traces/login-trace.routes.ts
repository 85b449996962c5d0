import { AppError } from '../../../errors/errors.ts';
import { string } from '../../../http/input/fields.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import { pageFields, pageOf } from '../../../http/route/page-shape.ts';
import type { ProviderService } from '../provider.service.ts';
import { providerIdField } from '../provider.shape.ts';
import { loginTraceShape, loginTraceView } from './login-trace.shape.ts';
import type { LoginTraces } from './login-trace.store.ts';

export interface LoginTraceRouteDeps {
  readonly traces: Pick<LoginTraces, 'load' | 'find'>;
  readonly findProvider: ProviderService['find'];
}

/** A reference is random base64url, so it may begin with any of its characters, unlike other ids. */
const referenceField = string({ min: 1, max: 64, pattern: /^[\w-]+$/ });

const loginTracePage = pageOf(loginTraceShape);

/** The URLs under /identity-providers/ about logins: why each of them passed or failed. */
export function createLoginTraceRoutes({ traces, findProvider }: LoginTraceRouteDeps) {
  return [
    defineRoute({
      method: 'GET', url: '/identity-providers/load-logins/:providerId', id: 'listLogins',
      summary: 'The logins through an identity provider, the newest first',
      description: 'Kept for 30 days, the newest 500 of a provider.',
      actsInTenant: true,
      input: { params: { providerId: providerIdField }, query: pageFields },
      output: loginTracePage,
      errors: ['provider-not-found'],
      async handler({ input: { params: { providerId }, query }, caller: { tenantId } }) {
        await findProvider(tenantId, providerId);
        const { items, nextCursor } = await traces.load(tenantId, providerId, query);
        return { items: items.map(loginTraceView), nextCursor };
      },
    }),
    defineRoute({
      method: 'GET', url: '/identity-providers/load-login/:reference', id: 'getLogin',
      summary: 'One login by the reference that the person sees',
      actsInTenant: true,
      input: { params: { reference: referenceField } },
      output: loginTraceShape,
      errors: ['login-not-found'],
      async handler({ input: { params: { reference } }, caller: { tenantId } }) {
        const trace = await traces.find(tenantId, reference);
        if (!trace) throw new AppError('login-not-found');
        return loginTraceView(trace);
      },
    }),
  ];
}
