import { parsePath } from './condition.attribute.ts';
import type { Attributes, Condition } from './condition.ts';
import type { Given } from './given.ts';
import type { Holdings } from './grants.ts';
import { policyKey, policyOfPermission } from './policy.ts';
import type { Permission, Policy } from './policy.ts';

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

/** Puts holdings into the words of a token; what `givenOfClaims` reads from them gives the same decisions about resources. */
export function claimGrants({ permissions, policies, isSuperadmin }: Omit<Holdings, 'rights'>, attributes: Attributes): GrantClaims {
  const held = new Set(policies.map(policyKey));
  // A permission held on one resource alone is among the policies only as narrowed to it.
  const everywhere = permissions.filter((permission) => held.has(meaningOf(permission)));
  const meant = new Set(everywhere.map(meaningOf));
  const others = policies.filter((policy) => !meant.has(policyKey(policy)) && policy.resources.some((resource) => !resource.startsWith('/')));
  const asked = subjectNames(others);
  return {
    permissions: [...(isSuperadmin ? [superadminPermission] : []), ...everywhere],
    policies: others,
    attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => asked.has(name))),
  };
}

/** What a token says that its subject was given; it does not say on which way. */
export function givenOfClaims({ permissions, policies }: Pick<GrantClaims, 'permissions' | 'policies'>): Given[] {
  const named = permissions.flatMap((permission): Given[] => {
    if (permission === superadminPermission) return [{ kind: 'superadmin', chain: [] }];
    const policy = policyOfPermission(permission);
    return policy ? [{ kind: 'permission', permission, policy, chain: [] }] : [];
  });
  return [...named, ...policies.map((policy): Given => ({ kind: 'policy', policy, chain: [] }))];
}

function meaningOf(permission: Permission): string {
  const policy = policyOfPermission(permission);
  return policy ? policyKey(policy) : '';
}

/** The first names of what conditions ask of the subject: `department` of `subject.department.head`. */
function subjectNames(policies: readonly Policy[]): ReadonlySet<string> {
  const paths = policies.flatMap(({ conditions = [] }) => conditions.flatMap(pathsOf)).map(parsePath);
  return new Set(paths.flatMap((path) => (path?.of === 'subject' ? path.names.slice(0, 1) : [])));
}

function pathsOf(condition: Condition): string[] {
  if (condition.type !== 'attribute') return [];
  const { left, right } = condition;
  return typeof right === 'string' ? [left, right] : [left];
}
