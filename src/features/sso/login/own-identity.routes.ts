import { z } from 'zod';
import { AppError } from '../../../errors/errors.ts';
import { optional } from '../../../http/input/fields.ts';
import { either } from '../../../http/route/body-rules.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import { actorOf } from '../../../platform/changes/actor.ts';
import { returnToField } from '../../branding/brand.shape.ts';
import { codeChallengeField, sentCodeFields, stateField } from '../../sessions/login/login-return.shape.ts';
import { providerIdField } from '../provider.shape.ts';
import type { LoginCodes } from './codes/login-codes.service.ts';
import type { LoginTickets } from './login-tickets.ts';

export interface OwnIdentityRouteDeps {
  readonly tickets: Pick<LoginTickets, 'orderLink'>;
  readonly codes: Pick<LoginCodes, 'link'>;
}

const begin = ['providerId', 'returnTo', 'codeChallenge'];
const end = ['code', 'codeVerifier'];

/** The URL with which a user links a person at an identity provider to their own account. */
export function createOwnIdentityRoutes({ tickets, codes }: OwnIdentityRouteDeps) {
  return [
    defineRoute({
      method: 'POST', url: '/profile/link-identity', id: 'linkOwnIdentity',
      summary: 'Link a person at an identity provider to the caller\'s account, in two calls',
      description: 'The first call has providerId, returnTo and codeChallenge, and answers the address to open in the browser. After the '
        + 'login there, the second call has the code and the verifier. It must be of the same user, so that nobody can be made to link '
        + 'their identity to the account of somebody else.',
      input: { body: {
        providerId: optional(providerIdField), returnTo: optional(returnToField), codeChallenge: optional(codeChallengeField),
        state: stateField, code: optional(sentCodeFields.code), codeVerifier: optional(sentCodeFields.codeVerifier),
      } },
      bodyRules: [either({ needs: begin, without: end }, { needs: end, without: [...begin, 'state'] })],
      output: z.object({ startUrl: z.string().optional(), identityId: z.string().optional() }),
      errors: [
        'provider-not-found', 'provider-inactive', 'return-url-not-allowed', 'code-invalid', 'identity-taken', 'identity-not-allowed',
        'user-disabled',
      ],
      async handler(context) {
        const { caller, input: { body: { providerId, returnTo, codeChallenge, state, code, codeVerifier } } } = context;
        const actor = actorOf(context);
        const isBegin = providerId !== undefined && returnTo !== undefined && codeChallenge !== undefined;
        if (isBegin && code === undefined && codeVerifier === undefined) {
          const back = { returnTo, codeChallenge, ...(state !== undefined && { state }) };
          return { startUrl: await tickets.orderLink(actor, caller, providerId, back) };
        }
        const isEnd = code !== undefined && codeVerifier !== undefined;
        if (isEnd && [providerId, returnTo, codeChallenge, state].every((value) => value === undefined)) {
          return { identityId: await codes.link(actor, caller, { code, codeVerifier }) };
        }
        throw new AppError('invalid-input', { errors: [{
          field: 'body', message: 'must have providerId, returnTo and codeChallenge; or code and codeVerifier',
        }] });
      },
    }),
  ];
}
