import type { RequestHandler } from 'express';
import type { Access } from '../../engine/access.ts';
import type { PermissionTemplate } from '../../engine/policies/permission-template.ts';
import { AppError } from '../../errors/errors.ts';
import { sendProblem } from '../../http/response/error-handler.ts';
import { absenceOf } from './missing-access.ts';

/** What a guard requires. */
export interface GuardAsks {
  /** All of them are required. Their parameters are those of the route. */
  readonly permissions: readonly PermissionTemplate[];
  /** Role types. */
  readonly roles: readonly string[];
  /** Marks the route as public on purpose. */
  readonly isPublic: boolean;
}

/** The reason of a refusal, with the code and the `required` of a 403 of the gate; null if the request may pass. */
export type GuardRefusal = AppError | null;

const asked = new WeakMap<object, GuardAsks>();

/**
 * Creates a middleware that lets a request pass or answers it as the gate would.
 *
 * It answers itself, because an error handler of the app could let the request through.
 */
export function createGuard(
  asks: Partial<GuardAsks>, refusalOf: (access: Access, params: Readonly<Record<string, unknown>>) => GuardRefusal,
): RequestHandler {
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

/** The requirements of a handler, such as the one of a layer of Express; undefined if it is not a guard. */
export function guardOf(handler: unknown): GuardAsks | undefined {
  return typeof handler === 'function' ? asked.get(handler) : undefined;
}

/** Whether a handler is a guard or the mark of a public route. */
export function isGuard(handler: unknown): boolean {
  return guardOf(handler) !== undefined;
}

/** Throws the refusal if there is one, after it was counted and recorded. Throws `token-missing` without a caller. */
export function assertNoRefusal(access: Access | undefined, refusalOf: (access: Access) => GuardRefusal): void {
  if (!access) throw new AppError('token-missing');
  const refusal = refusalOf(access);
  if (!refusal) return;
  access.noteRefusal?.(refusal);
  throw refusal;
}
