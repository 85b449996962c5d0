import type { ScimValues } from '../scim.types.ts';
import { isList } from '../text-keys.ts';

/** Whom a change of a group resource concerns, by scimId. */
export interface GroupTransition {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Everybody whose asserted groups change: those above, and all members if the name changed. Sorted. */
  readonly affected: readonly string[];
}

/** Says whom a change of a group concerns. `before` is undefined for a new group, `after` for a deleted one. */
export function planGroup(before: ScimValues | undefined, after: ScimValues | undefined): GroupTransition {
  const [old, now] = [membersIn(before), membersIn(after)];
  const added = [...now].filter((id) => !old.has(id));
  const removed = [...old].filter((id) => !now.has(id));
  const isRenamed = before !== undefined && after !== undefined && before['displayName'] !== after['displayName'];
  const affected = isRenamed ? new Set([...old, ...now]) : new Set([...added, ...removed]);
  return { added, removed, affected: [...affected].sort() };
}

/** The ids of the members of a group. */
function membersIn(values: ScimValues | undefined): ReadonlySet<string> {
  const members = values?.['members'];
  return new Set(members !== undefined && isList(members) ? members.map(({ value }) => String(value)) : []);
}
