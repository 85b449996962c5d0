/** When an assigned role counts; without an entry it always does. The first moment is included, the last is not. */
export interface RoleTimes {
  roleId: string;
  validFrom?: Date;
  validUntil?: Date;
}

/** The roles of somebody, of which some may not always count. */
export interface TimedRoles {
  readonly roles: readonly string[];
  readonly roleTimes?: readonly RoleTimes[];
}

/** The roles that count at this moment, in ms since 1970. */
export function rolesAt({ roles, roleTimes = [] }: TimedRoles, now: number): string[] {
  return roles.filter((roleId) => {
    const times = roleTimes.find((each) => each.roleId === roleId);
    return !times || ((times.validFrom?.getTime() ?? now) <= now && now < (times.validUntil?.getTime() ?? Infinity));
  });
}

/** The same without the assignments that have ended: their roles are no longer held, and are given like any others. */
export function withoutEnded<T extends { roles: string[]; roleTimes?: RoleTimes[] }>(principal: T, now: number): T {
  const { roles, roleTimes = [] } = principal;
  const ended = new Set(roleTimes.filter(({ validUntil }) => validUntil && validUntil.getTime() <= now).map(({ roleId }) => roleId));
  if (ended.size === 0) return principal;
  return { ...principal, roles: roles.filter((roleId) => !ended.has(roleId)), roleTimes: roleTimes.filter(({ roleId }) => !ended.has(roleId)) };
}

/** The same with all that is to start later, as if it had started: who holds a role tomorrow is somebody who holds it to whoever may change that. */
export function withRolesToCome<T extends TimedRoles>(principal: T): T {
  if (!principal.roleTimes?.some(({ validFrom }) => validFrom)) return principal;
  return { ...principal, roleTimes: principal.roleTimes.map(({ validFrom: _start, ...times }) => times) };
}

/** Roles with another one in the place of one of them, once. */
export function replaceRole(roles: readonly string[], fromRoleId: string, toRoleId: string): string[] {
  return [...new Set(roles.map((roleId) => (roleId === fromRoleId ? toRoleId : roleId)))];
}

/** The next moment at which a role starts or ends; null if none will. */
export function nextRoleChange({ roleTimes = [] }: TimedRoles, now: number): Date | null {
  const moments = roleTimes.flatMap(({ validFrom, validUntil }) => [validFrom?.getTime() ?? 0, validUntil?.getTime() ?? 0]).filter((moment) => moment > now);
  return moments.length > 0 ? new Date(Math.min(...moments)) : null;
}
