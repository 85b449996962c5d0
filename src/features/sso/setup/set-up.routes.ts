import { actorOf } from '../../../platform/changes/actor.ts';
import { optional, string } from '../../../http/input/fields.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import type { HandlerContext } from '../../../http/route/define-route.ts';
import { configurationField, providerView, revisionField, secretsField, setUpShape } from '../provider.shape.ts';
import { providerTestShape, providerTestView, testUrlOf } from '../trials/provider-test.shape.ts';
import { providerSetUpPage } from './set-up-page.ts';
import type { SetUps } from './set-up.service.ts';

export interface SetUpRouteDeps {
  readonly setUps: SetUps;
  /** The tenant that a token names; an id that matches no tenant if it is not active. */
  readonly tenantOfToken: (token: string, host: string) => Promise<string>;
  /** PUBLIC_URL: an origin. */
  readonly publicUrl: string;
}

const tokenField = string({ min: 1, max: 256 });

/** The URLs of the set-up link of an identity provider: its page, and the calls of the page. The token is the only proof. */
export function createSetUpRoutes({ setUps, tenantOfToken, publicUrl }: SetUpRouteDeps) {
  type Context = Pick<HandlerContext<object>, 'request'>;
  /** A session of the browser counts for nothing here. */
  const actorWith = async ({ request }: Context, token: string) => actorOf(
    { callerOrNull: null, request }, await tenantOfToken(token, request.host),
  );

  return [
    defineRoute({
      method: 'GET', url: '/sso/setup', id: 'showProviderSetUpPage', ignoresQuery: true,
      summary: 'Page of the set-up link of an identity provider',
      output: 'html',
      errors: [],
      handler: () => providerSetUpPage,
    }),
    defineRoute({
      method: 'POST', url: '/sso/setup/load', id: 'loadProviderSetUp', summary: 'The identity provider of a set-up link',
      input: { body: { token: tokenField } },
      output: setUpShape,
      errors: ['link-invalid'],
      async handler({ input: { body: { token } }, request }) {
        return providerView(await setUps.load(await tenantOfToken(token, request.host), token), publicUrl);
      },
    }),
    defineRoute({
      method: 'POST', url: '/sso/setup/update', id: 'updateProviderSetUp',
      summary: 'Replace configuration or secrets of the identity provider of a set-up link',
      description: 'This makes the next revision. An admin of the tenant activates it.',
      input: { body: {
        token: tokenField, configuration: optional(configurationField), secrets: optional(secretsField), version: optional(revisionField),
      } },
      output: setUpShape,
      errors: ['link-invalid', 'provider-invalid', 'version-conflict'],
      async handler(context) {
        const { token, ...edit } = context.input.body;
        return providerView(await setUps.update(await actorWith(context, token), token, edit), publicUrl);
      },
    }),
    defineRoute({
      method: 'POST', url: '/sso/setup/test', id: 'testProviderSetUp', summary: 'Test the identity provider of a set-up link',
      input: { body: { token: tokenField } },
      output: providerTestShape,
      errors: ['link-invalid', 'provider-not-found', 'too-many-requests'],
      async handler(context) {
        const { token } = context.input.body;
        const { provider, test } = await setUps.test(await actorWith(context, token), token);
        return providerTestView(test, testUrlOf(publicUrl, provider.protocol, test));
      },
    }),
  ];
}
