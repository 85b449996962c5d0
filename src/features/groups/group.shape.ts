import { z } from 'zod';
import { idField, list, objectOf, optional, string } from '../../http/input/fields.ts';
import { policyList, policyShape, policyView } from '../policies/policy.shape.ts';
import { roleName } from '../roles/role.shape.ts';
import type { Group } from './group.model.ts';

export const groupShape = z.object({
  groupId: z.string(),
  groupName: z.string(),
  roles: z.array(z.string()),
  policies: z.array(policyShape),
  version: z.number().int(),
}).meta({ id: 'Group' });

export function groupView({ _id, groupName, roles, policies, version }: Group) {
  return { groupId: _id, groupName, roles: [...roles], policies: policies.map(policyView), version };
}

export const groupName = string({ min: 1, max: 128 });
export const roleList = optional(list(roleName, { max: 100 }));
export const policies = optional(policyList);

/** How many users one call may add to groups. */
const maxPlacements = 1_000;

/** The users to add, each with a group. */
export const placements = list(objectOf({ userId: idField, groupId: idField }), { min: 1, max: maxPlacements });
