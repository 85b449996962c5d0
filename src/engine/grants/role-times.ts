/** When an assigned role is active. A role without an entry is always active. `validFrom` is included, `validUntil` is not. */
export interface RoleTimes {
  roleId: string;
  validFrom?: Date;
  validUntil?: Date;
}

/** The roles of a principal, some of which may be limited in time. */
export interface TimedRoles {
  readonly roles: readonly string[];
  readonly roleTimes?: readonly RoleTimes[];
}

/** The roles that are active at `now`, in ms since 1970. */
export function rolesAt({ roles, roleTimes = [] }: TimedRoles, now: number): string[] {
  return roles.filter((roleId) => {
    const times = roleTimes.find((each) => each.roleId === roleId);
    return !times || ((times.validFrom?.getTime() ?? now) <= now && now < (times.validUntil?.getTime() ?? Infinity));
  });
}

/** Removes assignments that have ended, with their roles. Assigning such a role again is checked like a new assignment. */
export function withoutEnded<T extends { roles: string[]; roleTimes?: RoleTimes[] }>(principal: T, now: number): T {
  const { roles, roleTimes = [] } = principal;
  const ended = new Set(roleTimes.filter(({ validUntil }) => validUntil && validUntil.getTime() <= now).map(({ roleId }) => roleId));
  if (ended.size === 0) return principal;
  return {
    ...principal,
    roles: roles.filter((roleId) => !ended.has(roleId)),
    roleTimes: roleTimes.filter(({ roleId }) => !ended.has(roleId)),
  };
}

/** Treats roles that start later as active: a user who will be admin tomorrow is protected like an admin today. */
export function withRolesToCome<T extends TimedRoles>(principal: T): T {
  if (!principal.roleTimes?.some(({ validFrom }) => validFrom)) return principal;
  return { ...principal, roleTimes: principal.roleTimes.map(({ validFrom: _start, ...times }) => times) };
}

/** Replaces one role by another, without duplicates. */
export function replaceRole(roles: readonly string[], fromRoleId: string, toRoleId: string): string[] {
  return [...new Set(roles.map((roleId) => (roleId === fromRoleId ? toRoleId : roleId)))];
}

/** The next time at which a role starts or ends, or null. */
export function nextRoleChange({ roleTimes = [] }: TimedRoles, now: number): Date | null {
  const times = roleTimes.flatMap(({ validFrom, validUntil }) => [validFrom?.getTime() ?? 0, validUntil?.getTime() ?? 0]);
  const moments = times.filter((moment) => moment > now);
  return moments.length > 0 ? new Date(Math.min(...moments)) : null;
}
