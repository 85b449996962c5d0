import { hasBit } from '../../engine/grants/bit-set.ts';
import { grantSetOf } from '../../engine/grants/grant.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import { policyKey } from '../../engine/policies/policy.ts';
import type { Policy } from '../../engine/policies/policy.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';

/** One right, permission or policy that a user has. A right is a method and a URL. */
export type GrantedThing = { readonly right: string } | { readonly permission: string } | { readonly policy: Policy };

/** The grants that have an effect at this moment. Equal grants have the same key. */
export type ActiveGrants = ReadonlyMap<string, GrantedThing>;

export type UserThing = { readonly userId: string } & GrantedThing;

export interface Difference {
  readonly gained: UserThing[];
  readonly lost: UserThing[];
  /** How many users gain or lose something. */
  readonly users: number;
  /** False if there is more than is listed. */
  readonly isComplete: boolean;
}

/** Maximum length of each of the two lists. */
const maxListed = 10_000;

/** Creates the function that compiles grants. Users with the same grants share the result. */
export function createActiveGrants(registry: UrlRegistry): (granted: readonly Grant[]) => ActiveGrants {
  const known = new WeakMap<readonly Grant[], ActiveGrants>();
  return (granted) => {
    const found = known.get(granted) ?? activeGrantsFrom(registry, granted);
    known.set(granted, found);
    return found;
  };
}

function activeGrantsFrom(registry: UrlRegistry, granted: readonly Grant[]): ActiveGrants {
  const { endpoints, isSuperadmin } = compileGrants(registry, grantSetOf(granted));
  const things: GrantedThing[] = [
    ...registry.endpoints.filter(({ id }) => hasBit(endpoints, id)).map(({ method, url }) => ({ right: `${method} ${url}` })),
    ...(isSuperadmin ? [{ permission: 'manage:*' }] : []),
    ...granted.flatMap((each): GrantedThing[] => {
      if (each.kind === 'permission') return [{ permission: each.permission }];
      return each.kind === 'policy' ? [{ policy: each.policy }] : [];
    }),
  ];
  return new Map(things.map((thing) => [keyOf(thing), thing]));
}

function keyOf(thing: GrantedThing): string {
  if ('right' in thing) return `right ${thing.right}`;
  return 'permission' in thing ? `permission ${thing.permission}` : `policy ${policyKey(thing.policy)}`;
}

/** What each user gains and loses. A new deny counts as lost, and a removed deny as gained. */
export function compareGrants(before: ReadonlyMap<string, ActiveGrants>, after: ReadonlyMap<string, ActiveGrants>): Difference {
  const none: ActiveGrants = new Map();
  const gained: UserThing[] = [];
  const lost: UserThing[] = [];
  let users = 0;
  for (const userId of new Set([...before.keys(), ...after.keys()])) {
    const [old = none, young = none] = [before.get(userId), after.get(userId)];
    const [come, gone] = [missingIn(young, old), missingIn(old, young)];
    // A deny takes something away: a user who gets one loses, and a user whose deny is removed gains.
    const more = [...come.filter((thing) => !isDeny(thing)), ...gone.filter(isDeny)];
    const less = [...gone.filter((thing) => !isDeny(thing)), ...come.filter(isDeny)];
    if (more.length + less.length > 0) users += 1;
    gained.push(...more.map((thing) => ({ userId, ...thing })));
    lost.push(...less.map((thing) => ({ userId, ...thing })));
  }
  const isComplete = Math.max(gained.length, lost.length) <= maxListed;
  return { gained: gained.slice(0, maxListed), lost: lost.slice(0, maxListed), users, isComplete };
}

function isDeny(thing: GrantedThing): boolean {
  return 'policy' in thing && thing.policy.effect === 'deny';
}

function missingIn(things: ActiveGrants, others: ActiveGrants): GrantedThing[] {
  return [...things].filter(([key]) => !others.has(key)).map(([, thing]) => thing);
}
