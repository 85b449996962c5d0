import type { RequestHandler } from 'express';
import type { Access } from '../../engine/access.ts';
import { AppError } from '../../errors/errors.ts';
import { assertNoRefusal, createGuard } from './guard.ts';
import type { GuardRefusal } from './guard.ts';

export interface RoleOptions {
  /** One of the roles is enough. */
  readonly any: boolean;
}

/** Role types. All of them are required, or one with `{ any: true }` as the last argument. */
export type RoleDemand = readonly [string, ...string[]] | readonly [string, ...string[], RoleOptions];

/**
 * Guards a route by role types: all of them with `requireRoles('editor', 'reviewer')`, or one with
 * `requireRoles('editor', 'reviewer', { any: true })`.
 *
 * Inherited roles count, so `requireRoles('user')` lets an admin pass, and every session has `guest`. The superadmin has every
 * role. Roles of groups count. Roles of memberships and roles outside their time do not. Answers 403 `role-missing` with
 * `required` such as "role editor", and 401 without a caller. Throws an Error if no role is named.
 */
export function requireRoles(...demand: RoleDemand): RequestHandler {
  const { roles, any } = readDemand(demand);
  return createGuard({ roles }, (access) => refusalOf(access, roles, any));
}

/** Checks roles outside Express. Throws `role-missing`, or `token-missing` without a caller. */
export function assertRoles(access: Access | undefined, ...demand: RoleDemand): void {
  const { roles, any } = readDemand(demand);
  assertNoRefusal(access, (known) => refusalOf(known, roles, any));
}

function readDemand(demand: RoleDemand): { readonly roles: string[]; readonly any: boolean } {
  const roles = demand.flatMap((part) => (typeof part === 'string' ? part : []));
  if (roles.length === 0 || roles.includes('')) throw new Error('A guard needs at least one role type.');
  return { roles, any: demand.some((part) => typeof part === 'object' && part.any) };
}

function refusalOf({ caller: { grants, roleTypes } }: Access, roles: readonly string[], any: boolean): GuardRefusal {
  const missing = grants.isSuperadmin ? [] : roles.filter((type) => !roleTypes.includes(type));
  if (missing.length < (any ? roles.length : 1)) return null;
  return new AppError('role-missing', { required: `role ${any ? roles.join(' or ') : missing.join(' and ')}` });
}
