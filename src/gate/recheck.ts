import type { Request } from 'express';
import type { Access } from '../engine/access.ts';
import type { Caller } from '../engine/caller.ts';
import { AppError } from '../errors/errors.ts';
import { errorTable } from '../errors/table.ts';
import type { Gate } from './gate.ts';
import type { RoutePasses } from './route-pass.ts';

/**
 * Answers the current caller after the body of a request has arrived. The gate decided when only the head was there.
 *
 * Rejects with the error of the gate if the gate would now refuse the request.
 */
export type Recheck = (request: Request, caller: Caller | null) => Caller | null | Promise<Caller>;

export interface RecheckDeps {
  readonly gate: Gate;
  /** The method and the target that the gate decided about, even if a host has changed the request since. */
  readonly decidedOf: RoutePasses['decidedOf'];
  /** Whether the cached data of a caller is still valid. */
  readonly isCurrent: (caller: Caller) => boolean;
  readonly accessOf: (caller: Caller, request: Request) => Access;
  readonly onRefused: (request: Request, error: AppError, caller: Caller) => void;
}

/**
 * Creates the second decision, for a request whose caller has changed while its body was sent. `gate` must not count the request.
 *
 * Without it, a client that sends a head and delays the body could use rights that were removed in the meantime.
 * A request of which no body was read has not waited, so it needs no second decision.
 */
export function createRecheck({ gate, decidedOf, isCurrent, accessOf, onRefused }: RecheckDeps): Recheck {
  async function decideAgain(request: Request, caller: Caller): Promise<Caller> {
    const decided = decidedOf(request);
    if (!decided) throw new AppError('route-mismatch');
    const verdict = await gate(request, decided.target, decided.method);
    if (verdict.kind === 'pass' && verdict.endpoint === decided.endpoint && verdict.caller?.sessionId === caller.sessionId) {
      request.access = accessOf(verdict.caller, request);
      return verdict.caller;
    }
    const error = verdict.kind === 'refused' ? verdict.error : new AppError('route-mismatch');
    // A failure of the server is no refusal of the caller, so it is not recorded as one.
    if (errorTable[error.code].status < 500) onRefused(request, error, caller);
    throw error;
  }

  return (request, caller) => (caller === null || !isReadFrom(request) || isCurrent(caller) ? caller : decideAgain(request, caller));
}

/** Whether the body was read, even if it was empty. */
function isReadFrom({ readableDidRead, readableEnded }: Request): boolean {
  return readableDidRead || readableEnded;
}
