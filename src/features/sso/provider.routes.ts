import { actorOf } from '../../platform/changes/actor.ts';
import { boolean, oneOf, optional, withDefault } from '../../http/input/fields.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import type { RouteDefinition } from '../../http/route/define-route.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import type { ProviderService } from './provider.service.ts';
import {
  configurationField, providerContentFields, providerIdField, providerName, providerShape, providerView, revisionField,
} from './provider.shape.ts';
import { protocols, providerStatuses } from './provider.types.ts';
import type { IdentityProvider } from './provider.types.ts';
import type { ProviderStatus } from './providers/provider-status.ts';

export interface ProviderRouteDeps {
  readonly providers: ProviderService;
  readonly status: ProviderStatus;
  /** PUBLIC_URL: an origin. */
  readonly publicUrl: string;
}

const contentErrors = [
  'provider-invalid', 'provider-exists', 'role-not-found', 'superadmin-not-inherited', 'domain-not-verified', 'grants-exceed-own',
] as const;
const targetErrors = ['provider-not-found', 'target-outranks-caller', 'grants-exceed-own'] as const;

/** The URLs that change what a provider gives to its users. The others that write send something, or reach no user yet. */
const previewed = ['update', 'activate', 'deactivate', 'delete'].map((name) => `/identity-providers/${name}`);

/** Whether a preview takes calls to this route. */
export function isPreviewed({ url }: Pick<RouteDefinition, 'url'>): boolean {
  return previewed.includes(url);
}

const providerPage = pageOf(providerShape);

/** The URLs under /identity-providers/ that list, create, change, activate and delete identity providers. */
export function createProviderRoutes({ providers, status, publicUrl }: ProviderRouteDeps) {
  const view = (provider: IdentityProvider) => providerView(provider, publicUrl);
  return [
    defineRoute({
      method: 'GET', url: '/identity-providers/load', id: 'listIdentityProviders', summary: 'List identity providers',
      actsInTenant: true,
      input: { query: { ...pageFields, protocol: optional(oneOf(protocols)), status: optional(oneOf(providerStatuses)) } },
      output: providerPage,
      errors: [],
      async handler({ input: { query: { limit, cursor, ...filter } }, caller }) {
        const { items, nextCursor } = await providers.load(caller.tenantId, filter, { limit, ...(cursor !== undefined && { cursor }) });
        return { items: items.map(view), nextCursor };
      },
    }),
    defineRoute({
      method: 'GET', url: '/identity-providers/load/:providerId', id: 'getIdentityProvider', summary: 'One identity provider',
      actsInTenant: true,
      input: { params: { providerId: providerIdField } },
      output: providerShape,
      errors: ['provider-not-found'],
      handler: async ({ input: { params }, caller }) => view(await providers.find(caller.tenantId, params.providerId)),
    }),
    defineRoute({
      method: 'POST', url: '/identity-providers/create', id: 'createIdentityProvider', summary: 'Create an identity provider as a draft',
      status: 201,
      actsInTenant: true,
      description: 'Secrets are sealed and never answered. A provider gives no more than its creator holds. '
        + 'Test the draft, then activate it.',
      input: { body: { providerName, protocol: oneOf(protocols), configuration: configurationField, ...providerContentFields } },
      output: providerShape,
      errors: ['tenant-full', ...contentErrors],
      handler: async (context) => view(await providers.create(actorOf(context), context.caller, context.input.body)),
    }),
    defineRoute({
      method: 'PUT', url: '/identity-providers/update', id: 'updateIdentityProvider', summary: 'Change an identity provider',
      actsInTenant: true,
      description: 'Absent fields do not change. `configuration` and `secrets` are each replaced as a whole. A change of configuration, '
        + 'secrets or subject makes the next revision; the live one stays in use until the next one is tested and activated. '
        + 'A changed issuer removes the secrets, unless they are sent again.',
      input: { body: {
        providerId: providerIdField, providerName: optional(providerName), configuration: optional(configurationField),
        version: optional(revisionField), ...providerContentFields,
      } },
      output: providerShape,
      errors: ['provider-not-found', 'version-conflict', 'target-outranks-caller', ...contentErrors],
      async handler(context) {
        const { providerId, ...edit } = context.input.body;
        return view(await providers.update(actorOf(context), context.caller, providerId, edit));
      },
    }),
    defineRoute({
      method: 'POST', url: '/identity-providers/activate', id: 'activateIdentityProvider', summary: 'Make a tested revision the live one',
      actsInTenant: true,
      input: { body: { providerId: providerIdField, revision: revisionField } },
      output: providerShape,
      errors: [...targetErrors, 'provider-not-tested'],
      async handler(context) {
        const { providerId, revision } = context.input.body;
        return view(await status.activate(actorOf(context), context.caller, providerId, revision));
      },
    }),
    defineRoute({
      method: 'POST', url: '/identity-providers/deactivate', id: 'deactivateIdentityProvider',
      summary: 'Refuse logins through an identity provider, and end its sessions',
      actsInTenant: true,
      input: { body: { providerId: providerIdField, keepSessions: withDefault(boolean(), false) } },
      output: providerShape,
      errors: [...targetErrors, 'last-way-in'],
      async handler(context) {
        const { providerId, ...options } = context.input.body;
        return view(await status.deactivate(actorOf(context), context.caller, providerId, options));
      },
    }),
    defineRoute({
      method: 'DELETE', url: '/identity-providers/delete', id: 'deleteIdentityProvider',
      summary: 'Delete an identity provider with its identities. The users stay',
      actsInTenant: true,
      input: { query: { providerId: providerIdField } },
      errors: [...targetErrors, 'last-way-in'],
      async handler(context) {
        await status.remove(actorOf(context), context.caller, context.input.query.providerId);
        return undefined;
      },
    }),
  ];
}
