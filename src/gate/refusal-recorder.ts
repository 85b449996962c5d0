import type { RefusedRequest } from './refuse.ts';
import { AppError } from '../errors/errors.ts';
import { errorTable } from '../errors/table.ts';
import type { ErrorCode } from '../errors/table.ts';
import type { RouteDefinition } from '../http/route/define-route.ts';
import { defaultTenantId } from '../platform/database/tenancy/tenant-scope.ts';

/** The refused caller, and the action that the audit record names. */
interface RefusalFacts {
  readonly action: string;
  readonly tenantId: string;
  readonly userId: string | null;
  readonly sessionId: string | null;
}

export interface RecordRefusalsDeps {
  readonly refusals: { note(refusal: Omit<RefusedRequest, 'caller'> & RefusalFacts): void };
  /** Called for each refusal behind the gate. */
  readonly countHandlerRefusal: (code: ErrorCode) => void;
}

export interface RecordRefusals {
  /** Records a refusal by the gate. */
  noteAtGate(refusal: RefusedRequest): void;
  /** Counts and records a refusal by a guard or a handler. */
  noteBehindGate(refusal: RefusedRequest): void;
  /** Records a refusal by a handler like a refusal by the gate. */
  withRecord(route: RouteDefinition): RouteDefinition;
}

/** Errors of a handler that are recorded as refusals: these statuses, and the codes of invalid secret links. */
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
