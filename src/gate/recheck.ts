import type { Request } from 'express';
import type { Access } from '../engine/access.ts';
import type { Caller } from '../engine/caller.ts';
import { AppError, errorTable } from '../errors/errors.ts';
import type { Gate } from './gate.ts';
import type { RoutePasses } from './route-pass.ts';

/**
 * Says who is calling, once what a request brings has come in: the gate decided when only its head was there.
 *
 * Rejects with what the gate refuses with, where it no longer lets the request through.
 */
export type Recheck = (request: Request, caller: Caller | null) => Caller | null | Promise<Caller>;

export interface RecheckDeps {
  readonly gate: Gate;
  /** What the gate decided about at first, whatever a host has made of the request since. */
  readonly decidedOf: RoutePasses['decidedOf'];
  /** Whether what is known of a caller still counts: nothing about them has changed. */
  readonly isCurrent: (caller: Caller) => boolean;
  readonly accessOf: (caller: Caller, request: Request) => Access;
  readonly onRefused: (request: Request, error: AppError, caller: Caller) => void;
}

/**
 * Creates the second decision about a request whose caller has changed while its body was sent. `gate` does not count the request.
 *
 * Otherwise a client that sends a head and delays the body could use rights that were removed meanwhile.
 * Where nothing of a body has been read, nobody has waited for one.
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
    // What the server cannot do now is no refusal of the caller.
    if (errorTable[error.code].status < 500) onRefused(request, error, caller);
    throw error;
  }

  return (request, caller) => (caller === null || !isReadFrom(request) || isCurrent(caller) ? caller : decideAgain(request, caller));
}

/** Whether somebody has read from it, if only that a body of chunks has none. */
function isReadFrom({ readableDidRead, readableEnded }: Request): boolean {
  return readableDidRead || readableEnded;
}
