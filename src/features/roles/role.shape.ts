import { z } from 'zod';
import { policyLimits } from '../../engine/policies/policy.ts';
import type { RightInput } from '../../engine/grants/right.ts';
import { AppError } from '../../errors/errors.ts';
import { boundedList } from '../../http/input/bounded-list.ts';
import { boolean, fromZod, list, optional, string } from '../../http/input/fields.ts';
import { policyList, policyShape } from '../policies/policy.shape.ts';
import { rightShape, writtenRight } from '../policies/right.shape.ts';
import { maxRights } from './role.model.ts';
import type { RoleRef } from './role.types.ts';

export const roleShape = z.object({
  roleId: z.string(),
  type: z.string(),
  name: z.string(),
  description: z.string(),
  rights: z.array(rightShape),
  permissions: z.array(z.string()),
  policies: z.array(policyShape),
  inherits: z.array(z.string()),
  isSystemRole: z.boolean(),
  isDefault: z.boolean(),
  version: z.number().int(),
}).meta({ id: 'Role' });

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A valid roleId or type. */
export const roleName = string({ min: 1, max: 64, pattern: namePattern });

/** The two fields that can name a role. A request must send exactly one of them. */
export const roleRefFields = { roleId: optional(roleName), type: optional(roleName) };

/** The role that a request names. Throws `invalid-input` unless exactly one of the two fields is present. */
export function refOf({ roleId, type }: { readonly roleId?: string; readonly type?: string }): RoleRef {
  if (roleId !== undefined && type === undefined) return { roleId };
  if (type !== undefined && roleId === undefined) return { type };
  throw new AppError('invalid-input', { errors: [{ field: 'roleId', message: 'send either roleId or type' }] });
}

/** The fields of a role, except its rights. In an edit, an absent field does not change. */
export const contentFields = {
  name: optional(string({ min: 1, max: 128 })),
  description: optional(string({ max: 1_024 })),
  permissions: optional(list(string({ min: 3, max: 321 }), { max: policyLimits.permissions })),
  policies: optional(policyList),
  inherits: optional(list(roleName, { max: 100 })),
  isDefault: optional(boolean()),
};

/** A list of rights: URLs, `{ url, methods? }`, or complete right objects. */
export const rightList = fromZod(boundedList(writtenRight, { max: maxRights }).transform((rights): RightInput[] => rights.map((right) => (
  typeof right === 'string' ? right : { url: right.url, ...(right.methods && { methods: right.methods }) }))));
