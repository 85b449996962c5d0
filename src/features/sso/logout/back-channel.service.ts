import { randomBytes } from 'node:crypto';
import { AppError } from '../../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { isDuplicate } from '../../../platform/database/queries/duplicate.ts';
import type { PersonReading } from '../../identities/identity.types.ts';
import type { IdentityStore } from '../../identities/identity.store.ts';
import type { OpenedBy, SessionStore } from '../../sessions/session.store.ts';
import type { CheckedStep } from '../checks.ts';
import type { LoginCodeStore } from '../login/codes/login-code.store.ts';
import type { LoginProviders, LoginTraceWriter, OidcProvider } from '../login/login-ports.types.ts';
import { asOidc, tenantIdOf } from '../login/oidc-provider.ts';
import { verifyLogoutToken } from '../oidc/logout-token.ts';
import type { LogoutOrder } from '../oidc/logout-token.ts';
import { algorithmsOf } from '../oidc/oidc-client.ts';
import type { OidcConnections } from '../oidc/oidc-connections.ts';
import { realmOf } from '../realm.ts';
import type { SeenAssertionStore } from './seen-assertion.store.ts';

export interface BackChannelDeps {
  readonly providers: LoginProviders;
  readonly connections: OidcConnections;
  readonly sessions: Pick<SessionStore, 'endOpenedBy'>;
  readonly codes: Pick<LoginCodeStore, 'dropProvedBy'>;
  readonly identities: Pick<IdentityStore, 'find'>;
  readonly reading: PersonReading;
  readonly seen: SeenAssertionStore;
  readonly changes: Pick<ChangeService, 'transact'>;
  readonly traces: LoginTraceWriter;
  /** Whether a refused token may still be traced: anybody can send them without an end. */
  readonly mayTrace: (actor: Actor) => Promise<boolean>;
  readonly clock: () => number;
}

/**
 * Ends what a provider says is over (OpenID Connect Back-Channel Logout 1.0): one session, or all sessions of one person at this provider.
 * A login that has its code, and no session yet, ends too.
 *
 * Throws `logout-token-invalid`, `provider-unreachable`.
 */
export type LogOutByToken = (anyone: Actor, providerId: string, token: string) => Promise<void>;

/** How long the name of a used token is kept, in ms: longer than any token counts. */
const kept = 600_000;

/** Creates the back-channel logout. */
export function createLogOutByToken(deps: BackChannelDeps): LogOutByToken {
  const { providers, connections, sessions, codes, identities, reading, seen, changes, traces, mayTrace, clock } = deps;

  async function refuse(actor: Actor, providerId: string, steps: readonly CheckedStep[]): Promise<never> {
    const code = 'logout-token-invalid';
    const reference = randomBytes(16).toString('base64url');
    if (await mayTrace(actor)) await traces.write(
      { reference, tenantId: actor.tenantId, providerId, at: new Date(clock()), result: 'failed', code, steps },
    );
    throw new AppError(code, { reference });
  }

  /** What the token ends; null if this provider knows no such person here. Throws for a person whom the mapping cannot find. */
  async function endedBy(tx: ChangeTransaction, provider: OidcProvider, { sid, sub }: LogoutOrder): Promise<OpenedBy | null> {
    const { _id: providerId, configuration: { issuer } } = provider;
    if (sid !== undefined) return { providerId, external: sid };
    const mapping = reading.mappingOf(provider);
    const subject = reading.subjectIn(mapping, { sub });
    if (subject === undefined) throw new AppError('logout-token-invalid');
    const identity = await identities.find(tx, { providerId, realm: realmOf(issuer, mapping['subject']), subject });
    return identity && { providerId, identityId: identity._id };
  }

  async function end(actor: Actor, provider: OidcProvider, order: LogoutOrder): Promise<void> {
    await changes.transact(actor, async (tx) => {
      await seen.add(tx, { providerId: provider._id, name: order.jti, expiresAt: new Date(clock() + kept) });
      const opened = await endedBy(tx, provider, order);
      if (!opened) return;
      await codes.dropProvedBy(tx, opened);
      for (const { _id, userId } of await sessions.endOpenedBy(tx, opened)) {
        tx.record({ action: 'session.logout', target: { kind: 'session', id: _id }, users: [userId], after: { provider: provider._id } });
      }
    });
  }

  return async (anyone, providerId, token) => {
    const tenantId = tenantIdOf(providerId);
    const provider = tenantId === null ? null : asOidc(await providers.find(providerId));
    if (tenantId === null || !provider) throw new AppError('logout-token-invalid');
    const actor = { ...anyone, tenantId };
    const connected = await connections.connect(provider);
    if (!connected.ok) throw new AppError('provider-unreachable');
    const { configuration, configuration: { issuer, clientId } } = provider;
    const verdict = await verifyLogoutToken(token, {
      issuer, audience: clientId, algorithms: algorithmsOf(configuration), keys: connected.connection.keys, now: clock() / 1_000,
    });
    if (!verdict.ok) return refuse(actor, providerId, verdict.steps);
    try {
      await end(actor, provider, verdict.order);
    } catch (error) {
      const step = stepOf(error);
      if (!step) throw error;
      await refuse(actor, providerId, [...verdict.steps, step]);
    }
  };
}

function stepOf(error: unknown): CheckedStep | undefined {
  if (isDuplicate(error)) return { step: 'once', ok: false, expected: 'a new token', received: 'one that was used' };
  const isUnfindable = error instanceof AppError && error.code === 'logout-token-invalid';
  const expected = 'sid: the mapping takes the subject from another claim than sub';
  return isUnfindable ? { step: 'subject', ok: false, expected } : undefined;
}
