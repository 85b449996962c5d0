import { actorOf } from '../../../platform/changes/actor.ts';
import { email, idField, optional } from '../../../http/input/fields.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import type { ProviderService } from '../provider.service.ts';
import { providerIdField, revisionField } from '../provider.shape.ts';
import type { SetUps } from '../setup/set-up.service.ts';
import { externalTokenField } from '../tokens/validate-token.routes.ts';
import { providerTestShape, providerTestView, testUrlOf } from './provider-test.shape.ts';
import type { ProviderTest } from './provider-test.model.ts';
import type { ProviderTests } from './provider-tests.service.ts';

export interface ProviderTestRouteDeps {
  readonly tests: ProviderTests;
  readonly findProvider: ProviderService['find'];
  readonly invite: SetUps['invite'];
  /** PUBLIC_URL: an origin. */
  readonly publicUrl: string;
}

/** The URLs under /identity-providers/ that test a provider, and that invite the customer's own IT to set it up. */
export function createProviderTestRoutes({ tests, findProvider, invite, publicUrl }: ProviderTestRouteDeps) {
  const view = async (tenantId: string, test: ProviderTest) => {
    const { protocol } = await findProvider(tenantId, test.providerId);
    return providerTestView(test, testUrlOf(publicUrl, protocol, test));
  };
  return [
    defineRoute({
      method: 'POST', url: '/identity-providers/test', id: 'testIdentityProvider', summary: 'Test a revision of an identity provider',
      actsInTenant: true,
      description: 'Checks addresses, keys and secrets at once. The login of the test is made at `testUrl`; until then, the result is '
        + 'pending. A test changes no user and opens no session. By default it is about the newest revision. An access token as `token` is '
        + 'the login of a provider with the protocol JWT, and is checked before the login for OIDC with `bearer`. With HEADER, '
        + 'the login is a request of the proxy to `urls.header` with `?test=TESTID`.',
      input: { body: { providerId: providerIdField, revision: optional(revisionField), token: optional(externalTokenField) } },
      output: providerTestShape,
      errors: ['provider-not-found', 'too-many-requests'],
      async handler(context) {
        const { providerId, revision, token } = context.input.body;
        return view(context.caller.tenantId, await tests.start(actorOf(context), providerId, revision, token));
      },
    }),
    defineRoute({
      method: 'GET', url: '/identity-providers/load-test/:testId', id: 'getIdentityProviderTest', summary: 'The outcome of a test',
      actsInTenant: true,
      input: { params: { testId: idField } },
      output: providerTestShape,
      errors: ['provider-test-not-found', 'provider-not-found'],
      handler: async ({ input: { params }, caller: { tenantId } }) => view(tenantId, await tests.find(tenantId, params.testId)),
    }),
    defineRoute({
      method: 'POST', url: '/identity-providers/invite', id: 'inviteToIdentityProvider',
      summary: 'Mail a link with which the customer\'s own IT sets up an identity provider',
      actsInTenant: true,
      description: 'The link works for 72 hours. A newer link of the same provider replaces it. It opens configuration, secrets and tests '
        + 'of this provider, and nothing else.',
      input: { body: { providerId: providerIdField, email: email() } },
      errors: ['provider-not-found', 'target-outranks-caller', 'grants-exceed-own', 'too-many-requests'],
      status: 202,
      async handler(context) {
        const { providerId, email: address } = context.input.body;
        await invite(actorOf(context), context.caller, providerId, address);
        return undefined;
      },
    }),
  ];
}
