import type { Caller } from '../../engine/caller.ts';
import type { Policy } from '../../engine/policies/policy.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { Group } from './group.model.ts';
import type { GroupMembers } from './group.members.ts';
import type { GroupStore } from './group.store.ts';
import type { GrantsOfGroups, GroupDelegation } from './group.types.ts';

export interface GroupContent {
  readonly groupName: string;
  /** roleIds */
  readonly roles: readonly string[];
  readonly policies: readonly Policy[];
}

/** The changes of an edit. Absent fields do not change. */
export interface GroupEdit extends Partial<GroupContent> {
  /** The version that the edit is based on. Absent: the newest one. */
  readonly version?: number;
}

/**
 * Loads and changes groups.
 *
 * A change throws `grants-exceed-own` if the group has a grant that the caller does not have, before or after the change. It
 * throws `target-outranks-caller` if a user of the group has such a grant.
 */
export interface GroupService {
  load(tenantId: string, page: PageRequest): Promise<Page<Group>>;
  /** Throws `group-not-found`. */
  find(tenantId: string, groupId: string): Promise<Group>;
  /** Throws `group-exists`, `role-not-found`, `superadmin-not-inherited`, `right-not-registered`, `policies-too-complex`. */
  create(actor: Actor, caller: Caller, content: GroupContent): Promise<Group>;
  /** Throws the same as `create`, and `group-not-found`, `version-conflict`. */
  update(actor: Actor, caller: Caller, groupId: string, edit: GroupEdit): Promise<Group>;
  /** Deletes a group and removes all users from it. Throws `group-not-found`. */
  remove(actor: Actor, caller: Caller, groupId: string): Promise<void>;
}

export interface GroupDeps {
  readonly store: GroupStore;
  readonly changes: ChangeService;
  readonly members: GroupMembers;
  readonly delegation: Pick<GroupDelegation, 'withDelegationCheck'>;
  readonly resolveAssigned: GrantsOfGroups;
  /** Locks the roles, so that a delete at the same moment conflicts. Throws `role-not-found`, `superadmin-not-inherited`. */
  readonly lockRoles: (tx: ChangeTransaction, roleIds: readonly string[]) => Promise<void>;
  /** Throws `right-not-registered`, `invalid-input`. */
  readonly requireRegistered: (policies: readonly Policy[]) => void;
  /** Throws `policies-too-complex`. */
  readonly requireWithinComplexity: (content: Partial<Pick<GroupContent, 'policies'>>) => void;
}

/** Creates the service that loads, creates, changes and deletes groups. */
export function createGroupService({
  store, changes, members, delegation, resolveAssigned, lockRoles, requireRegistered, requireWithinComplexity,
}: GroupDeps): GroupService {
  async function requireIn(tenantId: string, groupId: string, tx?: ChangeTransaction): Promise<Group> {
    const group = await store.find(tenantId, groupId, tx);
    if (!group) throw new AppError('group-not-found');
    return group;
  }

  async function requireFreeName(tx: ChangeTransaction, groupName: string): Promise<void> {
    if (await store.isNameTaken(tx, groupName)) throw new AppError('group-exists');
  }

  /** Runs a change of a group, and checks the grants of the group before and after it. */
  function guarded<T>(tx: ChangeTransaction, caller: Caller, groupId: string, work: () => Promise<T>): Promise<T> {
    return delegation.withDelegationCheck(
      caller, async () => ({ granted: await resolveAssigned(tx.actor.tenantId, { groups: [groupId] }, tx.session) }), work, tx.session,
    );
  }

  return {
    load: store.load,

    find: (tenantId, groupId) => requireIn(tenantId, groupId),

    create: (actor, caller, { groupName, roles, policies }) => changes.transact(actor, async (tx) => {
      requireRegistered(policies);
      requireWithinComplexity({ policies });
      await requireFreeName(tx, groupName);
      await lockRoles(tx, roles);
      const group: Group = {
        _id: newId(), tenantId: actor.tenantId, groupName, roles: [...new Set(roles)], policies: [...policies], version: 1, lockCount: 0,
      };
      await guarded(tx, caller, group._id, () => store.create(tx, group));
      // The group has no users yet, so no grants have changed.
      tx.record({ action: 'group.create', target: { kind: 'group', id: group._id }, after: auditView(group), creates: 'groups' });
      return group;
    }),

    update: (actor, caller, groupId, { version, ...edit }) => changes.transact(actor, async (tx) => {
      const group = await requireIn(actor.tenantId, groupId, tx);
      if (version !== undefined && version !== group.version) throw new AppError('version-conflict');
      if (edit.groupName !== undefined && edit.groupName !== group.groupName) await requireFreeName(tx, edit.groupName);
      requireRegistered(edit.policies ?? []);
      if (edit.policies) requireWithinComplexity(edit);
      if (edit.roles) await lockRoles(tx, edit.roles);
      await members.requireMayActOnAll(tx, caller, groupId);
      const set = { ...(edit.groupName !== undefined && { groupName: edit.groupName }), ...(edit.roles && {
        roles: [...new Set(edit.roles)],
      }), ...(edit.policies && { policies: [...edit.policies] }) };
      const after: Group = { ...group, ...set, version: group.version + 1 };
      await guarded(tx, caller, groupId, () => store.write(tx, groupId, set));
      tx.record({ action: 'group.update', target: {
        kind: 'group', id: groupId,
      }, before: auditView(group), after: auditView(after), raisesPolicy: Boolean(edit.roles ?? edit.policies) });
      return after;
    }),

    remove: (actor, caller, groupId) => changes.transact(actor, async (tx) => {
      const group = await requireIn(actor.tenantId, groupId, tx);
      await members.requireMayActOnAll(tx, caller, groupId);
      await guarded(tx, caller, groupId, () => store.remove(tx, groupId));
      await members.clear(tx, groupId);
      tx.record({ action: 'group.delete', target: { kind: 'group', id: groupId }, before: auditView(group), raisesPolicy: true });
    }),
  };
}

/** The fields of a group that audit records contain. */
function auditView({ groupName, roles, policies }: Group): Record<string, unknown> {
  return { groupName, roles, policies };
}
