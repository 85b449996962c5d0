import type { RequestHandler } from 'express';
import type { Access } from '../../engine/access.ts';
import type { PermissionTemplate } from '../../engine/policies/permission-template.ts';
import { AppError } from '../../errors/errors.ts';
import { sendProblem } from '../../http/response/error-handler.ts';
import { absenceOf } from './missing-access.ts';

/** What a guard asks for. */
export interface GuardAsks {
  /** All of them must be held; their parameters are those of the route. */
  readonly permissions: readonly PermissionTemplate[];
  /** Role types. */
  readonly roles: readonly string[];
  /** An explicit mark that the route asks for nothing. */
  readonly isPublic: boolean;
}

/** Why somebody may not pass, with the code and the `required` of the gate's own 403; null: they may. */
export type GuardRefusal = AppError | null;

const asked = new WeakMap<object, GuardAsks>();

/**
 * Makes a middleware that lets a request pass or answers it as the gate would.
 *
 * It answers by itself, because an error that is handed on could be waved through by somebody's error handler.
 */
export function createGuard(asks: Partial<GuardAsks>, refusalOf: (access: Access, params: Readonly<Record<string, unknown>>) => GuardRefusal): RequestHandler {
  const guard: RequestHandler = (request, response, next) => {
    const { access } = request;
    if (!access) {
      sendProblem(request, response, absenceOf(request));
      return;
    }
    const refusal = refusalOf(access, request.params);
    if (!refusal) {
      next();
      return;
    }
    access.noteRefusal?.(refusal);
    sendProblem(request, response, refusal);
  };
  return markGuard(guard, asks);
}

/** Marks a handler as a guard. */
export function markGuard(handler: RequestHandler, asks: Partial<GuardAsks>): RequestHandler {
  asked.set(handler, { permissions: [], roles: [], isPublic: false, ...asks });
  return handler;
}

/** What a handler asks for, such as that of a layer of Express's router, if it is a guard. */
export function guardOf(handler: unknown): GuardAsks | undefined {
  return typeof handler === 'function' ? asked.get(handler) : undefined;
}

/** Tells guards, and the explicit mark of public routes, from other handlers. */
export function isGuard(handler: unknown): boolean {
  return guardOf(handler) !== undefined;
}

/** Throws a refusal, and `token-missing` where nobody is calling. */
export function assertNoRefusal(access: Access | undefined, refusalOf: (access: Access) => GuardRefusal): void {
  const refusal = access ? refusalOf(access) : new AppError('token-missing');
  if (refusal) throw refusal;
}
