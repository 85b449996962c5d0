import { parsePath } from '../policies/condition.attribute.ts';
import type { Attributes, Condition } from '../policies/condition.ts';
import type { Grant } from './grant.ts';
import type { GrantSet } from './compiled-grants.ts';
import { policyKey, policyOfPermission } from '../policies/policy.ts';
import type { Permission, Policy } from '../policies/policy.ts';

/** What a token says about what its subject may do. Rights and policies about URLs are the gate's alone and stay out. */
export interface GrantClaims {
  /** What is held everywhere; a superadmin's begin with `manage:*`. */
  readonly permissions: readonly Permission[];
  /** All others, such as what is held on single resources; what a permission is short for is not repeated. */
  readonly policies: readonly Policy[];
  /** Those attributes of the subject that the policies ask for. */
  readonly attributes: Attributes;
}

/** Everything on everything. Nobody else is given it by name, so in a token it says who is a superadmin. */
export const superadminPermission: Permission = 'manage:*';

/** Puts a grant set into the words of a token; what `grantsFromClaims` reads from them gives the same decisions about resources. */
export function grantsToClaims({ permissions, policies, isSuperadmin }: Omit<GrantSet, 'rights'>, attributes: Attributes): GrantClaims {
  const meant = new Set(permissions.map(meaningOf));
  const others = policies.filter((policy) => !meant.has(policyKey(policy)) && policy.resources.some((resource) => !resource.startsWith('/')));
  return {
    permissions: [...(isSuperadmin ? [superadminPermission] : []), ...permissions],
    policies: others,
    attributes: namedBy(subjectPaths(others), attributes),
  };
}

/** What a token says that its subject was given; it does not say on which way. */
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

/** What conditions ask of the subject: `memberships`, `projects` of `subject.memberships.projects`. */
function subjectPaths(policies: readonly Policy[]): (readonly string[])[] {
  const paths = policies.flatMap(({ conditions = [] }) => conditions.flatMap(pathsOf)).map(parsePath);
  return paths.flatMap((path) => (path?.of === 'subject' ? [path.names] : []));
}

/** As much of an object as the paths lead through: for them it is the same as the whole. */
function namedBy(paths: readonly (readonly string[])[], value: object): Attributes {
  const named = Object.entries(value).flatMap(([name, below]: [string, unknown]) => {
    const further = paths.filter(([first]) => first === name).map(([, ...names]) => names);
    if (further.length === 0) return [];
    return [[name, further.some(({ length }) => length === 0) || !isObject(below) ? below : namedBy(further, below)]];
  });
  return Object.fromEntries(named) as Attributes; // fromEntries makes any of what is unknown
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathsOf(condition: Condition): string[] {
  if (condition.type !== 'attribute') return [];
  const { left, right } = condition;
  return typeof right === 'string' ? [left, right] : [left];
}
