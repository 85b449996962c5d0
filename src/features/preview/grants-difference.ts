import { hasBit } from '../../engine/grants/bit-set.ts';
import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import { grantSetOf } from '../../engine/grants/grant.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import { policyKey } from '../../engine/policies/policy.ts';
import type { Policy } from '../../engine/policies/policy.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';

/** One right, permission or policy that a user has. A right is a method and a URL. */
export type GrantedThing = { readonly right: string } | { readonly permission: string } | { readonly policy: Policy };

/** The grants that have an effect at this moment. Equal grants have the same key. */
export type ActiveGrants = ReadonlyMap<string, GrantedThing>;

/** What one user gains and loses. A deny that is added is lost, and a deny that is removed is gained. */
export interface GrantsChange {
  readonly gained: readonly GrantedThing[];
  readonly lost: readonly GrantedThing[];
}

/** How many users gain a thing, and how many lose it. */
export interface SummaryRow {
  readonly thing: GrantedThing;
  readonly gained: number;
  readonly lost: number;
}

export interface Difference {
  /** One row for each thing that somebody gains or loses, in the order of their keys. */
  readonly summary: readonly SummaryRow[];
  /** The users who gain or lose something, in the order of their ids. Users with equal changes share one object. */
  readonly users: readonly (readonly [userId: string, change: GrantsChange])[];
}

/** Creates the function that compiles grants. Users with the same list of grants share the result. */
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

/** Compares the grants of users before and after a change. Grants that many users share are compared once. */
export function compareGrants(
  userIds: readonly string[], before: (userId: string) => ActiveGrants, after: (userId: string) => ActiveGrants,
): Difference {
  const compare = createComparison();
  const users: (readonly [string, GrantsChange])[] = [];
  const usersOf = new Map<GrantsChange, number>();
  for (const userId of userIds) {
    const change = compare(before(userId), after(userId));
    if (change.gained.length + change.lost.length === 0) continue;
    users.push([userId, change]);
    usersOf.set(change, (usersOf.get(change) ?? 0) + 1);
  }
  return { summary: summarize(usersOf), users };
}

/** Creates the function that compares two sets of grants. It remembers what it has compared. */
function createComparison(): (before: ActiveGrants, after: ActiveGrants) => GrantsChange {
  const known = new Map<ActiveGrants, Map<ActiveGrants, GrantsChange>>();
  return (before, after) => {
    const ofBefore = known.get(before) ?? new Map<ActiveGrants, GrantsChange>();
    known.set(before, ofBefore);
    const change = ofBefore.get(after) ?? changeBetween(before, after);
    ofBefore.set(after, change);
    return change;
  };
}

function changeBetween(before: ActiveGrants, after: ActiveGrants): GrantsChange {
  const [come, gone] = [missingIn(after, before), missingIn(before, after)];
  const isAllow = (thing: GrantedThing) => !isDeny(thing);
  // A deny takes something away: a user who gets one loses, and a user whose deny is removed gains.
  return {
    gained: [...come.filter(isAllow), ...gone.filter(isDeny)],
    lost: [...gone.filter(isAllow), ...come.filter(isDeny)],
  };
}

function summarize(usersOf: ReadonlyMap<GrantsChange, number>): SummaryRow[] {
  const rows = new Map<string, SummaryRow>();
  const count = (thing: GrantedThing, side: 'gained' | 'lost', users: number) => {
    const row = rows.get(keyOf(thing)) ?? { thing, gained: 0, lost: 0 };
    rows.set(keyOf(thing), { ...row, [side]: row[side] + users });
  };
  for (const [{ gained, lost }, users] of usersOf) {
    for (const thing of gained) count(thing, 'gained', users);
    for (const thing of lost) count(thing, 'lost', users);
  }
  return [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

function isDeny(thing: GrantedThing): boolean {
  return 'policy' in thing && thing.policy.effect === 'deny';
}

function missingIn(things: ActiveGrants, others: ActiveGrants): GrantedThing[] {
  return [...things].filter(([key]) => !others.has(key)).map(([, thing]) => thing);
}
