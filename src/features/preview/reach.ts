import type { Change } from '../../platform/changes/change.service.ts';

/** The users whose grants some changes can affect: holders of these roles or groups, users of these providers, and these users. */
export interface Reach {
  readonly isEverybody: boolean;
  readonly roleIds: ReadonlySet<string>;
  readonly groupIds: ReadonlySet<string>;
  readonly userIds: ReadonlySet<string>;
  /** Identity providers, whose linked users are affected. */
  readonly providerIds: ReadonlySet<string>;
}

/** The kinds of things whose changes reach only some users. */
const ownKinds: readonly string[] = ['role', 'group', 'provider'];

/** The reach of no change. */
export const nobody: Reach = { isEverybody: false, roleIds: new Set(), groupIds: new Set(), userIds: new Set(), providerIds: new Set() };

/** The reach of recorded changes, together with an earlier reach. */
export function reachOf(changes: readonly Change[], earlier: Reach): Reach {
  const raising = changes.filter(({ raisesPolicy }) => raisesPolicy).map(({ target }) => target);
  const idsOf = (kind: string) => raising.filter((target) => target.kind === kind).map(({ id }) => id);
  return {
    isEverybody: earlier.isEverybody || raising.some(({ kind }) => !ownKinds.includes(kind)),
    roleIds: new Set([...earlier.roleIds, ...idsOf('role')]),
    groupIds: new Set([...earlier.groupIds, ...idsOf('group')]),
    userIds: new Set([...earlier.userIds, ...changes.flatMap(({ users = [] }) => users)]),
    providerIds: new Set([...earlier.providerIds, ...idsOf('provider')]),
  };
}

/** Whether a reach, which contains an earlier one, is larger than the earlier one. */
export function isLarger(reach: Reach, earlier: Reach): boolean {
  return reach.isEverybody !== earlier.isEverybody || sizeOf(reach) > sizeOf(earlier);
}

function sizeOf({ roleIds, groupIds, userIds, providerIds }: Reach): number {
  return roleIds.size + groupIds.size + userIds.size + providerIds.size;
}
