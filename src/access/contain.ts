import { containsAll } from './bit-set.ts';
import type { Grants } from './grants.ts';
import { conditionKey, everyAction } from './policy.ts';
import { coversPattern, overlapsPattern, parseResourcePattern } from './resource-pattern.ts';
import type { ResourcePattern } from './resource-pattern.ts';
import type { Statement } from './statement.ts';
import type { UrlRegistry } from './url-registry.ts';

/**
 * Whether somebody with `own` may act on somebody with `other`, or hand `other` out: they hold at least as much.
 *
 * Each right and each allow of `other` must follow from one of `own`, with the same or fewer resources and the same or
 * more conditions; and each deny that limits `own` there must limit `other` as well.
 */
export function containsGrants(own: Grants, other: Grants, registry: Pick<UrlRegistry, 'endpoints'>): boolean {
  if (own.isSuperadmin) return true;
  if (other.isSuperadmin || !containsAll(own.endpoints, other.endpoints)) return false;
  const allows = other.statements.filter(({ effect }) => effect === 'allow').flatMap(atomsOf);
  const reached = [...allows, ...urlAtoms(other, registry)];
  const ownAllows = own.statements.filter(({ effect }) => effect === 'allow');
  const denies = own.statements.filter(({ effect }) => effect === 'deny');
  const carried = other.statements.filter(({ effect }) => effect === 'deny');
  return allows.every((atom) => ownAllows.some((allow) => implies(allow, atom)))
    && denies.every((deny) => !reached.some((atom) => limits(deny, atom)) || atomsOf(deny).every((atom) => carried.some((other) => implies(other, atom))));
}

/** One action on one pattern, under conditions. */
interface Atom {
  readonly action: string;
  readonly pattern: ResourcePattern;
  readonly conditions: ReadonlySet<string>;
}

function atomsOf({ actions, patterns, policy: { conditions = [] } }: Statement): Atom[] {
  const keys = new Set(conditions.map(conditionKey));
  return [...actions].flatMap((action) => patterns.map((pattern) => ({ action, pattern, conditions: keys })));
}

/** What rights reach, in the words of policies. */
function urlAtoms({ endpoints }: Grants, registry: Pick<UrlRegistry, 'endpoints'>): Atom[] {
  return registry.endpoints.filter(({ id }) => ((endpoints[id >>> 5] ?? 0) & (1 << (id & 31))) !== 0).flatMap(({ method, url }) => {
    const pattern = parseResourcePattern(url);
    return pattern ? [{ action: method, pattern, conditions: new Set<string>() }] : [];
  });
}

/** Whether the statement covers all of the atom, whenever the atom counts. */
function implies({ actions, patterns, policy: { conditions = [] } }: Statement, atom: Atom): boolean {
  return (actions.has(everyAction) || actions.has(atom.action))
    && patterns.some((pattern) => coversPattern(pattern, atom.pattern))
    && conditions.every((condition) => atom.conditions.has(conditionKey(condition)));
}

function limits({ actions, patterns }: Statement, { action, pattern }: Atom): boolean {
  return (actions.has(everyAction) || actions.has(action) || action === everyAction) && patterns.some((mine) => overlapsPattern(mine, pattern));
}
