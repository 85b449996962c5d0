import type { Change } from '../../platform/changes/change.service.ts';

/** The users whose grants some changes can affect: holders of these roles or groups, and these users. null: all users. */
export type Reach = { readonly roleIds: ReadonlySet<string>; readonly groupIds: ReadonlySet<string>; readonly userIds: ReadonlySet<string> }
  | null;

/** The reach of no change. */
export const nobody: Reach = { roleIds: new Set(), groupIds: new Set(), userIds: new Set() };

/** The reach of recorded changes, together with an earlier reach. */
export function reachOf(changes: readonly Change[], earlier: Reach): Reach {
  if (earlier === null) return null;
  const [roleIds, groupIds, userIds] = [new Set(earlier.roleIds), new Set(earlier.groupIds), new Set(earlier.userIds)];
  for (const { target: { kind, id }, raisesPolicy = false, users = [] } of changes) {
    for (const userId of users) userIds.add(userId);
    if (!raisesPolicy) continue;
    if (kind === 'role') roleIds.add(id);
    else if (kind === 'group') groupIds.add(id);
    else return null;
  }
  return { roleIds, groupIds, userIds };
}

/** Whether a reach, which contains an earlier one, is larger than the earlier one. */
export function isLarger(reach: Reach, earlier: Reach): boolean {
  if (reach === null || earlier === null) return earlier !== null;
  return sizeOf(reach) > sizeOf(earlier);
}

function sizeOf({ roleIds, groupIds, userIds }: NonNullable<Reach>): number {
  return roleIds.size + groupIds.size + userIds.size;
}
