import type { ExplainedDecision } from './explain.ts';
import type { Grant, Link } from './grants/grant.ts';
import type { Right } from './grants/right.ts';
import type { Condition } from './policies/condition.ts';
import type { Policy } from './policies/policy.ts';

/** What allows or denies: a right, a permission with the policy that it means, a policy, or the superadmin role. */
export interface Cause {
  readonly kind: Grant['kind'];
  readonly right?: string;
  readonly permission?: string;
  /** Its conditions are types only, because their values may be confidential. */
  readonly policy?: {
    readonly effect: Policy['effect']; readonly actions: string[]; readonly resources: string[]; readonly conditions?: Condition['type'][];
  };
}

/** How the principal got what allows or denies: from the principal, by a group or a membership, to the roles. */
export type Chain = (Link | { readonly kind: 'user'; readonly id: string })[];

/** A decision and its reasons, as `POST /permissions/explain` and `request.access.explain` answer it. */
export interface Explanation {
  readonly allowed: boolean;
  readonly reason: string;
  /** The right or the permission that the request needs. */
  readonly required: string;
  /** What caused the decision; null if nothing allows and nothing denies. */
  readonly by: Cause | null;
  readonly chain: Chain;
  /** The permission that the URL requires, if it requires one in addition to the right. */
  readonly and?: { readonly by: Cause; readonly chain: Chain };
  /** If a permission is missing: a policy that allows this, and its first condition that does not hold. */
  readonly nearest?: {
    readonly by: Cause;
    readonly chain: Chain;
    readonly failedCondition: Condition['type'];
    /** The attributes that the condition compares: `resource.authorId`, `subject.userId`. */
    readonly attributes?: string[];
    /** True if a value that the condition reads is missing. */
    readonly isMissing: boolean;
  };
}

/** Writes an explanation for readers. It names attributes, and shows no value of a condition. */
export function writeExplanation(userId: string, { decision, causes: [first, second], nearest }: ExplainedDecision): Explanation {
  const chainOf = ({ chain }: Pick<Grant, 'chain'>): Chain => [{ kind: 'user', id: userId }, ...chain];
  return {
    allowed: decision.allowed,
    reason: decision.reason,
    required: decision.required,
    by: first ? writeCause(first) : null,
    chain: chainOf(first ?? { chain: [] }),
    ...(second && { and: { by: writeCause(second), chain: chainOf(second) } }),
    ...(nearest && { nearest: {
      by: writeCause(nearest.given), chain: chainOf(nearest.given), failedCondition: nearest.failed.type,
      ...(nearest.failed.type === 'attribute' && { attributes: attributesOf(nearest.failed) }),
      isMissing: nearest.isMissing,
    } }),
  };
}

/** Writes what allows or denies, without the values of conditions. */
export function writeCause(grant: Grant): Cause {
  if (grant.kind === 'superadmin') return { kind: grant.kind };
  if (grant.kind === 'right') return { kind: grant.kind, right: textOf(grant.right) };
  const policy = withTypes(grant.policy);
  return grant.kind === 'permission' ? { kind: grant.kind, permission: grant.permission, policy } : { kind: grant.kind, policy };
}

function withTypes({ effect, actions, resources, conditions }: Policy): NonNullable<Cause['policy']> {
  return {
    effect, actions: [...actions], resources: [...resources], ...(conditions && { conditions: conditions.map(({ type }) => type) }),
  };
}

function textOf({ methods, url }: Right): string {
  return methods ? `${methods.join(',')} ${url}` : url;
}

function attributesOf({ left, right }: Extract<Condition, { readonly type: 'attribute' }>): string[] {
  return [left, ...(typeof right === 'string' ? [right] : [])];
}
