import { AppError } from '../../../errors/errors.ts';
import { actorOf } from '../../../platform/changes/actor.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import type { RequestFacts } from '../../../http/route/define-route.ts';
import type { SignedToken } from '../../../tokens/access-token.ts';
import type { AuthenticateClient } from './authenticate-client.ts';
import type { ClientFields } from './client-credentials.ts';

/** The grant type of a token exchange (RFC 8693 section 2.1). */
export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** The type of the issued token (RFC 8693 section 3). */
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

const subjectTokenType = 'urn:ietf:params:oauth:token-type:jwt';

/** The parameters of a token exchange, as they were sent. */
export interface ExchangeFields extends ClientFields {
  readonly subject_token?: string;
  readonly subject_token_type?: string;
  readonly requested_token_type?: string;
  readonly provider_id?: string;
  readonly actor_token?: string;
  readonly actor_token_type?: string;
  readonly audience?: string;
  readonly resource?: string;
  readonly scope?: string;
}

/**
 * Exchanges a token of an identity provider. Without `clientId`, no client authenticated.
 *
 * Throws `subject-token-refused`, and `client-refused` if the provider needs a client.
 */
export type ExchangeSubjectToken = (actor: Actor, exchange: {
  readonly subjectToken: string; readonly providerId?: string; readonly clientId?: string; readonly host: string;
}) => Promise<SignedToken>;

/**
 * Creates the token exchange of RFC 8693. A client that sends credentials must send the right ones.
 *
 * Throws `client-refused`, `oauth-request-malformed`, `too-many-requests`, `token-exchange-malformed`, `token-target-unknown`,
 * `scope-unknown`, `subject-token-refused`.
 */
export function createTokenExchange(
  { authenticateClient, exchange }: { readonly authenticateClient: AuthenticateClient; readonly exchange: ExchangeSubjectToken },
): (request: RequestFacts, fields: ExchangeFields) => Promise<SignedToken> {
  return async (request, fields) => {
    const { client_id: id, client_secret: secret, provider_id: providerId } = fields;
    const sendsClient = request.authorization() !== null || id !== undefined || secret !== undefined;
    // First, as for the other grant: what else is wrong is for those who may exchange.
    const authenticated = sendsClient ? await authenticateClient(request, fields) : null;
    const subjectToken = requireSubjectToken(fields);
    return exchange(authenticated?.actor ?? actorOf({ callerOrNull: null, request }), {
      subjectToken, host: request.host, ...(providerId !== undefined && { providerId }),
      ...(authenticated && { clientId: authenticated.client._id }),
    });
  };
}

function requireSubjectToken(fields: ExchangeFields): string {
  const { subject_token: token, subject_token_type: type, requested_token_type: requested = accessTokenType } = fields;
  if (fields.scope !== undefined) throw new AppError('scope-unknown');
  if (fields.audience !== undefined || fields.resource !== undefined) throw new AppError('token-target-unknown');
  const hasActor = fields.actor_token !== undefined || fields.actor_token_type !== undefined;
  if (token === undefined || type !== subjectTokenType || requested !== accessTokenType || hasActor) {
    throw new AppError('token-exchange-malformed');
  }
  return token;
}
