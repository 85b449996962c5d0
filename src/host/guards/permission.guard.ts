import type { RequestHandler } from 'express';
import type { Access } from '../../engine/access.ts';
import type { Decision } from '../../engine/decide.ts';
import { parsePermissionTemplate } from '../../engine/policies/permission-template.ts';
import type { PermissionTemplate } from '../../engine/policies/permission-template.ts';
import { AppError } from '../../errors/errors.ts';
import { assertNoRefusal, createGuard } from './guard.ts';
import type { GuardRefusal } from './guard.ts';

/** Actions and resources: each action is required on each resource. */
export interface PolicyDemand {
  readonly actions: readonly string[];
  /** May contain parameters of the route: `projects/:projectId`. */
  readonly resources: readonly string[];
}

/**
 * Guards a route by permissions. All of them are required: `requirePermission('create:items')`.
 *
 * Parts such as `:projectId` get their values from the parameters of the route. A value that is not a single valid part of a name
 * is refused. A guard does not know the attributes of the resource. An allow with a condition on such an attribute therefore does
 * not apply, and a deny does: check these with `request.access.can` after you have loaded the resource. Answers 403
 * `permission-missing` or `policy-denies`, and 401 without a caller. Throws an Error for a text that is not `action:resource`.
 */
export function requirePermission(...permissions: readonly [string, ...string[]]): RequestHandler {
  return guardByTemplates(permissions.map(parsePermissionTemplate));
}

/** Checks permissions outside Express, without parameters. Throws `permission-missing`, `policy-denies`, or `token-missing`. */
export function assertPermission(access: Access | undefined, ...permissions: readonly [string, ...string[]]): void {
  assertTemplates(access, permissions.map(parsePermissionTemplate));
}

/** Guards a route like {@link requirePermission}: every action on every resource must be allowed. */
export function checkPolicies(demand: PolicyDemand): RequestHandler {
  return guardByTemplates(templatesOf(demand));
}

/** Checks policies outside Express, without parameters. Throws `permission-missing`, `policy-denies`, or `token-missing`. */
export function assertPolicies(access: Access | undefined, demand: PolicyDemand): void {
  assertTemplates(access, templatesOf(demand));
}

/**
 * Checks one action on one resource whose fields are known, such as a loaded document: `assertAllowed(access, 'read', 'items/7', item)`.
 *
 * Throws `permission-missing`, `policy-denies`, or `token-missing`. The error handler of Gatehouse answers it as the gate would.
 */
export function assertAllowed(access: Access | undefined, action: string, resource: string, attributes?: object): void {
  assertNoRefusal(access, (known) => refusalBy(known.decide(action, resource, attributes)));
}

function templatesOf({ actions, resources }: PolicyDemand): PermissionTemplate[] {
  const faulty = actions.find((action) => action.includes(':'));
  if (faulty !== undefined) throw new Error(`The action "${faulty}" contains a colon.`);
  return actions.flatMap((action) => resources.map((resource) => parsePermissionTemplate(`${action}:${resource}`)));
}

function guardByTemplates(permissions: readonly PermissionTemplate[]): RequestHandler {
  requireSome(permissions);
  return createGuard({ permissions }, (access, params) => refusalOf(access, permissions, params));
}

function assertTemplates(access: Access | undefined, permissions: readonly PermissionTemplate[]): void {
  requireSome(permissions);
  assertNoRefusal(access, (known) => refusalOf(known, permissions, {}));
}

// A guard without requirements would let everybody pass, which nobody intends.
function requireSome(permissions: readonly PermissionTemplate[]): void {
  if (permissions.length === 0) throw new Error('A guard needs at least one permission, or one action and one resource.');
}

function refusalOf(access: Access, permissions: readonly PermissionTemplate[], params: Readonly<Record<string, unknown>>): GuardRefusal {
  for (const permission of permissions) {
    const { action, resource } = permission.fill((name) => (Object.hasOwn(params, name) ? params[name] : undefined));
    const refusal = refusalBy(access.decide(action, resource));
    if (refusal) return refusal;
  }
  return null;
}

function refusalBy(decision: Decision): GuardRefusal {
  return decision.allowed ? null : new AppError(decision.reason, { required: decision.required });
}
