import type { Caller } from '../../engine/caller.ts';
import type { RequestFacts } from '../../http/route/define-route.ts';
import { defaultTenantId } from '../database/tenancy/tenant-scope.ts';
import type { Actor } from './change.service.ts';

/** On whose behalf a request changes something; before login that is nobody yet, in the default tenant. */
export function actorOf(
  { callerOrNull, request }: { readonly callerOrNull: Caller | null; readonly request: RequestFacts }, tenantId = defaultTenantId,
): Actor {
  return {
    tenantId: callerOrNull?.tenantId ?? tenantId,
    ...(callerOrNull?.homeTenantId !== undefined && { homeTenantId: callerOrNull.homeTenantId }),
    userId: callerOrNull?.userId ?? null,
    sessionId: callerOrNull?.sessionId ?? null,
    ip: request.ip,
    userAgent: request.userAgent,
    requestId: request.requestId,
  };
}

/** The server itself, as it acts at start. */
export function systemActor(tenantId: string): Actor {
  return { tenantId, userId: null, sessionId: null, ip: null, userAgent: null, requestId: null };
}
