import type { Request } from 'express';
import type { Access } from '../access/access.ts';
import type { Caller } from '../access/caller.ts';
import { AppError } from '../errors.ts';
import type { Gate } from './gate.ts';

/**
 * Says who is calling, once what a request brings has come in: the gate decided when only its head was there.
 *
 * Rejects with what the gate refuses with, where it no longer lets the request through.
 */
export type Confirm = (request: Request, caller: Caller | null) => Caller | null | Promise<Caller>;

export interface ConfirmDeps {
  readonly gate: Gate;
  /** Whether what is known of a caller still counts: nothing about them has changed. */
  readonly isCurrent: (caller: Caller) => boolean;
  readonly accessOf: (caller: Caller, request: Request) => Access;
  readonly onRefused: (request: Request, error: AppError, caller: Caller) => void;
}

/**
 * Makes what decides a second time, where something has changed while a body was on its way.
 *
 * Else whoever sends a head and holds back the body could still write by rights that were taken from them meanwhile.
 * A request without a body was decided when it had come in as a whole.
 */
export function createConfirm({ gate, isCurrent, accessOf, onRefused }: ConfirmDeps): Confirm {
  async function decideAgain(request: Request, caller: Caller): Promise<Caller> {
    const verdict = await gate(request, request.originalUrl);
    if (verdict.kind === 'pass' && verdict.caller) {
      request.access = accessOf(verdict.caller, request);
      return verdict.caller;
    }
    const error = verdict.kind === 'refused' ? verdict.error : new AppError('grant-mismatch');
    onRefused(request, error, caller);
    throw error;
  }

  return (request, caller) => (caller === null || !bringsBody(request) || isCurrent(caller) ? caller : decideAgain(request, caller));
}

/** RFC 9112 section 6: these headers, and nothing else, say that a body follows. */
function bringsBody({ headers }: Request): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}
