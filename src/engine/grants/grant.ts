import { distinct } from './compiled-grants.ts';
import type { GrantSet } from './compiled-grants.ts';
import type { Permission, Policy } from '../policies/policy.ts';
import { uniteRights } from './right.ts';
import type { Right } from './right.ts';

/** One step of the provenance of a grant. The id of `asserted-group` is what an identity provider asserted about the user. */
export interface Link {
  readonly kind: 'group' | 'membership' | 'role' | 'provider' | 'asserted-group';
  readonly id: string;
}

/** A grant with its provenance: user -> group -> role -> parent role, or user -> provider -> asserted group -> role -> parent role. */
export type Grant = { readonly chain: readonly Link[] } & (
  | { readonly kind: 'right'; readonly right: Right }
  /** `policy` has the same meaning as the permission. */
  | { readonly kind: 'permission'; readonly permission: Permission; readonly policy: Policy }
  | { readonly kind: 'policy'; readonly policy: Policy }
  /** Every URL of the running node, and `manage:*`. */
  | { readonly kind: 'superadmin' });

/** Returns the grants without provenance, as they are stored and compiled. */
export function grantSetOf(granted: readonly Grant[]): GrantSet {
  const permissions = granted.flatMap((each) => (each.kind === 'permission' ? [each.permission] : []));
  return {
    rights: uniteRights(granted.flatMap((each) => (each.kind === 'right' ? [each.right] : []))),
    permissions: [...new Set(permissions)].sort(),
    policies: distinct(granted.flatMap((each) => (each.kind === 'permission' || each.kind === 'policy' ? [each.policy] : []))),
    isSuperadmin: granted.some(({ kind }) => kind === 'superadmin'),
  };
}
