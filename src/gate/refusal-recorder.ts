import type { RefusedRequest } from './refuse.ts';
import { AppError, errorTable } from '../errors/errors.ts';
import type { ErrorCode } from '../errors/errors.ts';
import type { RouteDefinition } from '../http/route/define-route.ts';
import { defaultTenantId } from '../platform/database/tenancy/tenant-scope.ts';

/** Who was refused, and what that is called in the audit trail. */
interface RefusalFacts {
  readonly action: string;
  readonly tenantId: string;
  readonly userId: string | null;
  readonly sessionId: string | null;
}

export interface RecordRefusalsDeps {
  readonly refusals: { note(refusal: Omit<RefusedRequest, 'caller'> & RefusalFacts): void };
  /** Told of what is refused behind the gate. */
  readonly countHandlerRefusal: (code: ErrorCode) => void;
}

export interface RecordRefusals {
  /** Records what the gate refused. */
  noteAtGate(refusal: RefusedRequest): void;
  /** Counts and records what a guard or a handler refused. */
  noteBehindGate(refusal: RefusedRequest): void;
  /** Records a refusal by a handler like a refusal by the gate. */
  withRecord(route: RouteDefinition): RouteDefinition;
}

/** Of a handler: statuses of what it forbids its caller, and codes of secrets that were none. */
const recorded = { statuses: new Set<number>([401, 403, 429]), codes: new Set<ErrorCode>(['set-up-link-invalid', 'link-invalid']) };

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && (recorded.statuses.has(errorTable[error.code].status) || recorded.codes.has(error.code));
}

/** Creates the functions that record refused requests in the audit trail. */
export function createRecordRefusals({ refusals, countHandlerRefusal }: RecordRefusalsDeps): RecordRefusals {
  function noteAtGate({ code, caller, ip, userAgent, requestId, method, url }: RefusedRequest): void {
    refusals.note({
      code, ip, userAgent, requestId, method, url,
      action: 'request', tenantId: caller?.tenantId ?? defaultTenantId, userId: caller?.userId ?? null,
      sessionId: caller?.sessionId ?? null,
    });
  }

  function noteBehindGate(refusal: RefusedRequest): void {
    countHandlerRefusal(refusal.code);
    noteAtGate(refusal);
  }

  return {
    noteAtGate, noteBehindGate,
    withRecord: (route) => ({
      ...route,
      async run(raw, caller, facts, setHeader) {
        try {
          return await route.run(raw, caller, facts, setHeader);
        } catch (error) {
          if (!route.recordsRefusals && isRefusal(error)) noteBehindGate({ ...facts, code: error.code, caller });
          throw error;
        }
      },
    }),
  };
}
