import type { Caller } from '../../engine/caller.ts';
import type { RequestFacts } from '../../http/route/define-route.ts';
import { defaultTenantId } from '../database/tenancy/tenant-scope.ts';
import type { Actor } from './change.service.ts';

/** The actor of a request, or of a call from the code of a host. Before a login, the actor has no userId and belongs to `tenantId`. */
export function actorOf(
  { callerOrNull, request }: { readonly callerOrNull: Caller | null; readonly request: RequestFacts }, tenantId = defaultTenantId,
): Actor {
  const { via, requireAllowed } = request;
  return {
    tenantId: callerOrNull?.tenantId ?? tenantId,
    ...(callerOrNull?.homeTenantId !== undefined && { homeTenantId: callerOrNull.homeTenantId }),
    userId: callerOrNull?.userId ?? null,
    ...(requireAllowed && { requireAllowed }),
    ...(via ? { sessionId: null, ip: null, userAgent: null, requestId: null, via } : {
      sessionId: callerOrNull?.sessionId ?? null, ip: request.ip, userAgent: request.userAgent, requestId: request.requestId,
    }),
  };
}

/** The server itself as an actor, for example at the start. */
export function systemActor(tenantId: string): Actor {
  return { tenantId, userId: null, sessionId: null, ip: null, userAgent: null, requestId: null };
}
