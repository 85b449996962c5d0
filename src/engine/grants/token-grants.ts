import { parsePath } from '../policies/condition.attribute.ts';
import type { Condition } from '../policies/condition.ts';
import type { Attributes } from '../policies/decision-context.types.ts';
import type { Grant } from './grant.ts';
import type { GrantSet } from './compiled-grants.ts';
import { policyKey, policyOfPermission } from '../policies/policy.ts';
import type { Permission, Policy } from '../policies/policy.ts';

/** What the subject of a token may do. Rights and policies about URLs are left out, since only the gate uses them. */
export interface GrantClaims {
  /** Permissions on all resources of a name. Those of a superadmin begin with `manage:*`. */
  readonly permissions: readonly Permission[];
  /** All other policies, such as those on single resources. A policy with the same meaning as a permission is left out. */
  readonly policies: readonly Policy[];
  /** The attributes of the subject that the policies use. */
  readonly attributes: Attributes;
}

/** Every action on every resource. It is never granted by name, so in a token it means that the subject is a superadmin. */
export const superadminPermission: Permission = 'manage:*';

/** Converts a grant set to claims. `grantsFromClaims` converts them back to grants that give the same decisions about resources. */
export function grantsToClaims({ permissions, policies, isSuperadmin }: Omit<GrantSet, 'rights'>, attributes: Attributes): GrantClaims {
  const meant = new Set(permissions.map(meaningOf));
  const isAboutResources = ({ resources }: Policy) => resources.some((resource) => !resource.startsWith('/'));
  const others = policies.filter((policy) => !meant.has(policyKey(policy)) && isAboutResources(policy));
  return {
    permissions: [...(isSuperadmin ? [superadminPermission] : []), ...permissions],
    policies: others,
    attributes: namedBy(subjectPaths(others), attributes),
  };
}

/** Converts claims to grants. They have no provenance, since a token does not contain it. */
export function grantsFromClaims({ permissions, policies }: Pick<GrantClaims, 'permissions' | 'policies'>): Grant[] {
  const named = permissions.flatMap((permission): Grant[] => {
    if (permission === superadminPermission) return [{ kind: 'superadmin', chain: [] }];
    const policy = policyOfPermission(permission);
    return policy ? [{ kind: 'permission', permission, policy, chain: [] }] : [];
  });
  return [...named, ...policies.map((policy): Grant => ({ kind: 'policy', policy, chain: [] }))];
}

function meaningOf(permission: Permission): string {
  const policy = policyOfPermission(permission);
  return policy ? policyKey(policy) : '';
}

/** The attribute paths that conditions read from the subject: `['memberships', 'projects']` for `subject.memberships.projects`. */
function subjectPaths(policies: readonly Policy[]): (readonly string[])[] {
  const paths = policies.flatMap(({ conditions = [] }) => conditions.flatMap(pathsOf)).map(parsePath);
  return paths.flatMap((path) => (path?.of === 'subject' ? [path.names] : []));
}

/** Copies only those parts of an object that the paths read. */
function namedBy(paths: readonly (readonly string[])[], value: object): Attributes {
  const named = Object.entries(value).flatMap(([name, below]: [string, unknown]) => {
    const further = paths.filter(([first]) => first === name).map(([, ...names]) => names);
    if (further.length === 0) return [];
    return [[name, further.some(({ length }) => length === 0) || !isObject(below) ? below : namedBy(further, below)]];
  });
  return Object.fromEntries(named) as Attributes; // fromEntries turns unknown into any
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathsOf(condition: Condition): string[] {
  if (condition.type !== 'attribute') return [];
  const { left, right } = condition;
  return typeof right === 'string' ? [left, right] : [left];
}
