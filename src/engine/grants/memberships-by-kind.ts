/** The resources of a principal's memberships, by kind: `{ projects: ['64f', '650'] }`. */
export type MemberOf = Readonly<Record<string, readonly string[]>>;

/** Groups resources such as `projects/64f` by their first part. A resource with a single part is left out. */
export function memberOf(resources: readonly string[]): MemberOf {
  const byKind = new Map<string, string[]>();
  for (const resource of [...new Set(resources)].sort()) {
    const end = resource.indexOf('/');
    if (end < 0) continue;
    const kind = resource.slice(0, end);
    byKind.set(kind, [...(byKind.get(kind) ?? []), resource.slice(end + 1)]);
  }
  return Object.fromEntries(byKind);
}
