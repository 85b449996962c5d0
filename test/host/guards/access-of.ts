import { createAccess } from '../../../src/engine/access.ts';
import type { Access } from '../../../src/engine/access.ts';
import type { Attributes } from '../../../src/engine/policies/decision-context.types.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { policyOfPermission } from '../../../src/engine/policies/policy.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { createUrlRegistry } from '../../../src/engine/urls/url-registry.ts';
import type { LoginProof } from '../../../src/engine/recent-login.ts';
import type { AppError } from '../../../src/errors/errors.ts';
import { stored } from '../../engine/resources/stored.ts';

export interface Held {
  readonly permissions?: readonly string[];
  readonly policies?: readonly Policy[];
  readonly roleTypes?: readonly string[];
  readonly isSuperadmin?: boolean;
  readonly attributes?: Attributes;
  readonly auth?: LoginProof;
  /** ms since 1970 */
  readonly clock?: () => number;
  readonly noteRefusal?: (error: AppError) => void;
}

/** The access of somebody who holds this, without gate, token or database. */
export function accessOf(
  { permissions = [], policies = [], roleTypes = [], isSuperadmin = false, attributes = {}, auth, clock = () => 0, noteRefusal }: Held = {},
): Access {
  const held = [...policies, ...permissions.flatMap((permission) => policyOfPermission(permission) ?? [])];
  const grants = compileGrants(createUrlRegistry([]), { rights: [], policies: held, isSuperadmin });
  return createAccess({
    caller: { userId: 'ada', tenantId: 'default', sessionId: 's1', username: 'ada', roles: [], roleTypes, grants, attributes: {
      id: 'ada', ...attributes,
    }, ...(auth && { auth }) },
    context: () => ({ now: clock(), tenantId: 'default', subject: { id: 'ada', ...attributes }, ip: '127.0.0.1' }),
    stored,
    explain: () => Promise.reject(new Error('Nobody explains here.')),
    ...(noteRefusal && { noteRefusal }),
  });
}
