import { z } from 'zod';
import { string } from '../../../http/input/fields.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import { actorOf } from '../../../platform/changes/actor.ts';
import { providerIdField } from '../provider.shape.ts';
import type { LogOutByToken } from './back-channel.service.ts';

/** The URL at which providers say that a session is over. The token is the only proof. */
export function createLogoutRoutes({ logOutByToken }: { readonly logOutByToken: LogOutByToken }) {
  return [
    defineRoute({
      method: 'POST', url: '/sso/back-channel/:providerId', id: 'endSessionsByLogoutToken',
      summary: 'End the sessions that an identity provider names in a logout token',
      description: 'OpenID Connect Back-Channel Logout 1.0. With sid, that session ends; with sub alone, all sessions of that person from '
        + 'this provider. Each token works once.',
      input: { params: { providerId: providerIdField }, body: { logout_token: string({ min: 1, max: 65_536 }) } },
      bodyForm: 'form', errorForm: 'oauth',
      output: z.object({}),
      errors: ['logout-token-invalid', 'provider-unreachable'],
      async handler({ input: { params, body }, request }) {
        await logOutByToken(actorOf({ callerOrNull: null, request }), params.providerId, body.logout_token);
        return {};
      },
    }),
  ];
}
