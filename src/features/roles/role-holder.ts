import type { Caller } from '../../engine/caller.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';

/** What roles are given to: users, groups, users on one resource, or clients. */
export interface RoleHolder {
  /** Drops the assignments of a role that have ended, for holders that have some for a time: they must not count, nor take the place of another. */
  forgetEnded?(tx: ChangeTransaction, roleId: string): Promise<void>;
  /** How many have a role. */
  count(tx: ChangeTransaction, roleId: string): Promise<number>;
  /**
   * Gives all of them another role instead, inside the transaction that deletes the role, which raises the policy version.
   *
   * Throws `target-outranks-caller` where one of them holds what the caller does not, and `grants-exceed-own` where the caller could
   * not assign the other role to one of them.
   */
  reassign(tx: ChangeTransaction, caller: Caller, fromRoleId: string, toRoleId: string): Promise<void>;
}
