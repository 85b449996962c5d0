import type { Actor } from '../../../platform/changes/change.service.ts';
import { AppError } from '../../../errors/errors.ts';
import type { ErrorCode } from '../../../errors/table.ts';
import { sourceOf } from '../../../http/request/client-ip.ts';
import type { RequestFacts } from '../../../http/route/define-route.ts';
import type { BeginTry } from '../../../platform/limits/login-backoff.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { SessionPrincipal } from '../../grants/grants.types.ts';
import type { TenantState } from '../../tenants/tenant.store.ts';
import { readClientCredentials } from './client-credentials.ts';
import type { ClientFields } from './client-credentials.ts';

export interface AuthenticatedClient {
  readonly client: SessionPrincipal;
  readonly secretHash: string;
  /** The client as the actor of changes. */
  readonly actor: Actor;
}

/** Checks id and secret of a client. Throws `client-refused`, `oauth-request-malformed`, `too-many-requests`. */
export type AuthenticateClient = (request: RequestFacts, fields: ClientFields) => Promise<AuthenticatedClient>;

export interface AuthenticateClientDeps {
  readonly findClient: (
    tenantId: string, clientId: string,
  ) => Promise<{ readonly client: SessionPrincipal; readonly secretHash: string } | null>;
  readonly tenantOfClient: (clientId: string) => string | null;
  readonly isClientSecret: (secret: string, hash: string | undefined) => boolean;
  readonly readTenant: (tenantId: string) => Promise<Pick<TenantState, 'status'> | null>;
  /** Whether a host is not that of another tenant. */
  readonly serves: (host: string, tenantId: string) => Promise<boolean>;
  /** Throws `too-many-requests` for a blocked source. Call the returned function to count a failure. */
  readonly tryOf: (source: string) => BeginTry;
  /** Records a client that was refused. */
  readonly noteFailure: (actor: Actor, code: ErrorCode, url: string) => void;
}

/** The codes that the audit trail records. Other errors are faults of the request's form or of the server. */
const recorded: ReadonlySet<ErrorCode> = new Set(['client-refused', 'too-many-requests']);

/** The id of a tenant that does not exist, for texts that are no client id. */
const nobodysTenantId = 'none';

/**
 * Creates the check of id and secret of a client.
 *
 * An unknown id, a wrong secret, a disabled client, a suspended tenant and the host of another tenant are all answered with the
 * same `client-refused`. They take the same database calls and the same comparison, so the time tells nothing either. Only
 * failures count against a source, because many services may share an address, and nobody can guess 256 bits.
 */
export function createAuthenticateClient(deps: AuthenticateClientDeps): AuthenticateClient {
  const { findClient, tenantOfClient, isClientSecret, readTenant, serves, tryOf, noteFailure } = deps;

  return async ({ ip, host, userAgent, requestId, url, authorization }, fields) => {
    let actor: Actor = { tenantId: defaultTenantId, userId: null, sessionId: null, ip, userAgent, requestId };
    try {
      const { clientId, secret } = readClientCredentials(authorization(), fields);
      const tenantId = tenantOfClient(clientId) ?? nobodysTenantId;
      const countFailure = tryOf(sourceOf(ip));
      const [found, tenant, isServed] = await Promise.all([findClient(tenantId, clientId), readTenant(tenantId), serves(host, tenantId)]);
      if (found) actor = { ...actor, tenantId, userId: clientId };
      const isRight = isClientSecret(secret, found?.secretHash);
      if (found?.client.isActive && isRight && isServed && tenant?.status === 'active') return { ...found, actor };
      await countFailure();
      throw new AppError('client-refused');
    } catch (error) {
      if (error instanceof AppError && recorded.has(error.code)) noteFailure(actor, error.code, url);
      throw error;
    }
  };
}
