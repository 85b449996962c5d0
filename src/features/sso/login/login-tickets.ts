import type { Caller } from '../../../engine/caller.ts';
import { AppError } from '../../../errors/errors.ts';
import type { Actor, ChangeService } from '../../../platform/changes/change.service.ts';
import type { OneTimeTokens } from '../../links/one-time-token.types.ts';
import { parseOneTimeToken } from '../../../tokens/one-time-token.ts';
import type { IdentityStore } from '../../identities/identity.store.ts';
import type { LoginReturn } from '../../sessions/login/login-return.shape.ts';
import type { SessionService } from '../../sessions/session.types.ts';
import type { LoginProviders } from './login-ports.types.ts';
import { asOidc, tenantIdOf } from './oidc-provider.ts';

/** A login that a logged-in user has ordered. */
export interface TicketedLogin extends LoginReturn {
  readonly kind: 'link' | 'confirm';
  readonly tenantId: string;
  readonly userId: string;
  readonly providerId: string;
}

/**
 * Orders logins for logged-in users. A browser sends no bearer token with a redirect, so the address of the login has a ticket.
 *
 * A ticket works once, for 5 minutes. A stolen one is of no use: the code of its login counts for the user alone who ordered it.
 */
export interface LoginTickets {
  /** The address that links a person at a provider to the caller. Throws `provider-not-found`, `provider-inactive`. */
  orderLink(actor: Actor, caller: Caller, providerId: string, back: LoginReturn): Promise<string>;
  /** The address that proves the caller's identity again. Throws `identity-not-found` if no active provider knows the caller. */
  orderConfirmation(actor: Actor, caller: Caller, back: LoginReturn): Promise<string>;
  /** Uses up a ticket. Null if it is wrong, was used, or is too old. */
  take(anyone: Actor, ticket: string): Promise<TicketedLogin | null>;
}

export interface LoginTicketDeps {
  readonly tokens: Pick<OneTimeTokens, 'replace' | 'take'>;
  readonly changes: Pick<ChangeService, 'transact'>;
  readonly providers: LoginProviders;
  readonly identities: Pick<IdentityStore, 'listOf'>;
  readonly findSession: SessionService['find'];
  /** Throws `return-url-not-allowed` unless the URL is exactly one of the list of the tenant. */
  readonly requireReturnUrl: (tenantId: string, url: string) => Promise<void>;
  /** PUBLIC_URL: an origin. */
  readonly publicUrl: string;
  readonly clock: () => number;
}

/** How long a ticket works, in ms. */
const lifetime = 300_000;

const kinds = { 'link-identity': 'link', 'confirm-identity': 'confirm' } as const;

/** Creates the service of tickets. */
export function createLoginTickets(
  { tokens, changes, providers, identities, findSession, requireReturnUrl, publicUrl, clock }: LoginTicketDeps,
): LoginTickets {
  async function order(
    actor: Actor, { userId }: Caller, kind: keyof typeof kinds, providerId: string, { returnTo, ...login }: LoginReturn,
  ): Promise<string> {
    await requireReturnUrl(actor.tenantId, returnTo);
    const ticket = await changes.transact(actor, (tx) => tokens.replace(tx, {
      kind, userId, returnTo, login: { ...login, providerId }, expiresAt: new Date(clock() + lifetime),
    }));
    return `${publicUrl}/sso/start?ticket=${ticket}`;
  }

  async function isActive(providerId: string): Promise<boolean> {
    return asOidc(await providers.find(providerId))?.status === 'active';
  }

  /** The provider of the session, or another one that knows the user. */
  async function providerOf({ tenantId, userId, sessionId }: Caller): Promise<string> {
    const { auth } = await findSession(tenantId, sessionId);
    const linked = (await identities.listOf(tenantId, userId)).filter(({ disabledHere }) => disabledHere !== true);
    const known = linked.map(({ providerId }) => providerId).sort((one, other) => (
      Number(other === auth?.providerId) - Number(one === auth?.providerId)));
    for (const providerId of known) if (await isActive(providerId)) return providerId;
    throw new AppError('identity-not-found');
  }

  return {
    async orderLink(actor, caller, providerId, back) {
      const provider = tenantIdOf(providerId) === caller.tenantId ? asOidc(await providers.find(providerId)) : null;
      if (!provider) throw new AppError('provider-not-found');
      if (provider.status !== 'active') throw new AppError('provider-inactive');
      return order(actor, caller, 'link-identity', providerId, back);
    },
    orderConfirmation: async (actor, caller, back) => order(actor, caller, 'confirm-identity', await providerOf(caller), back),
    async take(anyone, ticket) {
      const tenantId = parseOneTimeToken(ticket);
      if (tenantId === null) return null;
      const names = Object.keys(kinds) as (keyof typeof kinds)[]; // its own keys
      const found = await changes.transact({ ...anyone, tenantId }, (tx) => tokens.take(tx, names, ticket, new Date(clock())));
      if (found?.login === undefined || found.returnTo === undefined) return null;
      const { kind, userId, returnTo, login } = found;
      return { ...login, kind: kinds[kind as keyof typeof kinds], tenantId, userId, returnTo }; // only these kinds were looked for
    },
  };
}
