/** What a chain needs to know of a role. */
export interface InheritingRole {
  readonly roleId: string;
  readonly inherits: readonly string[];
}

/**
 * The given roles and all that they inherit, each once, nearest first.
 *
 * Unknown ids give nothing; a circle ends where it closes.
 */
export function chainOfRoles<R extends InheritingRole>(roleIds: readonly string[], roleOf: (roleId: string) => R | undefined): R[] {
  const chain = new Map<string, R>();
  const waiting = [...roleIds];
  for (let roleId = waiting.shift(); roleId !== undefined; roleId = waiting.shift()) {
    const role = chain.has(roleId) ? undefined : roleOf(roleId);
    if (!role) continue;
    chain.set(role.roleId, role);
    waiting.push(...role.inherits);
  }
  return [...chain.values()];
}
