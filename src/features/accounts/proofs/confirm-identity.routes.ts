import { z } from 'zod';
import type { Caller } from '../../../engine/caller.ts';
import { AppError } from '../../../errors/errors.ts';
import { boolean, optional, password } from '../../../http/input/fields.ts';
import { either } from '../../../http/route/body-rules.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import { actorOf } from '../../../platform/changes/actor.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import type { SignedToken } from '../../../tokens/access-token.ts';
import { returnToField } from '../../branding/brand.shape.ts';
import { codeChallengeField, sentCodeFields, stateField } from '../../sessions/login/login-return.shape.ts';
import type { LoginReturn, SentCode } from '../../sessions/login/login-return.shape.ts';
import type { ProfileService } from '../profile.service.ts';

export interface ConfirmIdentityRouteDeps {
  readonly confirmByPassword: ProfileService['confirmIdentity'];
  /** The address of the login that proves the caller's identity. Throws `identity-not-found` if no identity provider knows the caller. */
  readonly orderConfirmation: (actor: Actor, caller: Caller, back: LoginReturn) => Promise<string>;
  /** Throws `code-invalid`. */
  readonly confirmByCode: (actor: Actor, caller: Caller, sent: SentCode) => Promise<SignedToken>;
}

const byProvider = ['provider', 'returnTo', 'codeChallenge'];
const byCode = Object.keys(sentCodeFields);

/** The URL with which callers prove their identity again. */
export function createConfirmIdentityRoutes({ confirmByPassword, orderConfirmation, confirmByCode }: ConfirmIdentityRouteDeps) {
  const tokenView = ({ token, expiresInSeconds }: SignedToken) => (
    { access_token: token, token_type: 'Bearer' as const, expires_in: expiresInSeconds });
  return [
    defineRoute({
      method: 'POST', url: '/profile/confirm-identity', id: 'confirmIdentity',
      summary: 'Prove one\'s identity again, for URLs that need a recent login',
      description: 'With a password, at once. With provider, returnTo and codeChallenge, the answer has the address to open in the '
        + 'browser. After the login there, send code and codeVerifier. The new access token belongs to the same session. The refresh token '
        + 'stays as it is.',
      input: { body: {
        password: optional(password()), provider: optional(boolean()), returnTo: optional(returnToField),
        codeChallenge: optional(codeChallengeField), state: stateField, code: optional(sentCodeFields.code),
        codeVerifier: optional(sentCodeFields.codeVerifier),
      } },
      bodyRules: [either(
        { needs: ['password'], without: [...byProvider, 'state', ...byCode] },
        { needs: byProvider, without: ['password', ...byCode], limits: { provider: { const: true } } },
        { needs: byCode, without: ['password', ...byProvider, 'state'] },
      )],
      output: z.union([
        z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.number().int() })
          .meta({ id: 'ConfirmedIdentity' }),
        z.object({ startUrl: z.string() }),
      ]),
      errors: [
        'login-method-closed', 'session-ended', 'user-disabled', 'wrong-password', 'too-many-requests', 'password-queue-full',
        'identity-not-found', 'return-url-not-allowed', 'code-invalid', 'session-not-found',
      ],
      async handler(context) {
        const { caller, input: { body } } = context;
        const proof = proofIn(body);
        const actor = actorOf(context);
        if ('password' in proof) return tokenView(await confirmByPassword(actor, caller, proof));
        if ('code' in proof) return tokenView(await confirmByCode(actor, caller, proof));
        return { startUrl: await orderConfirmation(actor, caller, proof) };
      },
    }),
  ];
}

type Sent<T> = { readonly [name in keyof T]?: T[name] | undefined };
type Proof = { readonly password: string } | LoginReturn | SentCode;

/** The one form that was sent. Throws `invalid-input` for anything else. */
function proofIn(body: Sent<{ password: string; provider: boolean } & LoginReturn & SentCode>): Proof {
  const { password: word, provider, returnTo, codeChallenge, state, code, codeVerifier } = body;
  const sent = Object.values(body).filter((value) => value !== undefined).length;
  if (word !== undefined && sent === 1) return { password: word };
  if (code !== undefined && codeVerifier !== undefined && sent === 2) return { code, codeVerifier };
  if (provider === true && returnTo !== undefined && codeChallenge !== undefined && sent === (state === undefined ? 3 : 4)) {
    return { returnTo, codeChallenge, ...(state !== undefined && { state }) };
  }
  throw new AppError('invalid-input', { errors: [{
    field: 'body', message: 'must have password; or provider (true), returnTo and codeChallenge; or code and codeVerifier',
  }] });
}
