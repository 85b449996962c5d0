import { AppError } from '../../../errors/errors.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import type { SignedToken } from '../../../tokens/access-token.ts';
import type { SessionService } from '../../sessions/session.types.ts';
import { tenantOfProvider } from '../providers/usable-providers.ts';
import type { BearerProvider } from './bearer-provider.ts';
import type { TokenSessions, TokenUse } from './open-token-session.ts';
import type { ReadToken } from './read-token.ts';
import { refusalOf, userStep } from './refuse.ts';
import type { NoteRefused, Refused } from './refuse.ts';
import type { TokenProviders } from './token-providers.ts';

export interface TokenExchange {
  readonly subjectToken: string;
  /** Needed without a client, and where several providers of the tenant fit the token. */
  readonly providerId?: string;
  /** The client that authenticated; absent if the request names none. */
  readonly clientId?: string;
  /** The host of the request. */
  readonly host: string;
}

/**
 * Exchanges an access token of a provider for one of Gatehouse (RFC 8693). The same token of the same client opens one session.
 *
 * `actor` is the client; without one, its tenant does not count. Throws `subject-token-refused`, and `client-refused` if a provider
 * without `publicClients` is asked without a client.
 */
export type ExchangeToken = (actor: Actor, exchange: TokenExchange) => Promise<SignedToken>;

export interface ExchangeTokenDeps {
  readonly providers: TokenProviders;
  readonly readToken: ReadToken;
  readonly tokenSessions: Pick<TokenSessions, 'ofToken'>;
  readonly reissue: SessionService['reissue'];
  /** Whether a tenant is active and takes logins of providers, and this host is not that of another one. */
  readonly isOpen: (tenantId: string, host: string) => Promise<boolean>;
  readonly noteRefused: NoteRefused;
}

/** Creates the exchange of tokens. */
export function createExchangeToken(
  { providers, readToken, tokenSessions, reissue, isOpen, noteRefused }: ExchangeTokenDeps,
): ExchangeToken {
  async function findProvider({ tenantId }: Actor, { subjectToken, providerId, clientId, host }: TokenExchange) {
    if (clientId !== undefined) {
      if (!await isOpen(tenantId, host)) return null;
      return providerId === undefined ? providers.findFor(tenantId, subjectToken, 'exchange') : providers.find(tenantId, providerId);
    }
    const named = providerId === undefined ? null : tenantOfProvider(providerId);
    const found = named !== null && await isOpen(named, host) ? await providers.find(named, providerId ?? '') : null;
    // The same answer as for a wrong client, so that nobody learns which providers there are.
    if (found?.configuration.bearer.publicClients !== true) throw new AppError('client-refused');
    return found;
  }

  async function access(actor: Actor, use: TokenUse): Promise<SignedToken> {
    const opened = await tokenSessions.ofToken(actor, use);
    return opened.access ?? (await reissue(opened.session)).access;
  }

  return async (by, exchange) => {
    const { subjectToken: token, clientId } = exchange;
    const refuse = async (actor: Actor, provider: BearerProvider | null, refused: Pick<Refused, 'steps'> & Partial<Refused>) => (
      new AppError('subject-token-refused', await noteRefused(actor, {
        code: 'subject-token-refused', providerId: provider?._id, secrets: [token], ...refused,
      })));

    const provider = await findProvider(by, exchange);
    if (!provider) throw await refuse(by, null, { steps: [] });
    const actor = { ...by, tenantId: provider.tenantId };
    const accepted = await readToken(provider, token);
    if (!accepted.ok) throw await refuse(actor, provider, { steps: accepted.steps });
    try {
      return await access(actor, { provider, token, accepted, kind: 'exchange', ...(clientId !== undefined && { clientId }) });
    } catch (error) {
      const code = refusalOf(error);
      if (code === null) throw error;
      throw await refuse(actor, provider, { steps: [...accepted.steps, userStep(code)], code });
    }
  };
}
