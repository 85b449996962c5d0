import type { RoleMappingEntry } from './identity.types.ts';

/** What a provider asserted about a person the last time, in the words of the attribute mapping. */
export interface Asserted {
  readonly groups: readonly string[];
  /** The values of other sources of role mappings: `roles`, `department`, `attributes.NAME`. */
  readonly values: readonly { readonly from: string; readonly values: readonly string[] }[];
}

/** A role that a mapping gives. */
export interface MappedRole {
  readonly roleId: string;
  /** The group by which it is given: the first one, in the order of their names. `SOURCE=VALUE` for other sources. */
  readonly group: string;
}

/** The roles that a mapping gives to a person, sorted by roleId, each once. */
export type MapRoles = (asserted: Asserted) => MappedRole[];

/**
 * Creates the function that applies a role mapping. The result is the union of all entries, so their order makes no difference. Letter
 * case is ignored. A group that has the name of a role gives nothing by that.
 */
export function createMapRoles(entries: readonly RoleMappingEntry[]): MapRoles {
  const exact = new Map<string, string[]>();
  const patterns: { readonly fits: (group: string) => boolean; readonly role: string }[] = [];
  const equals = new Map<string, string[]>();
  const add = (to: Map<string, string[]>, key: string, role: string) => void to.set(key, [...to.get(key) ?? [], role]);
  for (const entry of entries) {
    if ('from' in entry) add(equals, keyOf(entry.from, entry.equals), entry.role);
    else {
      const fits = wildcardOf(fold(entry.group));
      if (fits) patterns.push({ fits, role: entry.role });
      else add(exact, fold(entry.group), entry.role);
    }
  }

  return ({ groups, values }) => {
    const found = new Map<string, string>();
    const give = (roleIds: readonly string[], group: string) => {
      for (const roleId of roleIds) {
        const known = found.get(roleId);
        if (known === undefined || group < known) found.set(roleId, group);
      }
    };
    for (const group of groups) {
      const folded = fold(group);
      give(exact.get(folded) ?? [], group);
      give(patterns.filter(({ fits }) => fits(folded)).map(({ role }) => role), group);
    }
    for (const { from, values: all } of values) {
      for (const value of all) give(equals.get(keyOf(from, value)) ?? [], `${from}=${value}`);
    }
    return [...found].map(([roleId, group]) => ({ roleId, group })).sort((one, other) => (one.roleId < other.roleId ? -1 : 1));
  };
}

/** The form in which names are compared. */
function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** `eng-*` fits names that begin with it, `*-eng` those that end with it. Undefined for a plain name. */
function wildcardOf(pattern: string): ((group: string) => boolean) | undefined {
  if (pattern.endsWith('*')) return (group) => group.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return (group) => group.endsWith(pattern.slice(1));
  return undefined;
}

function keyOf(from: string, value: string): string {
  return JSON.stringify([from, fold(value)]);
}
