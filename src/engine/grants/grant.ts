import { distinct } from './compiled-grants.ts';
import type { Holdings } from './compiled-grants.ts';
import type { Permission, Policy } from '../policies/policy.ts';
import { uniteRights } from './right.ts';
import type { Right } from './right.ts';

/** One step on the way from a user to what they hold. */
export interface Link {
  readonly kind: 'group' | 'membership' | 'role';
  readonly id: string;
}

/** One thing that somebody holds, and the way on which it came to them: user -> group -> role -> parent role. */
export type Given = { readonly chain: readonly Link[] } & (
  | { readonly kind: 'right'; readonly right: Right }
  /** `policy` is what the permission is short for. */
  | { readonly kind: 'permission'; readonly permission: Permission; readonly policy: Policy }
  | { readonly kind: 'policy'; readonly policy: Policy }
  /** Every URL of the running node, and `manage:*`. */
  | { readonly kind: 'superadmin' });

/** The same without the ways: what is stored and compiled. */
export function holdingsOf(given: readonly Given[]): Holdings {
  const permissions = given.flatMap((each) => (each.kind === 'permission' ? [each.permission] : []));
  return {
    rights: uniteRights(given.flatMap((each) => (each.kind === 'right' ? [each.right] : []))),
    permissions: [...new Set(permissions)].sort(),
    policies: distinct(given.flatMap((each) => (each.kind === 'permission' || each.kind === 'policy' ? [each.policy] : []))),
    isSuperadmin: given.some(({ kind }) => kind === 'superadmin'),
  };
}
