import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { cacheLimit } from '../../../platform/cache/cache-limit.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import { loginToClaims } from '../../../tokens/access-claims.ts';
import type { SessionClaims } from '../../grants/right-set.types.ts';
import type { Session } from '../../sessions/session.model.ts';
import type { AssertedProof } from '../oidc/claims/login-proof.ts';
import type { TokenSessions } from './open-token-session.ts';
import type { ReadToken, ReadTokenResult } from './read-token.ts';
import { refusalOf } from './refuse.ts';
import type { TokenProviders } from './token-providers.ts';

/** Why the gate refuses a token of a provider. */
export type DirectRefusal = 'token-invalid' | 'token-expired' | 'token-not-yet-valid' | 'session-ended' | 'user-disabled';

export type DirectVerdict = { readonly ok: true; readonly claims: SessionClaims } | { readonly ok: false; readonly code: DirectRefusal };

/** Where a token was sent from and to. */
export interface TokenRequest extends Pick<Actor, 'ip' | 'userAgent' | 'requestId'> {
  readonly host: string;
}

/** The access tokens of providers that the gate accepts itself. */
export interface DirectTokens {
  /** The session of a token that this node accepted at this host before. */
  recall(token: string, host: string): SessionClaims | undefined;
  /**
   * Verifies a token that is not one of Gatehouse. Its first use opens a session.
   *
   * Null if no provider with `direct` of the tenant of this host may have issued it.
   */
  accept(token: string, request: TokenRequest): Promise<DirectVerdict | null>;
}

export interface DirectTokenDeps {
  readonly providers: Pick<TokenProviders, 'findFor'>;
  readonly readToken: ReadToken;
  readonly tokenSessions: Pick<TokenSessions, 'ofToken'>;
  /** The tenant of a host, from memory where it can be: anybody can send tokens that count nowhere. */
  readonly tenantOf: (host: string) => Promise<string>;
  /** Whether a tenant is active and takes logins of providers, and this host is not that of another one. */
  readonly isOpen: (tenantId: string, host: string) => Promise<boolean>;
  /** ms since 1970 */
  readonly clock: () => number;
}

interface Accepted {
  readonly token: string;
  readonly host: string;
  readonly claims: SessionClaims;
  readonly until: number;
}

interface Refused {
  readonly code: DirectRefusal;
  readonly until: number;
}

const maxRemembered = 50_000;
const maxRefused = 10_000;

/** How long a person who does not get in is not asked about again, in ms: each question is a transaction. */
const pause = 5_000;

/** A token is found by the end of its signature, and then compared as a whole. */
const tailOf = (token: string): string => token.slice(-32);

/** Creates the acceptance of tokens of providers. A token counts in the tenant of the host that it is sent to. */
export function createDirectTokens({ providers, readToken, tokenSessions, tenantOf, isOpen, clock }: DirectTokenDeps): DirectTokens {
  const remembered = new LRUCache<string, Accepted>(cacheLimit(maxRemembered));
  const refused = new LRUCache<string, Refused>(cacheLimit(maxRefused));
  const running = new Map<string, Promise<DirectVerdict | null>>();

  async function open(token: string, { host, ...origin }: TokenRequest): Promise<DirectVerdict | null> {
    const provider = await providers.findFor(await tenantOf(host), token, 'direct');
    if (!provider) return null;
    const accepted = await readToken(provider, token);
    if (!accepted.ok) return { ok: false, code: refusalFor(accepted) };
    if (!await isOpen(provider.tenantId, host)) return null;
    const actor: Actor = { ...origin, tenantId: provider.tenantId, userId: null, sessionId: null };
    try {
      const { session } = await tokenSessions.ofToken(actor, { provider, token, accepted, kind: 'direct' });
      const claims = claimsOf(session, accepted.proof);
      remembered.set(tailOf(token), { token, host, claims, until: session.expiresAt.getTime() });
      return { ok: true, claims };
    } catch (error) {
      const code = refusalOf(error);
      if (code === null) throw error;
      const known = code === 'session-ended' || code === 'user-disabled' ? code : 'token-invalid';
      refused.set(keyOf(token, host), { code: known, until: clock() + pause });
      return { ok: false, code: known };
    }
  }

  return {
    recall(token, host) {
      const known = remembered.get(tailOf(token));
      return known?.token === token && known.host === host && clock() < known.until ? known.claims : undefined;
    },
    async accept(token, request) {
      const key = keyOf(token, request.host);
      const known = refused.get(key);
      if (known && clock() < known.until) return { ok: false, code: known.code };
      // Requests with the same token at once share the first use.
      const opening = running.get(key) ?? open(token, request).finally(() => running.delete(key));
      running.set(key, opening);
      return opening;
    },
  };
}

const keyOf = (token: string, host: string) => createHash('sha256').update(JSON.stringify([host, token])).digest('base64');

/** The login is the one that the token proves, at every node: a later proof of the session does not make the token recent. */
function claimsOf({ userId, _id, tenantId }: Session, { amr, level, at }: AssertedProof): SessionClaims {
  return { sub: userId, sid: _id, tenant: tenantId, ...loginToClaims({ amr, level, at: at.getTime() }) };
}

function refusalFor({ steps }: ReadTokenResult): DirectRefusal {
  const failed = steps.find(({ ok }) => !ok)?.step;
  if (failed === 'exp') return 'token-expired';
  return failed === 'nbf' ? 'token-not-yet-valid' : 'token-invalid';
}
